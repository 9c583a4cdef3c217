//! Which status does a mock's request template ask for?
//!
//! "Lenient JSON accepted (`{statusCode: 200}`, single-quoted keys)", and trailing commas. The text
//! must be one object; only its own `statusCode` counts, and only as an integer.

/// How deep objects and arrays may lie in each other.
const NESTING_MAX: usize = 64;

/// The integer `statusCode` of an object; `None` where the text is none or has no such integer.
pub(super) fn status_code(text: &[u8]) -> Option<i64> {
    let mut reader = Reader { rest: text };
    reader.skip_blanks();
    let status = reader.object(0)?;
    reader.skip_blanks();
    if reader.rest.is_empty() { status } else { None }
}

struct Reader<'t> {
    rest: &'t [u8],
}

/// What a value was, as far as it matters.
#[derive(Clone, Copy)]
enum Value {
    Integer(i64),
    Other,
}

/// Each function answers `None` where the text is malformed.
impl<'t> Reader<'t> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    /// An object; what its last `statusCode` is, when that is an integer.
    fn object(&mut self, depth: usize) -> Option<Option<i64>> {
        self.take(b'{')?;
        let mut status = None;
        loop {
            self.skip_blanks();
            if self.take(b'}').is_some() {
                return Some(status);
            }
            let is_status = self.text()? == b"statusCode";
            self.skip_blanks();
            self.take(b':')?;
            let value = self.value(depth)?;
            if is_status {
                status = match value {
                    Value::Integer(integer) => Some(integer),
                    Value::Other => None,
                };
            }
            self.skip_blanks();
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some(status);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.take(b'[')?;
        loop {
            self.skip_blanks();
            if self.take(b']').is_some() {
                return Some(());
            }
            self.value(depth)?;
            self.skip_blanks();
            if self.take(b',').is_none() {
                return self.take(b']');
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth == NESTING_MAX {
            return None;
        }
        self.skip_blanks();
        match self.rest.first()? {
            b'{' => self.object(depth + 1).map(|_| Value::Other),
            b'[' => self.array(depth + 1).map(|()| Value::Other),
            b'"' | b'\'' => self.text().map(|_| Value::Other),
            _ => {
                let word = self.word()?;
                let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                Some(number.map_or(Value::Other, Value::Integer))
            }
        }
    }

    /// A name or text: in double or single quotes, or bare.
    fn text(&mut self) -> Option<&'t [u8]> {
        let &quote = self.rest.first()?;
        if !matches!(quote, b'"' | b'\'') {
            return self.word();
        }
        let inside = &self.rest[1..];
        let mut at = 0;
        loop {
            match inside.get(at)? {
                b'\\' => at += 2,
                byte if *byte == quote => break,
                _ => at += 1,
            }
        }
        self.rest = &inside[at + 1..];
        Some(&inside[..at])
    }

    /// A bare name, number or literal.
    fn word(&mut self) -> Option<&'t [u8]> {
        let is_inside =
            |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+.$".contains(byte) || *byte >= 0x80;
        let end = self.rest.iter().position(|byte| !is_inside(byte)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if word.is_empty() { None } else { Some(word) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(status_code(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn lenient_spellings_are_read() {
        check(r#"{"statusCode": 200}"#, Some(200));
        check("{statusCode: 200}", Some(200));
        check("{ statusCode: 200 }", Some(200));
        check("{'statusCode': 200}", Some(200));
        check(r#"{"statusCode": 200 , }"#, Some(200));
        check("\n {\"a\": [1, {\"b\": 'x}'},], \"statusCode\" : 404, c: null}\n", Some(404));
        check(r#"{"a": {"statusCode": 1}, "statusCode": 2}"#, Some(2));
        check(r#"{"a": "\"}", "statusCode": 2}"#, Some(2));
    }

    #[test]
    fn the_status_must_be_an_integer_of_the_object() {
        for text in [
            r#"{"statusCode": "200"}"#,
            "statusCode: 200",
            "{}",
            "",
            "200",
            r#"{"statusCode": 200.5}"#,
            r#"{"statusCode": true}"#,
            r#"{"statusCode": }"#,
            r#"{"statusCode": 200"#,
            r#"{"statusCode": 200} trailing"#,
            r#"{"a": {"statusCode": 200}}"#,
            r#"[{"statusCode": 200}]"#,
            r#"{"statuscode": 200}"#,
            r#"{"a" 1, "statusCode": 200}"#,
            r#"{"a": "unclosed, "statusCode": 200}"#,
        ] {
            check(text, None);
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |levels: usize| {
            format!("{{a: {}{}, statusCode: 1}}", "[".repeat(levels), "]".repeat(levels))
        };
        check(&deep(60), Some(1));
        check(&deep(100_000), None);
    }

    proptest! {
        #[test]
        fn strict_json_is_read_as_a_strict_parser_does(
            status in any::<i64>(), name in "[a-z\"\\\\{}]{0,6}", text in "[a-z\"\\\\{}\\[\\],: ]{0,12}",
        ) {
            let document = serde_json::json!({ name: [text, null, 1.5], "statusCode": status });
            prop_assert_eq!(status_code(document.to_string().as_bytes()), Some(status));
        }

        #[test]
        fn no_bytes_make_it_panic(text in any::<Vec<u8>>()) {
            status_code(&text);
        }
    }
}
