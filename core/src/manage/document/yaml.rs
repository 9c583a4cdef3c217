//! What does a YAML document hold (YAML 1.2, core schema, merge keys)?
//!
//! Built from the parser's events, not by its loader: the loader recurses as deep as the document
//! says, stops at the first key written twice, and forgets where tags stand.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::definition::{Place, Problem};
use crate::limits::{DEFINITION_BYTES_MAX, DEFINITION_DEPTH_MAX};
use crate::manage::problems::{Problems, quote};

use super::{Entry, Map, Node, Source, Value, intrinsics, too_deep};

/// Parses `source`, or reports where it stops being YAML.
pub(super) fn parse(source: &Source<'_>, problems: &mut Problems) -> Option<Node> {
    let mut builder = Builder {
        source,
        offsets: CharOffsets::new(source.text),
        frames: Vec::new(),
        anchors: HashMap::new(),
        alias_bytes_left: DEFINITION_BYTES_MAX,
        root: None,
        problems,
    };
    for event in Parser::new_from_str(source.text) {
        let pushed = match event {
            Ok((event, span)) => builder.push_event(event, span),
            Err(error) => Err(builder.syntax_problem(&error)),
        };
        if let Err(problem) = pushed {
            builder.problems.push(problem);
            return None;
        }
    }
    if builder.root.is_none() {
        let problem = Problem::error(source.place(0, 0), "the document is empty");
        builder.problems.push(problem.suggest("begin with \"openapi: 3.0.3\""));
    }
    builder.root
}

/// A list or object whose end has not come yet.
struct Frame {
    start: usize,
    anchor: usize,
    content: Content,
    /// A tag that makes the value unreadable has been reported.
    is_refused: bool,
    /// Levels of the deepest value inside.
    height: usize,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, Place)>, merged: Vec<Node> },
}

/// What an anchor names.
struct Anchored {
    node: Node,
    height: usize,
}

struct Builder<'a, 'p> {
    source: &'a Source<'a>,
    offsets: CharOffsets,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    alias_bytes_left: usize,
    root: Option<Node>,
    problems: &'p mut Problems,
}

