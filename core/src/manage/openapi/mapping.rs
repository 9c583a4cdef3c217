//! May a parameter mapping go from there to here?
//!
//! Only the form is checked, and that what is named is declared; the expression stays text.

use crate::integrate::is_reserved_name;
use crate::manage::problems::quote;

/// What is wrong with a mapping, and what to write instead.
pub(super) type MappingProblem = (String, Option<String>);

/// Where the value of a mapping in a REST API is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// A request on its way to the integration.
    Request,
    /// An integration's response on its way to the client.
    Response,
    /// A gateway response.
    Gateway,
}

/// What a mapping key of a REST API may begin with.
const REQUEST_KEYS: [&str; 3] = [
    "integration.request.path.",
    "integration.request.querystring.",
    "integration.request.header.",
];
const GATEWAY_KEYS: [&str; 3] =
    ["gatewayresponse.header.", "gatewayresponse.path.", "gatewayresponse.querystring."];

/// What is wrong with `key` as the destination of a mapping in a REST API.
pub(super) fn rest_key_problem(key: &str, side: Side) -> Option<MappingProblem> {
    let (starts, form): (&[&str], _) = match side {
        Side::Request => (&REQUEST_KEYS, "integration.request.{path|querystring|header}.{name}"),
        Side::Response => (&["method.response.header."], "method.response.header.{name}"),
        Side::Gateway => (&GATEWAY_KEYS, "gatewayresponse.{header|path|querystring}.{name}"),
    };
    let name = starts.iter().find_map(|start| key.strip_prefix(start));
    if name.is_some_and(is_parameter_name) {
        return None;
    }
    Some((
        format!("Invalid mapping expression specified: {}", quote(key)),
        Some(format!("write {form:?}")),
    ))
}

/// What is wrong with `expression` as the source of a mapping in a REST API.
pub(super) fn rest_source_problem(expression: &str, side: Side) -> Option<MappingProblem> {
    if is_static(expression) {
        return None;
    }
    let is_known = match side {
        Side::Request | Side::Gateway => {
            is_request_source(expression)
                || (side == Side::Gateway && expression.starts_with("method.input.params."))
        }
        Side::Response => is_response_source(expression),
    } || ["stageVariables.", "context."]
        .iter()
        .any(|start| expression.strip_prefix(start).is_some_and(is_path));
    if is_known {
        return None;
    }
    let message = format!("Invalid mapping expression specified: {}", quote(expression));
    Some((message, Some(source_suggestion(expression, side))))
}

fn source_suggestion(expression: &str, side: Side) -> String {
    if expression.starts_with('$') {
        return format!("write {} without the \"$\"", quote(expression.trim_start_matches('$')));
    }
    let looks_like_source =
        expression.contains('.') && expression.bytes().all(|b| !b.is_ascii_whitespace());
    match side {
        _ if !looks_like_source => format!("put static text in single quotes: \"'{expression}'\""),
        Side::Response => "\"integration.response.{header|multivalueheader}.{name}\", \"integration.response.body\", \"context.…\", \"stageVariables.…\" or \"'static text'\"".into(),
        Side::Request | Side::Gateway => "\"method.request.{path|querystring|header}.{name}\", \"method.request.body\", \"context.…\", \"stageVariables.…\" or \"'static text'\"".into(),
    }
}

fn is_static(expression: &str) -> bool {
    expression.len() >= 2 && expression.starts_with('\'') && expression.ends_with('\'')
}

fn is_request_source(expression: &str) -> bool {
    declared_parameter(expression).is_some()
        || expression == "method.request.body"
        || expression.strip_prefix("method.request.body.").is_some_and(|path| !path.is_empty())
}

fn is_response_source(expression: &str) -> bool {
    let header = ["integration.response.header.", "integration.response.multivalueheader."]
        .iter()
        .find_map(|start| expression.strip_prefix(start));
    header.is_some_and(is_parameter_name)
        || expression == "integration.response.body"
        || expression
            .strip_prefix("integration.response.body.")
            .is_some_and(|path| !path.is_empty())
}

