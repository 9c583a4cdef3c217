//! What does a JSON document hold (RFC 8259)?
//!
//! Written by hand because a YAML reader is not quite a JSON reader (surrogate pairs, tabs, long
//! keys), and because serde_json keeps no places.

use crate::definition::Problem;
use crate::limits::DEFINITION_DEPTH_MAX;
use crate::manage::problems::{Problems, quote};

use super::{Entry, Map, Node, Source, Value, too_deep};

/// Parses `source`, or reports where it stops being JSON.
pub(super) fn parse(source: &Source<'_>, problems: &mut Problems) -> Option<Node> {
    let mut parser = Parser { source, bytes: source.text.as_bytes(), at: 0, problems };
    let parsed = parser.value(0).and_then(|node| {
        parser.skip_blanks();
        match parser.peek() {
            None => Ok(node),
            Some(_) => Err(parser.unexpected("the end of the document")),
        }
    });
    parsed.map_err(|problem| parser.problems.push(problem)).ok()
}

struct Parser<'a, 'p> {
    source: &'a Source<'a>,
    bytes: &'a [u8],
    /// `0 <= at <= bytes.len()`, always between two characters when a value ends.
    at: usize,
    problems: &'p mut Problems,
}

type Parsed<T> = Result<T, Problem>;

impl Parser<'_, '_> {
    fn value(&mut self, depth: usize) -> Parsed<Node> {
        self.skip_blanks();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word()?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node::new(value, self.source.place(start, self.at)))
    }

    fn object(&mut self, depth: usize) -> Parsed<Value> {
        self.descend(depth)?;
        let mut entries = Vec::new();
        self.skip_blanks();
        if !self.takes(b'}') {
            loop {
                entries.push(self.entry(depth)?);
                self.skip_blanks();
                if self.takes(b'}') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.unexpected("\",\" or \"}\""));
                }
                self.skip_blanks();
            }
        }
        let source = self.source;
        Ok(Value::Map(Map::new(entries, |place| source.line_of(place), self.problems)))
    }

    fn entry(&mut self, depth: usize) -> Parsed<Entry> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        let key_place = self.source.place(start, self.at);
        self.skip_blanks();
        if !self.takes(b':') {
            return Err(self.unexpected("\":\""));
        }
        Ok(Entry { key, key_place, value: self.value(depth + 1)? })
    }

    fn array(&mut self, depth: usize) -> Parsed<Value> {
        self.descend(depth)?;
        let mut items = Vec::new();
        self.skip_blanks();
        if !self.takes(b']') {
            loop {
                items.push(self.value(depth + 1)?);
                self.skip_blanks();
                if self.takes(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.unexpected("\",\" or \"]\""));
                }
            }
        }
        Ok(Value::List(items))
    }

    /// Steps over the bracket that opens a value on level `depth`.
    fn descend(&mut self, depth: usize) -> Parsed<()> {
        if depth >= DEFINITION_DEPTH_MAX {
            return Err(too_deep(self.source.place(self.at, self.at + 1)));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Parsed<String> {
        let opening = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            let rest = &self.bytes[start..];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
            let Some(plain) = plain else {
                let place = self.source.place(opening, opening + 1);
                return Err(Problem::error(place, "the text that begins here never ends"));
            };
            // Quotes, backslashes and controls are ASCII, so both ends lie between characters.
            text.push_str(&self.source.text[start..start + plain]);
            self.at += plain;
            match self.bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => text.push(self.escape()?),
                // Tabs and line breaks are what people do write; JSON wants them escaped, but
                // nothing else could be meant, and the readers AWS uses take them for tabs.
                b'\t' => {
                    text.push('\t');
                    self.at += 1;
                }
                control => {
                    let place = self.source.place(self.at, self.at + 1);
                    let message =
                        format!("text may not contain the control character {control:#04x}");
                    let escape = match control {
                        b'\n' => "\\n".to_owned(),
                        b'\r' => "\\r".to_owned(),
                        _ => format!("\\u{control:04x}"),
                    };
                    return Err(
                        Problem::error(place, message).suggest(format!("write {}", quote(&escape)))
                    );
                }
            }
        }
    }

    /// The character behind a backslash.
    fn escape(&mut self) -> Parsed<char> {
        let start = self.at;
        let escaped = self.bytes.get(start + 1).copied();
        self.at += 2;
        Ok(match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => {
                self.at = start;
                let place = self.source.place(start, start + 1);
                return Err(Problem::error(
                    place,
                    "this backslash escapes nothing that JSON knows",
                )
                .suggest("write \"\\\\\" for a backslash"));
            }
        })
    }

    /// The character whose `\u` stands at `start`: "to escape an extended character that is not in
    /// the Basic Multilingual Plane, the character is represented as a 12-character sequence,
    /// encoding the UTF-16 surrogate pair" (RFC 8259 §7).
    fn unicode_escape(&mut self, start: usize) -> Parsed<char> {
        let high = self.hex4(start)?;
        if (0xD800..0xDC00).contains(&high) && self.bytes[self.at..].starts_with(b"\\u") {
            let second = self.at;
            self.at += 2;
            let low = self.hex4(second)?;
            if (0xDC00..0xE000).contains(&low) {
                let scalar = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = second;
        }
        Ok(char::from_u32(high).unwrap_or_else(|| {
            let place = self.source.place(start, self.at);
            self.problems.warning(place, "half of a surrogate pair stands for no character");
            char::REPLACEMENT_CHARACTER
        }))
    }

    /// Four hexadecimal digits of the escape that began at `start`.
    fn hex4(&mut self, start: usize) -> Parsed<u32> {
        let digits = self.bytes.get(self.at..self.at + 4);
        let number =
            digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).map(|digits| {
                digits.iter().fold(0, |sum, digit| {
                    sum * 16 + char::from(*digit).to_digit(16).unwrap_or_default()
                })
            });
        let Some(number) = number else {
            let place = self.source.place(start, start + 2);
            return Err(Problem::error(place, "\"\\u\" needs four hexadecimal digits"));
        };
        self.at += 4;
        Ok(number)
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, kept as spelled: a twenty-digit
    /// integer stays one.
    fn number(&mut self) -> Parsed<String> {
        let start = self.at;
        self.takes(b'-');
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        let mut is_number = whole > 0 && !(leading_zero && whole > 1);
        if self.takes(b'.') {
            is_number &= self.digits() > 0;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _ = self.takes(b'+') || self.takes(b'-');
            is_number &= self.digits() > 0;
        }
        let spelled = &self.source.text[start..self.at];
        if is_number {
            return Ok(spelled.to_owned());
        }
        let place = self.source.place(start, self.at);
        Err(Problem::error(place, format!("{} is not a number", quote(spelled))))
    }

    fn digits(&mut self) -> usize {
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn word(&mut self) -> Parsed<Value> {
        let start = self.at;
        let letters = self.bytes[start..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        self.at += letters;
        match &self.source.text[start..self.at] {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            word => {
                let place = self.source.place(start, self.at);
                Err(Problem::error(place, format!("{} is not a value of JSON", quote(word)))
                    .suggest("put text in double quotes"))
            }
        }
    }

    fn unexpected(&self, wanted: &str) -> Problem {
        let Some(found) = self.source.text[self.at..].chars().next() else {
            let place = self.source.place(self.at, self.at);
            return Problem::error(place, format!("the document ends where {wanted} should stand"));
        };
        let place = self.source.place(self.at, self.at + found.len_utf8());
        let shown = quote(found.encode_utf8(&mut [0; 4]));
        let problem = Problem::error(place, format!("expected {wanted}, found {shown}"));
        match found {
            '}' | ']' if self.follows_comma() => problem.suggest("remove the comma before it"),
            '/' | '#' => problem.suggest("JSON has no comments; remove it"),
            '\'' => problem.suggest("use double quotes"),
            _ => problem,
        }
    }

    fn follows_comma(&self) -> bool {
        self.bytes[..self.at].iter().rev().find(|byte| !is_blank(**byte)) == Some(&b',')
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn skip_blanks(&mut self) {
        self.at += self.bytes[self.at..].iter().take_while(|byte| is_blank(**byte)).count();
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