impl Builder<'_, '_> {
    fn push_event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let (start, end) = self.bytes_of(span);
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                let place = self.source.place(start, end);
                Err(Problem::error(place, "only one document may stand in a file")
                    .suggest("remove what follows \"---\", or put it into a file of its own"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), (start, end));
                self.push_node(node, anchor, 0)
            }
            Event::Alias(anchor) => self.push_alias(anchor, self.source.place(start, end)),
            Event::SequenceStart(anchor, tag) => {
                self.open(Content::List(Vec::new()), anchor, tag.as_deref(), start)
            }
            Event::MappingStart(anchor, tag) => {
                let content = Content::Map { entries: Vec::new(), key: None, merged: Vec::new() };
                self.open(content, anchor, tag.as_deref(), start)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(end),
            _ => Ok(()),
        }
    }

    fn open(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        start: usize,
    ) -> Result<(), Problem> {
        if self.frames.len() >= DEFINITION_DEPTH_MAX {
            return Err(too_deep(self.source.place(start, start)));
        }
        let is_refused = tag.is_some_and(|tag| self.refuses_tag(tag, start));
        self.frames.push(Frame { start, anchor, content, is_refused, height: 0 });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), Problem> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let trimmed = self.source.text[..end.max(frame.start)].trim_end().len().max(frame.start);
        let place = self.source.place(frame.start, trimmed);
        let value = match frame.content {
            _ if frame.is_refused => Value::Refused,
            Content::List(items) => Value::List(items),
            Content::Map { entries, merged, .. } => Value::Map(self.map(entries, merged)),
        };
        self.push_node(Node::new(value, place), frame.anchor, frame.height + 1)
    }

    /// The object of `entries`, with what its merge keys bring behind them: "the keys in mapping
    /// nodes earlier in the sequence override keys specified in later mapping nodes" (YAML merge
    /// key type), and what is written directly overrides both.
    fn map(&mut self, mut entries: Vec<Entry>, merged: Vec<Node>) -> Map {
        let source = self.source;
        if !merged.is_empty() {
            let mut keys: HashSet<String> = entries.iter().map(|e| e.key.clone()).collect();
            for node in merged {
                match node.value {
                    Value::Map(map) => {
                        let missing = map.into_entries().into_iter();
                        entries.extend(missing.filter(|entry| keys.insert(entry.key.clone())));
                    }
                    Value::Refused => {}
                    _ => {
                        let message = "\"<<\" merges an object or a list of objects";
                        self.problems.error(node.place, message);
                    }
                }
            }
        }
        Map::new(entries, |place| source.line_of(place), self.problems)
    }

    fn push_alias(&mut self, anchor: usize, place: Place) -> Result<(), Problem> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(Problem::error(place, "an alias may not stand inside what it repeats"));
        };
        let (node, height) = (anchored.node.clone(), anchored.height);
        if self.frames.len() + height > DEFINITION_DEPTH_MAX {
            return Err(too_deep(place));
        }
        self.charge(&node, place)?;
        self.push_node(node, 0, height)
    }

    /// Takes the cost of another copy of `node` from what aliases may repeat.
    fn charge(&mut self, node: &Node, place: Place) -> Result<(), Problem> {
        match self.alias_bytes_left.checked_sub(cost(node)) {
            Some(left) => {
                self.alias_bytes_left = left;
                Ok(())
            }
            None => Err(Problem::error(place, "aliases repeat more than a document may hold")),
        }
    }

    fn push_node(&mut self, node: Node, anchor: usize, height: usize) -> Result<(), Problem> {
        if anchor != 0 {
            self.charge(&node, node.place)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), height });
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.height = frame.height.max(height);
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map { key: key @ None, .. } => {
                let place = node.place;
                let text = match node.value {
                    Value::Text(text) | Value::Number(text) => text,
                    Value::Bool(is_true) => is_true.to_string(),
                    Value::Null => self.source.text_at(place).to_owned(),
                    _ => return Err(Problem::error(place, "a key must be text")),
                };
                *key = Some((text, place));
            }
            Content::Map { entries, key, merged } => match key.take() {
                Some((key, _)) if key == "<<" => match node.value {
                    Value::List(items) => merged.extend(items),
                    value => merged.push(Node::new(value, node.place)),
                },
                Some((key, key_place)) => entries.push(Entry { key, key_place, value: node }),
                None => {}
            },
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        (start, end): (usize, usize),
    ) -> Node {
        let place = self.source.place(start, self.end_of_scalar(style, start, end));
        let is_text = style != ScalarStyle::Plain
            || tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
        let value = match tag {
            Some(tag) if self.refuses_tag(tag, start) => Value::Refused,
            _ if is_text => Value::Text(text.to_owned()),
            _ => plain_value(text),
        };
        Node::new(value, place)
    }

    /// Where the scalar that begins at `start` ends: the parser's span of a quoted one reaches over
    /// a comment, that of a block to the next line.
    fn end_of_scalar(&self, style: ScalarStyle, start: usize, end: usize) -> usize {
        let written = self.source.text[start..end].trim_end();
        let quote = match style {
            ScalarStyle::SingleQuoted => '\'',
            ScalarStyle::DoubleQuoted => '"',
            _ => return start + written.len(),
        };
        let mut is_escaped = false;
        let mut closing = written.char_indices().skip(1).filter(|(_, character)| {
            let was_escaped = std::mem::take(&mut is_escaped);
            is_escaped = quote == '"' && *character == '\\' && !was_escaped;
            *character == quote && !was_escaped
        });
        // Within single quotes, a quote is written twice: the pair closes and opens again.
        let mut last = None;
        while let Some((at, _)) = closing.next() {
            last = Some(at);
            if !written[at + 1..].starts_with(quote) {
                break;
            }
            closing.next();
        }
        start + last.map_or(written.len(), |at| at + 1)
    }

    /// Whether `tag`, whose value begins at `start`, makes that value unreadable; says so.
    fn refuses_tag(&mut self, tag: &Tag, start: usize) -> bool {
        const CORE: [&str; 7] = ["str", "int", "float", "bool", "null", "map", "seq"];
        if tag.is_yaml_core_schema() && CORE.contains(&tag.suffix.as_str()) {
            return false;
        }
        let name = format!("{}{}", tag.handle, tag.suffix);
        let place = self.tag_place(&name, start);
        if intrinsics::is_tag(&name) {
            self.problems.push(intrinsics::problem(place, &name));
            return true;
        }
        if name != "!" {
            self.problems.warning(place, format!("the tag {} means nothing here", quote(&name)));
        }
        false
    }

    /// The parser's span of a tagged value begins behind the tag; the tag stands on the way back.
    fn tag_place(&self, name: &str, start: usize) -> Place {
        let before = self.source.text[..start].trim_end();
        if before.ends_with(name) {
            return self.source.place(before.len() - name.len(), before.len());
        }
        let rest = &self.source.text[start..];
        let length = if rest.starts_with(name) { name.len() } else { 0 };
        self.source.place(start, start + length)
    }

    fn syntax_problem(&self, error: &ScanError) -> Problem {
        let at = self.offsets.byte_of(self.source.text, error.marker().index());
        let place = self.source.place(at, at);
        let problem = Problem::error(place, format!("this is not YAML: {}", error.info()));
        let line_start = self.source.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if self.source.text[line_start..at].contains('\t')
            || self.source.text[at..].starts_with('\t')
        {
            return problem.suggest("indent with blanks; YAML takes no tabs");
        }
        problem
    }

    fn bytes_of(&self, span: Span) -> (usize, usize) {
        let start = self.offsets.byte_of(self.source.text, span.start.index());
        let end = self.offsets.byte_of(self.source.text, span.end.index());
        (start, end.max(start))
    }
}

