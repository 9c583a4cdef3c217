//! Where does a method of a REST API lead?

use std::collections::BTreeMap;

use crate::definition::{
    Integration, IntegrationKind, IntegrationResponse, Method, PassthroughBehavior, Problem,
};
use crate::limits::{REST_API_INTEGRATION_TIMEOUT_MS_MAX, REST_API_STREAM_TIMEOUT_MS_MAX};
use crate::manage::document::{Entry, Map};
use crate::manage::problems::{did_you_mean, quote};

use super::arn;
use super::content::status;
use super::integration::{self, CONTENT_HANDLINGS, report};
use super::keys;
use super::mapping::{self, Side};
use super::reader::Reader;

/// Reads `x-amazon-apigateway-integration` of `method`, whose other members are read already.
pub(super) fn read<'d>(reader: &mut Reader<'d>, entry: &'d Entry, method: &Method) -> Integration {
    read_map(reader, entry, method).unwrap_or_else(|| integration::stand_in(entry.key_place))
}

fn read_map<'d>(reader: &mut Reader<'d>, entry: &'d Entry, method: &Method) -> Option<Integration> {
    let map = reader.map(entry)?;
    reader.check_keys(map, &keys::INTEGRATION);
    let kind = integration::kind(reader, map, entry.key_place)?;
    let mut integration = Integration {
        place: entry.key_place,
        uri_place: entry.key_place,
        ..Integration::new(kind)
    };
    if let Some(entry) = reader.member(map, "responseTransferMode") {
        let words = [("BUFFERED", false), ("STREAM", true)];
        integration.streams_response = reader.word(entry, &words).unwrap_or_default();
        let is_proxy = matches!(kind, IntegrationKind::AwsProxy | IntegrationKind::HttpProxy);
        if integration.streams_response && !is_proxy {
            let message = "only aws_proxy and http_proxy integrations stream their responses";
            reader.problems.error(entry.value.place, message);
        }
    }
    let timeout_ms_max = if integration.streams_response {
        REST_API_STREAM_TIMEOUT_MS_MAX
    } else {
        REST_API_INTEGRATION_TIMEOUT_MS_MAX
    };
    integration::read_common(reader, map, &mut integration, timeout_ms_max);
    check_target(reader, map, &integration);
    if kind == IntegrationKind::Mock {
        // "MOCK drops `uri` and `httpMethod`."
        integration.uri = None;
        integration.http_method = None;
    }
    read_payload(reader, map, &mut integration);
    read_cache(reader, map, &mut integration, method);
    if let Some(entry) = reader.member(map, "requestParameters") {
        integration.request_parameters = request_parameters(reader, entry, method);
    }
    if let Some(entry) = reader.member(map, "responses") {
        integration.responses = responses(reader, entry, kind, method);
    }
    Some(integration)
}

/// Reports what keeps an AWS integration from being called; what keeps an HTTP integration from it
/// is found by the room that calls it.
fn check_target<'d>(reader: &mut Reader<'d>, map: &'d Map, integration: &Integration) {
    if !matches!(integration.kind, IntegrationKind::Aws | IntegrationKind::AwsProxy) {
        return;
    }
    if !reader.has(map, "httpMethod") {
        let message = "Enumeration value for HttpMethod must be non-empty";
        let problem =
            Problem::error(integration.place, message).suggest("add \"httpMethod: POST\"");
        reader.problems.push(problem);
    }
    let is_proxy = integration.kind == IntegrationKind::AwsProxy;
    let uri = reader.text_member(map, "uri");
    let problem = match uri {
        Some(uri) => arn::integration_problem(uri, is_proxy),
        None if reader.has(map, "uri") => None,
        None => Some(("Invalid ARN specified in the request: there is no \"uri\"".into(), None)),
    };
    if let Some(problem) = problem {
        report(reader, integration.uri_place, problem);
    }
}

fn read_payload<'d>(reader: &mut Reader<'d>, map: &'d Map, integration: &mut Integration) {
    if let Some(entry) = reader.member(map, "passthroughBehavior") {
        let words = [
            ("when_no_match", PassthroughBehavior::WhenNoMatch),
            ("when_no_templates", PassthroughBehavior::WhenNoTemplates),
            ("never", PassthroughBehavior::Never),
        ];
        integration.passthrough_behavior = reader.word(entry, &words).unwrap_or_default();
    }
    if let Some(entry) = reader.member(map, "contentHandling") {
        integration.content_handling = reader.word(entry, &CONTENT_HANDLINGS);
    }
    if let Some(entry) = reader.member(map, "requestTemplates") {
        integration.request_templates = integration::templates(reader, entry);
    }
    if let Some(entry) = reader.member(map, "integrationTarget") {
        let message = "\"integrationTarget\" is not supported by this version";
        reader.problems.error(entry.key_place, message);
    }
    if let Some(tls) = reader.map_member(map, "tlsConfig") {
        reader.check_keys(tls, &keys::TLS_CONFIG);
        integration.insecure_skip_verification =
            reader.flag_member(tls, "insecureSkipVerification").unwrap_or_default();
    }
}

