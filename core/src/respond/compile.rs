//! How did the operator change what clients are answered?

use std::collections::BTreeMap;

use crate::context::{ApiKind, MethodFacts, StageFacts};
use crate::definition::{self, GatewayResponse, GatewayResponseType as Type, Place, Problem};
use crate::integrate::{is_reserved_name, response_name};
use crate::message::KnownName;
use crate::transform::{
    Expression, Side, Surroundings, Template, compile_expression, compile_gateway_template,
    field_value,
};

use super::cors::{Cors, Origin};
use super::gateway_response::{Customised, GatewayResponses};
use super::http_proxy::{Action, FieldChange, ProxyResponses, ResponseChange, parse_status};

impl GatewayResponses {
    /// Compiles the customisations of a REST API; an HTTP API has none and passes an empty map.
    ///
    /// "Custom response for the type → else custom `DEFAULT_4XX`/`DEFAULT_5XX` → else built-in."
    pub fn compile(
        customised: &BTreeMap<Type, GatewayResponse>,
        stage: &StageFacts,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut compiled = Self::default();
        for (kind, written) in customised {
            if *kind == Type::RequestTooLarge {
                let message = "\"REQUEST_TOO_LARGE\" cannot be customised, so it stays as it is";
                problems.push(Problem::warning(written.place, message));
                continue;
            }
            if let Some(response) = compile_gateway_response(written, stage, problems) {
                compiled.by_type[*kind as usize] = u8::try_from(compiled.customised.len()).ok();
                compiled.customised.push(response);
            }
        }
        for kind in Type::ALL {
            let own = compiled.by_type[kind as usize];
            let default = default_of(kind).and_then(|default| compiled.by_type[default as usize]);
            compiled.by_type[kind as usize] = own.or(default);
        }
        compiled
    }
}

/// The default that a type falls back to.
fn default_of(kind: Type) -> Option<Type> {
    match kind {
        Type::ApiConfigurationError
        | Type::AuthorizerConfigurationError
        | Type::AuthorizerFailure
        | Type::IntegrationFailure
        | Type::IntegrationTimeout => Some(Type::Default5xx),
        Type::AccessDenied
        | Type::BadRequestBody
        | Type::BadRequestParameters
        | Type::ExpiredToken
        | Type::InvalidApiKey
        | Type::InvalidSignature
        | Type::MissingAuthenticationToken
        | Type::QuotaExceeded
        | Type::ResourceNotFound
        | Type::Throttled
        | Type::Unauthorized
        | Type::UnsupportedMediaType
        | Type::WafFiltered => Some(Type::Default4xx),
        Type::Default4xx | Type::Default5xx | Type::RequestTooLarge => None,
    }
}

fn compile_gateway_response(
    written: &GatewayResponse,
    stage: &StageFacts,
    problems: &mut Vec<Problem>,
) -> Option<Customised> {
    let method = MethodFacts::default();
    let around = Surroundings { stage, method: &method };
    if let Some(status) = written.status.filter(|status| !(200..=599).contains(status)) {
        let message = format!("{status} is no status that can be answered");
        problems.push(Problem::error(written.place, message));
        return None;
    }
    let mut fields = Vec::new();
    for (key, text) in &written.parameters {
        fields.extend(gateway_field(key, text, around, written.place, problems));
    }
    let mut template = |text: &str| compile_gateway_template(text, around, written.place, problems);
    let mut bodies: Vec<(Box<str>, Template)> = Vec::new();
    for (content_type, text) in &written.templates {
        bodies.push((content_type.as_str().into(), template(text)));
    }
    if bodies.is_empty() {
        // "Default template for all types."
        let text = r#"{"message":$context.error.messageString}"#;
        bodies.push(("application/json".into(), template(text)));
    }
    Some(Customised { status: written.status, fields: fields.into(), bodies: bodies.into() })
}