/// What a copy of `node` costs: its texts, and something for each value.
fn cost(node: &Node) -> usize {
    const VALUE_COST: usize = 8;
    let inside: usize = match &node.value {
        Value::Text(text) | Value::Number(text) => text.len(),
        Value::List(items) => items.iter().map(cost).sum(),
        Value::Map(map) => map.entries().iter().map(|e| e.key.len() + cost(&e.value)).sum(),
        _ => 0,
    };
    inside + VALUE_COST
}

/// The value of a plain scalar by the core schema (YAML 1.2.2 §10.3.2).
fn plain_value(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}

/// `[-+]? [0-9]+`, `0o [0-7]+`, `0x [0-9a-fA-F]+`,
/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, and the infinities.
fn is_number(text: &str) -> bool {
    let all = |digits: &str, is_digit: fn(&u8) -> bool| {
        !digits.is_empty() && digits.as_bytes().iter().all(is_digit)
    };
    if let Some(octal) = text.strip_prefix("0o") {
        return all(octal, |digit| (b'0'..=b'7').contains(digit));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return all(hex, u8::is_ascii_hexdigit);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.is_empty() || all(part, u8::is_ascii_digit);
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    digits(whole)
        && digits(fraction)
        && (!whole.is_empty() || !fraction.is_empty())
        && exponent.is_none_or(|exponent| all(exponent, u8::is_ascii_digit))
}

/// Byte positions of some characters, so that the parser's positions, which count characters,
/// become bytes without walking the document for each.
struct CharOffsets {
    /// The byte of each `STRIDE`th character; empty where every character is one byte.
    bytes: Vec<u32>,
}

impl CharOffsets {
    const STRIDE: usize = 64;

    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self { bytes: Vec::new() };
        }
        let bytes = text.char_indices().step_by(Self::STRIDE);
        Self { bytes: bytes.map(|(byte, _)| u32::try_from(byte).unwrap_or(u32::MAX)).collect() }
    }

    /// The byte of character `index` of `text`; the end for one behind it.
    fn byte_of(&self, text: &str, index: usize) -> usize {
        if self.bytes.is_empty() {
            return index.min(text.len());
        }
        let Some(start) = self.bytes.get(index / Self::STRIDE) else { return text.len() };
        let rest = &text[*start as usize..];
        let inside = rest.char_indices().nth(index % Self::STRIDE);
        *start as usize + inside.map_or(rest.len(), |(byte, _)| byte)
    }
}
