//! Which pieces does a static template consist of?

use crate::context::Variable;
use crate::definition::{Place, Problem};
use crate::transform::scan_reference;
use crate::transform::{Name, Reference, Source, Surroundings, Take, Template, TemplatePiece};

use super::undefined_stage_variable;

/// Compiles a gateway response's template: `$context`, `$stageVariables` and
/// `$method.request.{header|path|querystring}` are put in, all else is text.
pub fn compile_gateway_template(
    text: &str,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Template {
    let mut builder = Builder { around, place, pieces: Vec::new(), text: Vec::new() };
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        builder.push_text(&rest[..at]);
        rest = &rest[at..];
        let taken = match scan_reference(rest) {
            Some(reference) => builder.push_gateway_reference(rest, reference, problems),
            None => 0,
        };
        if taken == 0 {
            builder.push_text("$");
        }
        rest = &rest[taken.max(1)..];
    }
    builder.push_text(rest);
    builder.finish()
}

/// Compiles a mapping template that needs no template language.
///
/// `None` where it does: directives, `$input`, `$util` and calls are problems. An undefined name
/// is empty, as AWS has it.
pub fn compile_mapping_template(
    text: &str,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Option<Template> {
    if let Some(found) = directive(text) {
        problems.push(needs_language(found, place));
        return None;
    }
    let mut builder = Builder { around, place, pieces: Vec::new(), text: Vec::new() };
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        builder.push_text(&rest[..at]);
        rest = &rest[at..];
        let Some(reference) = scan_reference(rest) else {
            builder.push_text("$");
            rest = &rest[1..];
            continue;
        };
        if !builder.push_mapping_reference(reference, problems) {
            problems.push(needs_language(&rest[..reference.len], place));
            return None;
        }
        rest = &rest[reference.len..];
    }
    builder.push_text(rest);
    Some(builder.finish())
}

fn needs_language(found: &str, place: Place) -> Problem {
    Problem::error(
        place,
        format!("\"{found}\" needs the mapping template language, which is not supported"),
    )
    .suggest("write static text with $context and $stageVariables values")
}

/// Directives of the template language; `#macro` and `#evaluate` are plain text at AWS too.
const DIRECTIVES: [&str; 11] = [
    "set", "if", "elseif", "else", "end", "foreach", "break", "stop", "parse", "include", "define",
];

/// The first thing in a template that only the template language understands.
fn directive(text: &str) -> Option<&str> {
    for (at, _) in text.match_indices(['#', '\\']) {
        let rest = &text[at..];
        if ["##", "#*", "#[[", "\\$", "\\#"].iter().any(|special| rest.starts_with(special)) {
            return Some(&rest[..2]);
        }
        let word = rest[1..].trim_start_matches('{');
        let end = word.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(word.len());
        if rest.starts_with('#') && DIRECTIVES.contains(&&word[..end]) {
            return Some(&rest[..rest.len() - word.len() + end]);
        }
    }
    None
}

struct Builder<'a> {
    around: Surroundings<'a>,
    place: Place,
    pieces: Vec<TemplatePiece>,
    text: Vec<u8>,
}

impl Builder<'_> {
    fn push_text(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    fn push_source(&mut self, source: Source) {
        if !self.text.is_empty() {
            self.pieces.push(TemplatePiece::Text(std::mem::take(&mut self.text).into()));
        }
        self.pieces.push(TemplatePiece::Source(source));
    }

    /// How many bytes of `rest` the reference took; 0 where it is just text.
    fn push_gateway_reference(
        &mut self,
        rest: &str,
        reference: Reference<'_>,
        problems: &mut Vec<Problem>,
    ) -> usize {
        match reference.root {
            "context" => self.push_variable(rest, reference, problems),
            "stageVariables" if !reference.path.is_empty() => {
                self.push_stage_variable(reference.path, problems);
                reference.len
            }
            "method" => match request_source(reference.path) {
                Some(source) => {
                    self.push_source(source);
                    reference.len
                }
                None => 0,
            },
            _ => 0,
        }
    }

    fn push_variable(
        &mut self,
        rest: &str,
        reference: Reference<'_>,
        problems: &mut Vec<Problem>,
    ) -> usize {
        if let Some((variable, len)) = reference.variable() {
            self.push_source(Source::Context(variable));
            return len;
        }
        let name = &rest[..reference.len];
        let message = format!("\"{name}\" is no context variable, so it renders empty");
        let problem = Problem::warning(self.place, message);
        problems.push(match Variable::nearest(reference.path) {
            Some(known) => problem.suggest(format!("write \"$context.{known}\"")),
            None => problem,
        });
        reference.len
    }

    fn push_stage_variable(&mut self, name: &str, problems: &mut Vec<Problem>) {
        match self.around.stage_variable(name) {
            Some(value) => self.push_text(value),
            None => problems.push(undefined_stage_variable(name, self.around, self.place)),
        }
    }

    /// `false` where only the template language understands the reference.
    fn push_mapping_reference(
        &mut self,
        reference: Reference<'_>,
        problems: &mut Vec<Problem>,
    ) -> bool {
        match reference.root {
            _ if reference.goes_on => return false,
            "input" | "util" | "method" => return false,
            "context" => match Variable::from_name(reference.path) {
                Some(variable) => self.push_source(Source::Context(variable)),
                None => problems.push(renders_empty(reference, self.place)),
            },
            "stageVariables" if reference.path.is_empty() => return false,
            "stageVariables" => self.push_stage_variable(reference.path, problems),
            _ => problems.push(renders_empty(reference, self.place)),
        }
        true
    }

    fn finish(mut self) -> Template {
        if !self.text.is_empty() {
            self.pieces.push(TemplatePiece::Text(self.text.into()));
        }
        Template { pieces: self.pieces.into() }
    }
}

fn renders_empty(reference: Reference<'_>, place: Place) -> Problem {
    let Reference { root, path, .. } = reference;
    let dot = if path.is_empty() { "" } else { "." };
    Problem::warning(place, format!("\"${root}{dot}{path}\" is not defined, so it renders empty"))
}

/// `request.{header|path|querystring}.x`
fn request_source(path: &str) -> Option<Source> {
    let (kind, name) = path.strip_prefix("request.")?.split_once('.')?;
    match kind {
        "header" => Some(Source::Header(Name::as_spelled(name), Take::Last)),
        "path" => Some(Source::NamedPathParameter(name.into())),
        "querystring" => Some(Source::Query(name.as_bytes().into(), Take::Last)),
        _ => None,
    }
}