fn read_cache<'d>(
    reader: &mut Reader<'d>,
    map: &'d Map,
    integration: &mut Integration,
    method: &Method,
) {
    integration.cache_namespace = reader.text_member(map, "cacheNamespace").map(str::to_owned);
    let Some(entry) = reader.member(map, "cacheKeyParameters") else { return };
    for (text, place) in reader.texts(entry) {
        let is_known = match mapping::declared_parameter(text) {
            Some(parameter) => method.request_parameters.contains_key(&parameter),
            None => mapping::rest_key_problem(text, Side::Request).is_none(),
        };
        if is_known {
            integration.cache_key_parameters.push(text.to_owned());
        } else {
            let message = format!("the cache key parameter {} is not declared", quote(text));
            reader.problems.error(place, message);
        }
    }
}

fn request_parameters<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    method: &Method,
) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::new();
    for (inside, expression) in reader.text_entries(entry) {
        if let Some(problem) = mapping::rest_key_problem(&inside.key, Side::Request) {
            report(reader, inside.key_place, problem);
        } else if let Some(problem) = mapping::rest_source_problem(expression, Side::Request) {
            report(reader, inside.value.place, problem);
        } else {
            check_declared(reader, inside, expression, method);
            parameters.insert(inside.key.clone(), expression.to_owned());
        }
    }
    parameters
}

/// "A parameter must be declared to be mappable by name in the integration."
fn check_declared(reader: &mut Reader<'_>, entry: &Entry, expression: &str, method: &Method) {
    let Some(parameter) = mapping::declared_parameter(expression) else { return };
    if method.request_parameters.contains_key(&parameter) {
        return;
    }
    reader.problems.report(|| {
        let message = format!(
            "Invalid mapping expression parameter specified: {} is no declared parameter of the method",
            quote(expression)
        );
        let declared = method.request_parameters.keys().map(String::as_str);
        let suggestion = did_you_mean(&parameter, declared)
            .unwrap_or_else(|| "declare it in \"parameters\"".to_owned());
        Problem::error(entry.value.place, message).suggest(suggestion)
    });
}

fn responses<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    kind: IntegrationKind,
    method: &Method,
) -> Vec<IntegrationResponse> {
    let mut responses = Vec::new();
    for inside in reader.map(entry).map(Map::entries).unwrap_or_default() {
        responses.extend(response(reader, inside, kind, method));
    }
    responses
}

fn response<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    kind: IntegrationKind,
    method: &Method,
) -> Option<IntegrationResponse> {
    let map = reader.map(entry)?;
    reader.check_keys(map, &keys::INTEGRATION_RESPONSE);
    let status = response_status(reader, entry, map)?;
    let mut response = IntegrationResponse {
        selection_pattern: (entry.key != "default").then(|| entry.key.clone()),
        status,
        parameters: BTreeMap::new(),
        templates: Vec::new(),
        content_handling: None,
        place: entry.key_place,
    };
    // The responses of a proxy integration are never chosen from, so nothing can go wrong there.
    let is_proxy = matches!(kind, IntegrationKind::AwsProxy | IntegrationKind::HttpProxy);
    if let Some(entry) = reader.member(map, "responseParameters") {
        response.parameters = response_parameters(reader, entry, method, status, is_proxy);
    }
    if let Some(entry) = reader.member(map, "responseTemplates") {
        response.templates = integration::templates(reader, entry);
    }
    if let Some(entry) = reader.member(map, "contentHandling") {
        response.content_handling = reader.word(entry, &CONTENT_HANDLINGS);
    }
    Some(response)
}

/// The status of the response `map` that `entry` holds.
fn response_status<'d>(reader: &mut Reader<'d>, entry: &'d Entry, map: &'d Map) -> Option<u16> {
    let Some(status_entry) = reader.member(map, "statusCode") else {
        if reader.has(map, "statusCode") {
            return None;
        }
        let problem =
            Problem::error(entry.key_place, "the integration response has no \"statusCode\"")
                .suggest("add one, such as \"statusCode: '200'\"");
        reader.problems.push(problem);
        return None;
    };
    let text = reader.text(status_entry)?;
    let Some(status) = status(text) else {
        let message = format!("{} is no status code", quote(text));
        reader.problems.error(status_entry.value.place, message);
        return None;
    };
    Some(status)
}

fn response_parameters<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    method: &Method,
    status: u16,
    is_proxy: bool,
) -> BTreeMap<String, String> {
    let declared = method.responses.get(&status);
    let mut parameters = BTreeMap::new();
    for (inside, expression) in reader.text_entries(entry) {
        if let Some(problem) = mapping::rest_key_problem(&inside.key, Side::Response) {
            report(reader, inside.key_place, problem);
            continue;
        }
        if let Some(problem) = mapping::rest_source_problem(expression, Side::Response) {
            report(reader, inside.value.place, problem);
            continue;
        }
        let is_missing = declared.is_some_and(|it| !it.parameters.contains_key(&inside.key));
        if is_missing && !is_proxy {
            let message = format!(
                "Invalid mapping expression parameter specified: {} is no declared header of the response {status}",
                quote(&inside.key)
            );
            let problem = Problem::error(inside.key_place, message)
                .suggest(format!("declare it in \"headers\" of the response {status}"));
            reader.problems.push(problem);
        }
        parameters.insert(inside.key.clone(), expression.to_owned());
    }
    parameters
}
