//! Which answers has a mock, and which are the same every time?

use std::collections::BTreeMap;

use regex::Regex;

use crate::definition::{self, IntegrationResponse, MethodResponse, Problem};
use crate::integrate::mock::{MockBody, MockRequest, MockResponse, Responses, refuses_other_types};
use crate::integrate::names::NameSet;
use crate::integrate::{Integration, Mock, Refusal};
use crate::message::{FieldBlock, HeadSink, KnownName};
use crate::transform::{
    Expression, Side, Surroundings, Template, compile_expression, compile_mapping_template,
    field_value,
};

use super::defect;

/// Compiles a `MOCK` integration.
pub(super) fn compile(
    integration: &definition::Integration,
    declared: Option<&BTreeMap<u16, MethodResponse>>,
    around: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Integration> {
    let mut list = Vec::new();
    let mut is_complete = true;
    for response in &integration.responses {
        match compile_response(response, around, problems) {
            Some(compiled) => list.push(compiled),
            None => is_complete = false,
        }
    }
    let responses = Responses { list: list.into() };
    let mut requests = Vec::new();
    for (content_type, text) in &integration.request_templates {
        match compile_mapping_template(text, around, integration.place, problems) {
            Some(template) => {
                requests.push((content_type.as_str().into(), request(template, &responses)));
            }
            None => is_complete = false,
        }
    }
    if !is_complete {
        return None;
    }
    let refuses_other_types =
        refuses_other_types(integration.passthrough_behavior, !requests.is_empty());
    let detail = undeclared(integration, declared, problems).or(match &*requests {
        [] if !refuses_other_types => Some(NO_STATUS.to_owned()),
        [(_, MockRequest::Constant(Err(Refusal::MockWithoutResponse)))] => {
            Some("No match for output mapping and no default output mapping configured".to_owned())
        }
        [(_, MockRequest::Constant(Err(_)))] => Some(NO_STATUS.to_owned()),
        _ => None,
    });
    Some(match detail {
        Some(detail) => defect(integration.place, detail, problems),
        None => {
            Integration::Mock(Mock { requests: requests.into(), refuses_other_types, responses })
        }
    })
}

/// Why every answer would be a 500: "no method response declared for that status".
fn undeclared(
    integration: &definition::Integration,
    declared: Option<&BTreeMap<u16, MethodResponse>>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let declared = declared?;
    let response = integration.responses.iter().find(|r| !declared.contains_key(&r.status))?;
    let status = response.status;
    let message = format!("the method declares no response {status}");
    problems.push(Problem::warning(response.place, message));
    Some(format!("Output mapping refers to an invalid method response: {status}"))
}

const NO_STATUS: &str =
    "Unable to parse statusCode. It should be an integer that is defined in the request template.";

fn request(template: Template, responses: &Responses) -> MockRequest {
    match template.as_text() {
        Some(text) => MockRequest::Constant(responses.select(text)),
        None => MockRequest::Rendered(template),
    }
}

fn compile_response(
    response: &IntegrationResponse,
    around: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Option<(Option<Regex>, MockResponse)> {
    let pattern = match response.selection_pattern.as_deref() {
        None | Some("" | "default") => None,
        Some(pattern) => Some(compile_pattern(pattern, response, problems)?),
    };
    if !(200..=599).contains(&response.status) {
        let message = format!("{} is no status that can be answered", response.status);
        problems.push(Problem::error(response.place, message));
        return None;
    }
    let fields = compile_fields(response, around, problems)?;
    let mut bodies = Vec::new();
    for (content_type, text) in &response.templates {
        let template = compile_mapping_template(text, around, response.place, problems)?;
        bodies.push(body(content_type, template, &fields));
    }
    if bodies.is_empty() {
        // "No template → empty body."
        bodies.push(body("application/json", Template::default(), &fields));
    }
    let varying = fields.into_iter().filter(|(_, value)| constant(value).is_none()).collect();
    let compiled = MockResponse { status: response.status, fields: varying, bodies: bodies.into() };
    Some((pattern, compiled))
}

/// "`selectionPattern` is a Java regex that must match the whole string."
fn compile_pattern(
    pattern: &str,
    response: &IntegrationResponse,
    problems: &mut Vec<Problem>,
) -> Option<Regex> {
    // Alone first: `a)|(b` would be valid inside the group.
    let regex = Regex::new(pattern).and_then(|_| Regex::new(&format!("^(?:{pattern})$")));
    match regex {
        Ok(regex) => Some(regex),
        Err(_) => {
            let message =
                format!("the selection pattern \"{pattern}\" is no expression that can be matched");
            problems.push(
                Problem::error(response.place, message)
                    .suggest("look-around and back-references are not supported"),
            );
            None
        }
    }
}

type Field = (Box<[u8]>, Expression);

/// Compiles `method.response.header.{name}` → expression.
fn compile_fields(
    response: &IntegrationResponse,
    around: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let place = response.place;
    for (key, text) in &response.parameters {
        let name = key.strip_prefix("method.response.header.").unwrap_or_default();
        if !field_value::is_name(name.as_bytes()) {
            problems.push(
                Problem::error(place, format!("\"{key}\" is no response header"))
                    .suggest("write \"method.response.header.name\""),
            );
            return None;
        }
        let value = compile_expression(text, Side::Response, around, place, problems)?;
        if let Expression::Constant(text) = &value
            && field_value::sendable(text).is_none()
        {
            let message = format!("the value of header \"{name}\" holds a control character");
            problems.push(Problem::error(place, message));
            return None;
        }
        match KnownName::from_bytes(name.as_bytes()) {
            Some(KnownName::TransferEncoding) => problems.push(Problem::warning(
                place,
                "\"Transfer-Encoding\" is never mapped, so it is left out",
            )),
            known => fields.push((response_name(name, known), value)),
        }
    }
    Some(fields)
}

/// Names that a mapped response header is renamed by (rest-api.md §7, recorded on the service),
/// and the hop-by-hop ones that were not tried.
const REMAPPED: NameSet = NameSet::of(&[
    KnownName::Authorization,
    KnownName::Connection,
    KnownName::ContentLength,
    KnownName::ContentMd5,
    KnownName::Date,
    KnownName::Expect,
    KnownName::Host,
    KnownName::MaxForwards,
    KnownName::ProxyAuthenticate,
    KnownName::Server,
    KnownName::Trailer,
    KnownName::Upgrade,
    KnownName::UserAgent,
    KnownName::WwwAuthenticate,
    KnownName::KeepAlive,
    KnownName::ProxyConnection,
    KnownName::Http2Settings,
    KnownName::ProxyAuthorization,
    KnownName::XAmznRequestid,
    KnownName::XAmzApigwId,
]);

/// The name that a mapped response header is sent under.
pub fn response_name(name: &str, known: Option<KnownName>) -> Box<[u8]> {
    match known {
        Some(known) if REMAPPED.has(known) => format!("x-amzn-Remapped-{name}").into_bytes().into(),
        _ => name.as_bytes().into(),
    }
}

fn body(content_type: &str, template: Template, fields: &[Field]) -> MockBody {
    let mut block = FieldBlock::default();
    let is_mapped = |(name, _): &Field| name.eq_ignore_ascii_case(b"content-type");
    // "`Content-Type` = the template's key / mapped value, default `application/json`."
    if !fields.iter().any(is_mapped) {
        block.push(b"Content-Type", content_type.as_bytes());
    }
    for (name, value) in fields {
        if let Some(value) = constant(value) {
            block.push(name, value);
        }
    }
    MockBody { content_type: content_type.into(), block, template }
}

fn constant(value: &Expression) -> Option<&[u8]> {
    match value {
        Expression::Constant(text) => field_value::sendable(text),
        _ => None,
    }
}