/// The parameter that a source needs the method to declare: of
/// `method.request.multivalueheader.x` it is `method.request.header.x`.
pub(super) fn declared_parameter(expression: &str) -> Option<String> {
    let (location, name) = expression.strip_prefix("method.request.")?.split_once('.')?;
    let location = match location {
        "path" | "querystring" | "header" => location,
        "multivaluequerystring" => "querystring",
        "multivalueheader" => "header",
        _ => return None,
    };
    is_parameter_name(name).then(|| format!("method.request.{location}.{name}"))
}

/// "Expressions match `^[a-zA-Z0-9._$-]+$`"; the names of query parameters are freer.
fn is_parameter_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_path(path: &str) -> bool {
    !path.is_empty()
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b'-'))
}

/// Whether `key` is the destination of a mapping as only HTTP APIs have them.
pub(super) fn is_http_api_key(key: &str) -> bool {
    key == "overwrite:path" || http_destination(key).is_some()
}

/// The operation, location and name of `append:header.x`.
fn http_destination(key: &str) -> Option<(&str, &str, &str)> {
    let (operation, target) = key.split_once(':')?;
    let (location, name) = target.split_once('.')?;
    let is_known = matches!(operation, "append" | "overwrite" | "remove")
        && matches!(location, "header" | "querystring");
    is_known.then_some((operation, location, name))
}

/// What is wrong with a mapping of an HTTP API's request or response.
pub(super) fn http_problem(key: &str, value: &str, is_request: bool) -> Option<MappingProblem> {
    let form = if is_request {
        "write \"{append|overwrite|remove}:{header|querystring}.{name}\" or \"overwrite:path\""
    } else {
        "write \"{append|overwrite|remove}:header.{name}\" or \"overwrite:statuscode\""
    };
    let invalid = || {
        Some((format!("Invalid mapping expression specified: {}", quote(key)), Some(form.into())))
    };
    match http_destination(key) {
        None if is_request && key == "overwrite:path" => {}
        None if !is_request && key == "overwrite:statuscode" => {}
        None => return invalid(),
        Some((_, "querystring", _)) if !is_request => return invalid(),
        Some((_, _, name)) if !is_parameter_name(name) => return invalid(),
        Some((_, "header", name)) if is_reserved_name(name) => {
            let message = format!("the header {} is reserved and cannot be mapped", quote(name));
            return Some((message, None));
        }
        Some(("remove", _, name)) if !matches!(value, "" | "''") => {
            let message = format!("what removes {} has no value", quote(name));
            return Some((message, Some("write \"''\"".into())));
        }
        Some(("remove", _, _)) => return None,
        Some(_) => {}
    }
    http_source_problem(value, is_request)
}

/// What is wrong with a value of a mapping of an HTTP API: static text, `$request.header.x`, or
/// text with `${request.header.x}` in it.
fn http_source_problem(value: &str, is_request: bool) -> Option<MappingProblem> {
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        let behind = &rest[at + 1..];
        let variable = match behind.strip_prefix('{') {
            Some(inside) => {
                let Some(end) = inside.find('}') else {
                    let message = format!("a brace without its pair in {}", quote(value));
                    return Some((message, None));
                };
                &inside[..end]
            }
            None => &behind[..behind.find(|c: char| c.is_whitespace()).unwrap_or(behind.len())],
        };
        if let Some(problem) = http_variable_problem(variable, is_request) {
            return Some(problem);
        }
        rest = &behind[variable.len()..];
    }
    None
}

