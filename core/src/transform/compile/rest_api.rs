//! Which mapping expression of a REST API is this?

use crate::definition::Problem;
use crate::message::KnownName;
use crate::transform::{Expression, Name, Source, Take};

use super::{Compiler, Side};

/// Compiles `method.request.…`, `integration.response.…`, `context.…`, `stageVariables.…` or
/// `'static'`.
pub(super) fn compile(
    text: &str,
    compiler: &Compiler<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Expression> {
    if let Some(inside) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(Expression::Constant(inside.as_bytes().into()));
    }
    if let Some(name) = text.strip_prefix("stageVariables.") {
        return Some(compiler.stage_variable(name, problems));
    }
    if let Some(name) = text.strip_prefix("context.") {
        return compiler.context(name, problems).map(Expression::Source);
    }
    if let Some(part) = text.strip_prefix("method.request.")
        && compiler.side != Side::Response
    {
        return request(part, compiler, problems).map(Expression::Source);
    }
    if let Some(part) = text.strip_prefix("integration.response.")
        && compiler.side == Side::Response
    {
        return response(part, compiler, problems).map(Expression::Source);
    }
    problems.push(invalid(text, compiler));
    None
}

fn request(part: &str, compiler: &Compiler<'_>, problems: &mut Vec<Problem>) -> Option<Source> {
    let (kind, name) = part.split_once('.').unwrap_or((part, ""));
    if kind == "body" {
        problems.push(needs_body(compiler));
        return None;
    }
    if !is_parameter_name(name) {
        problems.push(invalid(&format!("method.request.{part}"), compiler));
        return None;
    }
    match kind {
        "path" => Some(compiler.path_parameter(name, problems)),
        "querystring" => Some(Source::Query(name.as_bytes().into(), Take::Last)),
        "multivaluequerystring" => Some(Source::Query(name.as_bytes().into(), Take::Joined)),
        "header" => Some(header(name, Take::Last, compiler, problems)),
        "multivalueheader" => Some(header(name, Take::Joined, compiler, problems)),
        _ => {
            problems.push(invalid(&format!("method.request.{part}"), compiler));
            None
        }
    }
}

/// Headers that are "removed from the client request before any mapping".
const REMOVED: [KnownName; 12] = [
    KnownName::Connection,
    KnownName::ContentLength,
    KnownName::ContentMd5,
    KnownName::Expect,
    KnownName::MaxForwards,
    KnownName::ProxyAuthenticate,
    KnownName::Server,
    KnownName::Te,
    KnownName::Trailer,
    KnownName::TransferEncoding,
    KnownName::Upgrade,
    KnownName::WwwAuthenticate,
];

fn header(name: &str, take: Take, compiler: &Compiler<'_>, problems: &mut Vec<Problem>) -> Source {
    let known = KnownName::from_bytes(name.as_bytes());
    if known.is_some_and(|known| REMOVED.contains(&known)) {
        let message = format!(
            "the header \"{name}\" is taken from the request before anything is mapped, so the mapping is never applied"
        );
        problems.push(Problem::warning(compiler.place, message));
        return Source::Absent;
    }
    Source::Header(Name::as_spelled(name), take)
}

fn response(part: &str, compiler: &Compiler<'_>, problems: &mut Vec<Problem>) -> Option<Source> {
    let (kind, name) = part.split_once('.').unwrap_or((part, ""));
    match kind {
        "body" => problems.push(needs_body(compiler)),
        "header" if is_parameter_name(name) => {
            return Some(Source::ResponseHeader(Name::in_any_case(name), Take::Last));
        }
        "multivalueheader" if is_parameter_name(name) => {
            return Some(Source::ResponseHeader(Name::in_any_case(name), Take::Joined));
        }
        _ => problems.push(invalid(&format!("integration.response.{part}"), compiler)),
    }
    None
}

/// "Expressions match `^[a-zA-Z0-9._$-]+$`."
fn is_parameter_name(name: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte);
    !name.is_empty() && name.bytes().all(is_inside)
}

fn needs_body(compiler: &Compiler<'_>) -> Problem {
    Problem::error(compiler.place, "a mapping from a body is not supported")
        .suggest("map a header, query parameter or path variable")
}

fn invalid(text: &str, compiler: &Compiler<'_>) -> Problem {
    let problem =
        Problem::error(compiler.place, format!("invalid mapping expression specified: \"{text}\""));
    if text.starts_with('$') {
        return problem.suggest(format!("write \"{}\"", text.trim_start_matches('$')));
    }
    if text.starts_with("method.input.params.") {
        return problem.suggest("write \"method.request.{header|path|querystring}.name\"");
    }
    problem.suggest(format!("write \"'{text}'\" if the text itself is meant"))
}
