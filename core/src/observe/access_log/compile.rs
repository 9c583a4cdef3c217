//! Which access-log format did the operator write?

use crate::context::{ApiKind, Use, Variable};
use crate::definition::{Place, Problem};
use crate::limits::ACCESS_LOG_FORMAT_BYTES_MAX;
use crate::observe::Needs;
use crate::transform::{Reference, scan_reference};

use super::{Format, Notation, Piece, presets};

impl Format {
    /// Compiles a format, or one of the presets `CLF`, `CSV`, `JSON`, `XML` by name; `None` where a
    /// problem keeps it from being used. `place` is where the stage's settings stand.
    pub fn compile(
        text: &str,
        api_kind: ApiKind,
        place: Place,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let text = presets::by_name(text).unwrap_or(text);
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(problem) = problem_of(text, line, place) {
            problems.push(problem);
            return None;
        }
        let notation = notation(line);
        let mut scanner = Scanner {
            api_kind,
            place,
            needs: Needs::default(),
            pieces: Vec::new(),
            names_id: false,
        };
        scanner.scan(line, problems);
        if !scanner.names_id {
            let message = "an access log format must contain \"$context.requestId\" or \"$context.extendedRequestId\"";
            problems.push(Problem::error(place, message).suggest("add \"$context.requestId\""));
            return None;
        }
        Some(Self { pieces: scanner.pieces.into(), needs: scanner.needs, notation })
    }
}

fn problem_of(text: &str, line: &str, place: Place) -> Option<Problem> {
    if line.is_empty() {
        return Some(Problem::error(place, "an access log format must not be empty"));
    }
    if line.contains(['\n', '\r']) {
        let message = format!(
            "Access Log format must be single line, new line character is allowed only at end of the format: '{text}'"
        );
        return Some(Problem::error(place, message));
    }
    if text.len() > ACCESS_LOG_FORMAT_BYTES_MAX {
        let len = text.len();
        let message =
            format!("the format has {len} bytes, more than {ACCESS_LOG_FORMAT_BYTES_MAX}");
        return Some(Problem::error(place, message));
    }
    None
}

/// What a format's author means to write, by how it looks.
fn notation(line: &str) -> Notation {
    let line = line.trim();
    if line.starts_with(['{', '[']) {
        return Notation::Json;
    }
    if line.starts_with('<') {
        return Notation::Xml;
    }
    // Variables and commas, quoted or not, and nothing else.
    let is_field = |field: &str| {
        let field = field.trim().trim_matches('"');
        scan_reference_whole(field) || field.is_empty()
    };
    match line.contains(',') && line.split(',').all(is_field) {
        true => Notation::Csv,
        false => Notation::Plain,
    }
}

fn scan_reference_whole(field: &str) -> bool {
    field.starts_with('$') && scan_reference(field).is_some_and(|found| found.len == field.len())
}

struct Scanner {
    api_kind: ApiKind,
    place: Place,
    needs: Needs,
    pieces: Vec<Piece>,
    /// Whether a request id was seen.
    names_id: bool,
}

impl Scanner {
    fn scan(&mut self, line: &str, problems: &mut Vec<Problem>) {
        let mut text = String::new();
        let mut is_quoted = false;
        let mut rest = line;
        while let Some(at) = rest.find('$') {
            text.push_str(&rest[..at]);
            is_quoted = is_quoted_behind(is_quoted, &rest[..at]);
            rest = &rest[at..];
            let reference = scan_reference(rest).filter(|found| found.root == "context");
            let Some(reference) = reference else {
                text.push('$');
                rest = &rest[1..];
                continue;
            };
            self.push_text(&mut text);
            let (variable, len) = self.resolve(reference, &rest[..reference.len], problems);
            self.pieces.push(Piece::Value { variable, is_quoted });
            rest = &rest[len..];
        }
        text.push_str(rest);
        self.push_text(&mut text);
    }

    fn push_text(&mut self, text: &mut String) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(text).into_bytes().into()));
        }
    }

    /// The variable, and the bytes that its reference takes.
    fn resolve(
        &mut self,
        reference: Reference<'_>,
        written: &str,
        problems: &mut Vec<Problem>,
    ) -> (Option<Variable>, usize) {
        let Some((variable, len)) = reference.variable() else {
            let message = format!("\"{written}\" is no context variable, so it is logged as \"-\"");
            let problem = Problem::warning(self.place, message);
            problems.push(match Variable::nearest(reference.path) {
                Some(known) => problem.suggest(format!("write \"$context.{known}\"")),
                None => problem,
            });
            return (None, reference.len);
        };
        self.needs.insert(variable);
        self.names_id |= matches!(variable, Variable::RequestId | Variable::ExtendedRequestId);
        let used = match self.api_kind {
            ApiKind::RestApi => Use::RestApiAccessLog,
            ApiKind::HttpApi => Use::HttpApi,
        };
        if !variable.is_offered_in(used) {
            let name = variable.as_str();
            let message = format!("\"$context.{name}\" is not offered for this kind of API");
            problems.push(Problem::warning(self.place, message));
        }
        (Some(variable), len)
    }
}

/// Whether what follows `text` stands between double quotes.
fn is_quoted_behind(before: bool, text: &str) -> bool {
    let mut is_quoted = before;
    let mut is_escaped = false;
    for byte in text.bytes() {
        match byte {
            b'\\' => is_escaped = !is_escaped,
            b'"' if !is_escaped => is_quoted = !is_quoted,
            _ => is_escaped = false,
        }
        if byte == b'"' {
            is_escaped = false;
        }
    }
    is_quoted
}
