//! What tree of values, each with its place, does a document hold?
//!
//! YAML and JSON are read into one type, [`Node`]. Everything keeps its [`Place`], so that whoever
//! reads the tree can point at what it does not like. Keys keep their order, numbers their spelling.
//!
//! Bounds: [`DEFINITION_BYTES_MAX`] bytes, [`DEFINITION_DEPTH_MAX`] levels, and as many bytes again
//! for what YAML aliases repeat. A tree is dropped by recursion, which the depth keeps harmless.
//!
//! Absent on purpose: meaning. That a key is unknown or a number too large is the importer's word.

mod intrinsics;
mod json;
mod lines;
mod map;
mod yaml;

#[cfg(test)]
mod tests;

pub use lines::{LineColumn, line_column};
pub use map::{Entry, Map};

use crate::definition::{Place, Problem};
use crate::limits::{DEFINITION_BYTES_MAX, DEFINITION_DEPTH_MAX};

use super::problems::Problems;
use intrinsics::PseudoParameters;

/// A document as the operator wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The name it is known by to its author, such as a path.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Document {
    /// The document that `bytes` spell; what is not UTF-8 is replaced and reported.
    ///
    /// `number` is the position the document will have in the list of documents.
    pub fn from_bytes(
        number: u32,
        name: impl Into<String>,
        bytes: &[u8],
        problems: &mut Vec<Problem>,
    ) -> Self {
        if let Err(error) = std::str::from_utf8(bytes) {
            let start = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
            let place = Place { document: number, start, end: start.saturating_add(1) };
            problems.push(
                Problem::error(place, "the document is not UTF-8").suggest("save it as UTF-8"),
            );
        }
        Self { name: name.into(), text: String::from_utf8_lossy(bytes).into_owned() }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub place: Place,
    /// How many values it holds, itself included.
    weight: u32,
}

/// A value of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`, `~`, or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as spelled.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object.
    Map(Map),
    /// Something that could not be read and has been reported.
    Refused,
}

impl Node {
    /// A value at a place.
    pub fn new(value: Value, place: Place) -> Self {
        let inside: u64 = match &value {
            Value::List(items) => items.iter().map(|item| u64::from(item.weight)).sum(),
            Value::Map(map) => map.entries().iter().map(|e| u64::from(e.value.weight)).sum(),
            _ => 0,
        };
        Self { value, place, weight: u32::try_from(inside + 1).unwrap_or(u32::MAX) }
    }

    /// How many values it holds, itself included.
    pub fn weight(&self) -> usize {
        self.weight as usize
    }

    /// The object, where it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The text, where it is text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Value {
    /// What kind of value it is, with its article.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
            Self::Refused => "unreadable",
        }
    }
}

/// What `${AWS::AccountId}` and its like stand for.
#[derive(Clone, Debug, Default)]
pub struct Surroundings<'a> {
    /// Twelve digits.
    pub account_id: &'a str,
    /// Such as `us-east-1`.
    pub region: &'a str,
}

/// Reads `document`, the `number`th of its list, or reports why that cannot be.
///
/// A document whose name ends in `.json` is JSON. Any other that begins with `{` or `[` is JSON
/// when it parses as such and YAML otherwise, since YAML's flow style begins so too.
pub(super) fn read(
    number: u32,
    document: &Document,
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Node> {
    if document.text.len() > DEFINITION_BYTES_MAX {
        let message = format!(
            "the document has {} bytes, more than the {DEFINITION_BYTES_MAX} that a definition may have",
            document.text.len()
        );
        problems.push(Problem::error(Place { document: number, start: 0, end: 0 }, message));
        return None;
    }
    let mut node = parse(number, document, problems)?;
    PseudoParameters::new(surroundings).resolve(&mut node, problems);
    Some(node)
}

fn parse(number: u32, document: &Document, problems: &mut Problems) -> Option<Node> {
    let text = document.text.strip_prefix('\u{feff}').unwrap_or(&document.text);
    let source = Source { number, text, offset: document.text.len() - text.len() };
    let ends_in = |end: &str| {
        document.name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(end))
    };
    if ends_in("json") {
        return json::parse(&source, problems);
    }
    if !text.trim_start().starts_with(['{', '[']) {
        return yaml::parse(&source, problems);
    }
    let (mut json_problems, mut yaml_problems) = (problems.fresh(), problems.fresh());
    if let Some(node) = json::parse(&source, &mut json_problems) {
        problems.append(json_problems);
        return Some(node);
    }
    let node = yaml::parse(&source, &mut yaml_problems);
    let is_yaml = node.is_some() || ends_in("yaml") || ends_in("yml");
    problems.append(if is_yaml { yaml_problems } else { json_problems });
    node
}

/// The text that is parsed.
struct Source<'a> {
    /// Position of the document.
    number: u32,
    /// The text behind a byte order mark.
    text: &'a str,
    /// Bytes of that mark.
    offset: usize,
}

impl Source<'_> {
    /// The place of the bytes `start..end` of `text`.
    fn place(&self, start: usize, end: usize) -> Place {
        // A document has at most DEFINITION_BYTES_MAX bytes, so positions fit.
        let position = |byte: usize| u32::try_from(byte + self.offset).unwrap_or(u32::MAX);
        Place { document: self.number, start: position(start), end: position(end) }
    }

    /// The text at a place.
    fn text_at(&self, place: Place) -> &str {
        let byte = |position: u32| (position as usize).saturating_sub(self.offset);
        self.text.get(byte(place.start)..byte(place.end)).unwrap_or_default()
    }

    /// The line of a place.
    fn line_of(&self, place: Place) -> usize {
        line_column(self.text, (place.start as usize).saturating_sub(self.offset)).line
    }
}

fn too_deep(place: Place) -> Problem {
    Problem::error(place, format!("values are nested deeper than {DEFINITION_DEPTH_MAX} levels"))
}
