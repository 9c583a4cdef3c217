//! Which path and query does the backend see?

use crate::context::{ApiKind, Facts};
use crate::message::percent::{encode_query_component_into, encode_segment_into};
use crate::transform::escaped::{copy_path, copy_query, has_dot_segment};
use crate::transform::{Expression, Source, query};

use super::Refusal;

/// How the request target of a backend is made.
#[derive(Debug)]
pub(super) struct RequestTarget {
    pub(super) api_kind: ApiKind,
    /// The pieces of the path; what they make together starts with `/`.
    pub(super) path: Box<[PathPiece]>,
    /// The query that the URI itself has; empty for none.
    pub(super) query: Box<[u8]>,
    /// Mapped parameters, in the order of their names.
    pub(super) changes: Box<[QueryChange]>,
}

/// A piece of a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PathPiece {
    /// Text, escaped where it must be.
    Text(Box<[u8]>),
    /// A path variable as the client escaped it: its slashes and escapes stay what they are.
    Parameter(u16),
    /// The routed path.
    Path,
    /// A mapped value: decoded, so whatever is special is escaped, `/` included.
    Value(Expression),
}

/// A mapped query parameter.
#[derive(Debug)]
pub(super) struct QueryChange {
    pub(super) action: Action,
    /// The name as it is compared.
    pub(super) name: Box<[u8]>,
    /// Its value; unused when it is removed.
    pub(super) value: Expression,
    /// Whether each of the client's values is sent as a parameter of its own.
    pub(super) repeats: bool,
}

/// What a mapping does to what the client sent under the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// The mapped value comes beside it.
    Append,
    /// The mapped value takes its place.
    Overwrite,
    /// It goes.
    Remove,
}

impl RequestTarget {
    /// Appends path and query.
    pub(super) fn write(&self, facts: &Facts<'_>, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let start = out.len();
        self.write_path(facts, out)?;
        let before_query = out.len();
        out.push(b'?');
        out.extend_from_slice(&self.query);
        match self.api_kind {
            ApiKind::RestApi => self.write_rest_api_query(facts, out),
            ApiKind::HttpApi => self.write_http_api_query(facts, out),
        }
        if out.len() == before_query + 1 {
            out.pop();
        }
        debug_assert_eq!(out.get(start), Some(&b'/'), "a target starts with its path");
        Ok(())
    }

    fn write_path(&self, facts: &Facts<'_>, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let start = out.len();
        for piece in &self.path {
            match piece {
                PathPiece::Text(text) => out.extend_from_slice(text),
                PathPiece::Parameter(position) => {
                    let value = facts.path_parameters.get(usize::from(*position));
                    copy_path(value.copied().unwrap_or_default(), out);
                }
                PathPiece::Path => {
                    if !facts.path.starts_with(b"/") {
                        out.push(b'/');
                    }
                    copy_path(facts.path, out);
                }
                PathPiece::Value(value) => {
                    push_encoded(value, facts, out, encode_segment_into);
                }
            }
        }
        // A path that is all text was checked when it was compiled.
        let is_text = matches!(&*self.path, [PathPiece::Text(_)]);
        match !is_text && has_dot_segment(&out[start..]) {
            true => Err(Refusal::DotSegment),
            false => Ok(()),
        }
    }

    /// "Client multi-values and mapped values are concatenated per name, not replaced"; and `;`,
    /// which "splits data", is sent as the separator it was taken for.
    fn write_rest_api_query(&self, facts: &Facts<'_>, out: &mut Vec<u8>) {
        if let Some(query) = facts.request.query().filter(|query| !query.is_empty()) {
            push_separator(out);
            let start = out.len();
            copy_query(query, out);
            for byte in &mut out[start..] {
                if *byte == b';' {
                    *byte = b'&';
                }
            }
        }
        for change in &self.changes {
            change.push(facts, out);
        }
    }

    fn write_http_api_query(&self, facts: &Facts<'_>, out: &mut Vec<u8>) {
        let client = facts.request.query().unwrap_or_default();
        if !self.changes.iter().any(|change| change.replaces(facts)) {
            if !client.is_empty() {
                push_separator(out);
                copy_query(client, out);
            }
        } else {
            for part in client.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
                if !self.is_replaced(part, facts) {
                    push_separator(out);
                    copy_query(part, out);
                }
            }
        }
        for change in self.changes.iter().filter(|change| change.action != Action::Remove) {
            change.push(facts, out);
        }
    }

    fn is_replaced(&self, part: &[u8], facts: &Facts<'_>) -> bool {
        let name = part.split(|byte| *byte == b'=').next().unwrap_or_default();
        let mut changes = self.changes.iter();
        changes.any(|change| query::is_name(name, &change.name) && change.replaces(facts))
    }
}

impl QueryChange {
    /// Whether the client's parameters of this name go. An overwrite without value changes nothing.
    fn replaces(&self, facts: &Facts<'_>) -> bool {
        match self.action {
            Action::Append => false,
            Action::Overwrite => self.value.write(facts, None, &mut Vec::new()),
            Action::Remove => true,
        }
    }

    /// Appends `name=value`, once per value where a REST API maps all of them.
    fn push(&self, facts: &Facts<'_>, out: &mut Vec<u8>) {
        if let Some(name) = self.multivalued() {
            for value in query::values(facts.request.query().unwrap_or_default(), name) {
                self.push_name(out);
                copy_query(value, out);
            }
            return;
        }
        let before = out.len();
        self.push_name(out);
        if !push_encoded(&self.value, facts, out, encode_query_component_into) {
            out.truncate(before);
        }
    }

    /// The client's name whose values are mapped one by one.
    fn multivalued(&self) -> Option<&[u8]> {
        match &self.value {
            Expression::Source(Source::Query(name, _)) if self.repeats => Some(name),
            _ => None,
        }
    }

    fn push_name(&self, out: &mut Vec<u8>) {
        push_separator(out);
        encode_query_component_into(&self.name, out);
        out.push(b'=');
    }
}

/// Separates what follows from the parameters before it, where there are some.
fn push_separator(out: &mut Vec<u8>) {
    if out.last() != Some(&b'?') {
        out.push(b'&');
    }
}

/// Appends an expression's value, escaped; `false`, with nothing appended, where there is none.
///
/// A constant is sent as it is written: "literal between single quotes, sent as is (must be
/// pre-encoded)". It was made safe when it was compiled.
fn push_encoded(
    value: &Expression,
    facts: &Facts<'_>,
    out: &mut Vec<u8>,
    encode: fn(&[u8], &mut Vec<u8>),
) -> bool {
    if let Expression::Constant(text) = value {
        out.extend_from_slice(text);
        return true;
    }
    let before = out.len();
    if !value.write(facts, None, out) {
        return false;
    }
    let decoded = out.split_off(before);
    encode(&decoded, out);
    true
}