fn http_variable_problem(variable: &str, is_request: bool) -> Option<MappingProblem> {
    let side = if is_request { "request" } else { "response" };
    let (start, path) = variable.split_once('.').unwrap_or((variable, ""));
    let is_known = match start {
        "context" | "stageVariables" => !path.is_empty(),
        "request" if is_request => {
            matches!(path, "path" | "body")
                || ["header.", "querystring.", "path.", "body.", "body["]
                    .iter()
                    .any(|known| path.strip_prefix(known).is_some_and(|name| !name.is_empty()))
        }
        "response" if !is_request => {
            path == "body"
                || ["header.", "body.", "body["]
                    .iter()
                    .any(|known| path.strip_prefix(known).is_some_and(|name| !name.is_empty()))
        }
        _ => false,
    };
    (!is_known).then(|| {
        let message =
            format!("Invalid mapping expression specified: {}", quote(&format!("${variable}")));
        (
            message,
            Some(format!("variables are \"${side}.…\", \"$context.…\" and \"$stageVariables.…\"")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_mappings_have_a_form() {
        for (side, good, bad) in [
            (Side::Request, "integration.request.header.x", "integration.header.x"),
            (Side::Request, "integration.request.querystring.a[]", "integration.request.cookie.x"),
            (Side::Response, "method.response.header.X", "method.response.header."),
            (Side::Gateway, "gatewayresponse.header.X", "gatewayresponse.X"),
        ] {
            assert_eq!(rest_key_problem(good, side), None, "{good}");
            assert!(rest_key_problem(bad, side).is_some(), "{bad}");
        }
    }

    #[test]
    fn rest_sources_have_a_form() {
        let common = ["'x'", "''", "'*'", "context.identity.sourceIp", "stageVariables.x"];
        let request = [
            "method.request.path.id",
            "method.request.multivalueheader.X",
            "method.request.body",
            "method.request.body.a[0].b",
        ];
        let response = [
            "integration.response.header.X",
            "integration.response.body.a",
            "integration.response.multivalueheader.X",
        ];
        for source in common {
            for side in [Side::Request, Side::Response, Side::Gateway] {
                assert_eq!(rest_source_problem(source, side), None, "{source}");
            }
        }
        for source in request {
            assert_eq!(rest_source_problem(source, Side::Request), None, "{source}");
            assert!(rest_source_problem(source, Side::Response).is_some(), "{source}");
        }
        for source in response {
            assert_eq!(rest_source_problem(source, Side::Response), None, "{source}");
            assert!(rest_source_problem(source, Side::Request).is_some(), "{source}");
        }
        for source in [
            "",
            "'",
            "x",
            "$context.x",
            "context.",
            "method.request.cookie.x",
            "method.request.path.",
            "'x",
        ] {
            assert!(rest_source_problem(source, Side::Request).is_some(), "{source}");
        }
        assert_eq!(rest_source_problem("method.input.params.x", Side::Gateway), None);
        assert!(rest_source_problem("method.input.params.x", Side::Request).is_some());
    }

    #[test]
    fn http_mappings_have_a_form() {
        for (key, value, is_request, is_good) in [
            ("append:header.x", "$request.header.y", true, true),
            ("overwrite:querystring.x", "a-${request.path.id}-${context.stage}", true, true),
            ("overwrite:path", "$request.path", true, true),
            ("remove:header.x", "''", true, true),
            ("overwrite:statuscode", "403", false, true),
            ("append:header.x", "$response.body.a[0]", false, true),
            ("append:header.x", "$stageVariables.v", false, true),
            ("overwrite:path", "x", false, false),
            ("overwrite:statuscode", "x", true, false),
            ("remove:header.x", "y", true, false),
            ("append:querystring.x", "y", false, false),
            ("append:cookie.x", "y", true, false),
            ("append:header.Authorization", "y", true, false),
            ("overwrite:header.X-Amz-Date", "y", true, false),
            ("append:header.x", "$response.header.y", true, false),
            ("append:header.x", "${request.header.y", true, false),
            ("append:header.x", "$", true, false),
            ("integration.request.header.x", "y", true, false),
        ] {
            assert_eq!(http_problem(key, value, is_request).is_none(), is_good, "{key} {value}");
        }
    }
}
