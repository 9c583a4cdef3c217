//! Which request parameter does a mapping fill, and may it?

use crate::definition::{self, Place, Problem};
use crate::integrate::names::{HOP_BY_HOP, NameSet};
use crate::integrate::request_fields::FieldChange;
use crate::integrate::request_target::{Action, PathPiece, QueryChange};
use crate::message::KnownName;
use crate::transform::escaped::copy_query;
use crate::transform::{Expression, Side, Source, Surroundings, compile_expression, field_value};

/// All mappings of a request, by where they lead.
#[derive(Debug, Default)]
pub(super) struct Mappings {
    /// Path variables of the URI and what fills them (REST).
    pub(super) path: Vec<(String, PathPiece)>,
    pub(super) query: Vec<QueryChange>,
    pub(super) fields: Vec<FieldChange>,
    /// The whole path (HTTP APIs, `overwrite:path`), still text.
    pub(super) whole_path: Option<String>,
    /// A header that AWS accepts in a mapping and then fails on.
    pub(super) defect: Option<String>,
}

/// "For every type `content-length, transfer-encoding` and `x-amzn-trace-id,
/// x-amzn-apigateway-api-id`" answer 500: "… header already present".
const FAILING: NameSet = NameSet::of(&[
    KnownName::ContentLength,
    KnownName::TransferEncoding,
    KnownName::XAmznApigatewayApiId,
    KnownName::XAmznTraceId,
]);

/// Fields that would not cross, mapped or not.
const NEVER_SENT: NameSet = NameSet::of(&[KnownName::Expect, KnownName::Via]).and(HOP_BY_HOP);

/// Compiles `integration.request.{header|path|querystring}.{name}` → expression.
pub(super) fn rest_api(
    integration: &definition::Integration,
    around: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Mappings {
    let mut mappings = Mappings::default();
    let place = integration.place;
    for (key, text) in &integration.request_parameters {
        let destination = key.strip_prefix("integration.request.").and_then(|k| k.split_once('.'));
        let Some((kind @ ("header" | "path" | "querystring"), name)) = destination else {
            problems.push(
                Problem::error(place, format!("\"{key}\" is no request parameter"))
                    .suggest("write \"integration.request.{header|path|querystring}.name\""),
            );
            continue;
        };
        let Some(value) = compile_expression(text, Side::Request, around, place, problems) else {
            continue;
        };
        match kind {
            "path" => mappings.path.push((name.to_owned(), path_piece(value))),
            "querystring" => {
                let repeats = text.starts_with("method.request.multivaluequerystring.");
                mappings.query.push(query_change(Action::Append, name, value, repeats));
            }
            _ => mappings.push_field(field_change(Action::Overwrite, name, value), place, problems),
        }
    }
    mappings
}

/// Compiles `append|overwrite|remove:header|querystring.{name}` and `overwrite:path` → value.
pub(super) fn http_api(
    integration: &definition::Integration,
    around: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Mappings {
    let mut mappings = Mappings::default();
    let place = integration.place;
    for (key, text) in &integration.request_parameters {
        if key == "overwrite:path" {
            mappings.whole_path = Some(text.clone());
            continue;
        }
        let Some((action, kind @ ("header" | "querystring"), name)) = destination(key) else {
            problems.push(
                Problem::error(place, format!("\"{key}\" is no request parameter"))
                    .suggest("write \"{append|overwrite|remove}:{header|querystring}.name\" or \"overwrite:path\""),
            );
            continue;
        };
        if kind == "header" && is_reserved(name) {
            problems.push(reserved(key, place));
            continue;
        }
        // "For `remove`, value is `''`": it says nothing.
        let text = if action == Action::Remove { "" } else { text };
        let Some(value) = compile_expression(text, Side::Request, around, place, problems) else {
            continue;
        };
        match kind {
            "querystring" => mappings.query.push(query_change(action, name, value, false)),
            _ => {
                let change = field_change(action, &name.to_ascii_lowercase(), value);
                mappings.push_field(change, place, problems);
            }
        }
    }
    mappings
}

/// `append:header.x` → what is done, to what, and to which name.
fn destination(key: &str) -> Option<(Action, &str, &str)> {
    let (action, rest) = key.split_once(':')?;
    let action = match action {
        "append" => Action::Append,
        "overwrite" => Action::Overwrite,
        "remove" => Action::Remove,
        _ => return None,
    };
    let (kind, name) = rest.split_once('.')?;
    if name.is_empty() { None } else { Some((action, kind, name)) }
}

/// A header name that mappings of HTTP APIs may not touch ("rejected at configuration").
pub fn is_reserved(name: &str) -> bool {
    const NAMES: [&str; 18] = [
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "forwarded",
        "keep-alive",
        "origin",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
    ];
    const PREFIXES: [&str; 4] = ["access-control-", "apigw-", "x-amz-", "x-amzn-"];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The problem of a mapping key that names a reserved header.
fn reserved(key: &str, place: Place) -> Problem {
    Problem::error(place, format!("\"{key}\" names a header that mappings may not change"))
}

impl Mappings {
    fn push_field(&mut self, change: FieldChange, place: Place, problems: &mut Vec<Problem>) {
        let name = String::from_utf8_lossy(&change.name);
        if change.known.is_some_and(|known| FAILING.has(known)) {
            self.defect.get_or_insert_with(|| format!("{name} header already present"));
            return;
        }
        let is_constant_unsendable = match &change.value {
            Expression::Constant(text) => field_value::sendable(text).is_none(),
            _ => false,
        };
        problems.push(if change.known.is_some_and(|known| NEVER_SENT.has(known)) {
            let message = format!(
                "the header \"{name}\" never reaches a backend, so its mapping is left out"
            );
            Problem::warning(place, message)
        } else if !field_value::is_name(&change.name) {
            Problem::error(place, format!("\"{name}\" is no header name"))
        } else if is_constant_unsendable {
            let message = format!("the value of header \"{name}\" holds a control character");
            Problem::error(place, message)
        } else {
            self.fields.push(change);
            return;
        });
    }
}

fn field_change(action: Action, name: &str, value: Expression) -> FieldChange {
    let known = KnownName::from_bytes(name.as_bytes());
    FieldChange { action, name: name.as_bytes().into(), known, value }
}

fn query_change(action: Action, name: &str, value: Expression, repeats: bool) -> QueryChange {
    let value = match value {
        Expression::Constant(text) => {
            let mut safe = Vec::new();
            copy_query(&text, &mut safe);
            Expression::Constant(safe.into())
        }
        other => other,
    };
    QueryChange { action, name: name.as_bytes().into(), value, repeats }
}

/// What fills a path variable: the client's own segment stays as it was escaped.
pub(super) fn path_piece(value: Expression) -> PathPiece {
    match value {
        Expression::Source(Source::PathParameter(position)) => PathPiece::Parameter(position),
        Expression::Source(Source::Path) => PathPiece::Path,
        Expression::Constant(text) => PathPiece::Text(text),
        other => PathPiece::Value(other),
    }
}
