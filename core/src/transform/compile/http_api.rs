//! Which mapping expression of an HTTP API is this?

use crate::definition::Problem;
use crate::transform::expression::Piece;
use crate::transform::{Expression, Name, Source, Take};

use super::{Compiler, Side};

/// Compiles static text, `$request.…` and its like, or text with `${request.…}` in it.
pub(super) fn compile(
    text: &str,
    compiler: &Compiler<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Expression> {
    if text.contains("${") {
        return mixed(text, compiler, problems);
    }
    match text.strip_prefix('$') {
        Some(name) => selection(name, compiler, problems),
        None => Some(Expression::Constant(text.as_bytes().into())),
    }
}

/// `${request.path.name}-${context.stage}`
fn mixed(text: &str, compiler: &Compiler<'_>, problems: &mut Vec<Problem>) -> Option<Expression> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else {
            problems.push(invalid(text, compiler));
            return None;
        };
        push_text(&mut pieces, before.as_bytes());
        match selection(name, compiler, problems)? {
            Expression::Constant(value) => push_text(&mut pieces, &value),
            Expression::Source(source) => pieces.push(Piece::Source(source)),
            Expression::Mixed(_) => {}
        }
        rest = after;
    }
    push_text(&mut pieces, rest.as_bytes());
    match &mut *pieces {
        [Piece::Source(source)] => Some(Expression::Source(source.clone())),
        [Piece::Text(text)] => Some(Expression::Constant(std::mem::take(text))),
        _ => Some(Expression::Mixed(pieces.into())),
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &[u8]) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(before)) => *before = [before, text].concat().into(),
        _ => pieces.push(Piece::Text(text.into())),
    }
}

/// A name without its `$`: `request.header.n`, `context.stage`, …
fn selection(
    name: &str,
    compiler: &Compiler<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Expression> {
    if let Some(name) = name.strip_prefix("stageVariables.") {
        return Some(compiler.stage_variable(name, problems));
    }
    if let Some(name) = name.strip_prefix("context.") {
        return compiler.context(name, problems).map(Expression::Source);
    }
    let source = match (compiler.side, name.split_once('.')) {
        (Side::Request, Some(("request", part))) => request(part, compiler, problems),
        (Side::Response, Some(("response", part))) => response(part),
        _ => None,
    };
    if source.is_none() {
        problems.push(match name.split('.').nth(1) {
            Some(body) if body == "body" || body.starts_with("body[") => {
                Problem::error(compiler.place, "a mapping from a body is not supported")
                    .suggest("map a header, query parameter or path variable")
            }
            _ => invalid(&format!("${name}"), compiler),
        });
    }
    source.map(Expression::Source)
}

fn request(part: &str, compiler: &Compiler<'_>, problems: &mut Vec<Problem>) -> Option<Source> {
    match part.split_once('.') {
        None if part == "path" => Some(Source::Path),
        Some(("path", name)) => Some(compiler.path_parameter(name, problems)),
        Some(("header", name)) if !name.is_empty() => {
            Some(Source::Header(Name::in_any_case(name), Take::Joined))
        }
        Some(("querystring", name)) if !name.is_empty() => {
            Some(Source::Query(name.as_bytes().into(), Take::Joined))
        }
        _ => None,
    }
}

fn response(part: &str) -> Option<Source> {
    let name = part.strip_prefix("header.").filter(|name| !name.is_empty())?;
    Some(Source::ResponseHeader(Name::in_any_case(name), Take::Joined))
}

fn invalid(text: &str, compiler: &Compiler<'_>) -> Problem {
    Problem::error(compiler.place, format!("invalid mapping expression specified: \"{text}\""))
}