/// `gatewayresponse.header.{name}` → expression.
fn gateway_field(
    key: &str,
    text: &str,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Option<(Box<[u8]>, Expression)> {
    let Some(name) = key.strip_prefix("gatewayresponse.header.") else {
        let is_other = ["gatewayresponse.path.", "gatewayresponse.querystring."]
            .iter()
            .any(|prefix| key.starts_with(prefix));
        problems.push(match is_other {
            true => Problem::warning(place, format!("\"{key}\" has no effect on a response")),
            false => Problem::error(place, format!("\"{key}\" is no response parameter"))
                .suggest("write \"gatewayresponse.header.name\""),
        });
        return None;
    };
    let known = KnownName::from_bytes(name.as_bytes());
    if !field_value::is_name(name.as_bytes()) || known == Some(KnownName::TransferEncoding) {
        problems.push(Problem::error(place, format!("\"{name}\" is no header that can be set")));
        return None;
    }
    let value = compile_expression(text, Side::GatewayResponse, around, place, problems)?;
    Some((response_name(name, known), check_constant(value, name, place, problems)?))
}

/// A constant that may not be sent is a problem, not a field that never comes.
fn check_constant(
    value: Expression,
    name: &str,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Option<Expression> {
    if let Expression::Constant(text) = &value
        && field_value::sendable(text).is_none()
    {
        let message = format!("the value of header \"{name}\" holds a control character");
        problems.push(Problem::error(place, message));
        return None;
    }
    Some(value)
}

impl ProxyResponses {
    /// Compiles the response parameters of an integration (HTTP APIs).
    pub fn compile(
        integration: &definition::Integration,
        around: Surroundings<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        if around.stage.api_kind == ApiKind::RestApi {
            return Self::default();
        }
        let changes = integration.response_parameters.iter().map(|(status, parameters)| {
            (*status, compile_change(parameters, around, integration.place, problems))
        });
        Self { changes: changes.collect() }
    }
}

fn compile_change(
    parameters: &BTreeMap<String, String>,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> ResponseChange {
    let mut status = None;
    let mut fields = Vec::new();
    for (key, text) in parameters {
        if key == "overwrite:statuscode" {
            status = compile_expression(text, Side::Response, around, place, problems);
            if let Some(Expression::Constant(text)) = &status
                && parse_status(text).is_none()
            {
                let text = String::from_utf8_lossy(text);
                problems.push(Problem::error(place, format!("\"{text}\" is no status")));
            }
        } else {
            fields.extend(compile_field(key, text, around, place, problems));
        }
    }
    ResponseChange { status, fields: fields.into() }
}

fn compile_field(
    key: &str,
    text: &str,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Option<FieldChange> {
    let (action, name) = match key.split_once(":header.") {
        Some(("append", name)) => (Action::Append, name),
        Some(("overwrite", name)) => (Action::Overwrite, name),
        Some(("remove", name)) => (Action::Remove, name),
        _ => {
            problems.push(
                Problem::error(place, format!("\"{key}\" is no response parameter")).suggest(
                    "write \"{append|overwrite|remove}:header.name\" or \"overwrite:statuscode\"",
                ),
            );
            return None;
        }
    };
    if is_reserved_name(name) || !field_value::is_name(name.as_bytes()) {
        let message = format!("\"{key}\" names a header that mappings may not change");
        problems.push(Problem::error(place, message));
        return None;
    }
    let text = if action == Action::Remove { "" } else { text };
    let value = compile_expression(text, Side::Response, around, place, problems)?;
    let value = check_constant(value, name, place, problems)?;
    Some(FieldChange { action, name: name.as_bytes().into(), value })
}

impl Cors {
    /// Compiles a CORS configuration; `place` is where it stands.
    pub fn compile(cors: &definition::Cors, place: Place, problems: &mut Vec<Problem>) -> Self {
        let origins: Box<[_]> = cors
            .allow_origins
            .iter()
            .filter_map(|origin| compile_origin(origin, place, problems))
            .collect();
        if cors.allow_credentials && origins.contains(&Origin::Any) {
            problems.push(
                Problem::error(place, "\"allowCredentials\" cannot go with the origin \"*\"")
                    .suggest("name the origins, or write \"https://*\""),
            );
        }
        if let Some(max_age_s) = cors.max_age_s.filter(|age| !(-1..=86_400).contains(age)) {
            let message = format!("\"maxAge\" {max_age_s} is not between -1 and 86400");
            problems.push(Problem::error(place, message));
        }
        let mut joined = |names: &[String]| join(names, place, problems);
        Self {
            origins,
            methods: joined(&cors.allow_methods),
            headers: joined(&cors.allow_headers),
            exposed: joined(&cors.expose_headers),
            max_age: cors.max_age_s.map(|age| age.to_string().into_bytes().into()),
            allows_credentials: cors.allow_credentials,
        }
    }
}

fn compile_origin(origin: &str, place: Place, problems: &mut Vec<Problem>) -> Option<Origin> {
    match origin {
        "*" => return Some(Origin::Any),
        "http://*" | "https://*" => {
            return Some(Origin::Scheme(origin.trim_end_matches('*').as_bytes().into()));
        }
        _ => {}
    }
    let is_origin = origin.split_once("://").is_some_and(|(scheme, host)| {
        !scheme.is_empty() && !host.is_empty() && !host.contains(['*', '/', ' ', ','])
    });
    if is_origin && origin.is_ascii() && field_value::sendable(origin.as_bytes()).is_some() {
        return Some(Origin::Exact(origin.as_bytes().into()));
    }
    problems.push(
        Problem::error(place, format!("\"{origin}\" is no origin")).suggest(
            "write a scheme and a host, such as \"https://example.com\", or \"https://*\"",
        ),
    );
    None
}

fn join(names: &[String], place: Place, problems: &mut Vec<Problem>) -> Box<[u8]> {
    for name in names {
        if name != "*" && !field_value::is_name(name.as_bytes()) {
            problems.push(Problem::error(place, format!("\"{name}\" is no name for a CORS list")));
        }
    }
    names.join(",").into_bytes().into()
}
