//! What do the integrations of both kinds of API have in common?

use crate::definition::{
    ConnectionType, ContentHandling, Integration, IntegrationKind, Place, Problem,
};
use crate::limits::INTEGRATION_TIMEOUT_MS_MIN;
use crate::manage::document::{Entry, Map, Value};
use crate::manage::problems::quote;

use super::models::plain_json;
use super::reader::Reader;
use super::uri::{self, UriProblem};

/// The kinds of integration by AWS's names.
pub(super) const KINDS: [(&str, IntegrationKind); 5] = [
    ("aws", IntegrationKind::Aws),
    ("aws_proxy", IntegrationKind::AwsProxy),
    ("http", IntegrationKind::Http),
    ("http_proxy", IntegrationKind::HttpProxy),
    ("mock", IntegrationKind::Mock),
];

/// How payloads are converted, by AWS's names.
pub(super) const CONTENT_HANDLINGS: [(&str, ContentHandling); 2] = [
    ("CONVERT_TO_BINARY", ContentHandling::ConvertToBinary),
    ("CONVERT_TO_TEXT", ContentHandling::ConvertToText),
];

/// Pushes a problem with its suggestion.
pub(super) fn report(reader: &mut Reader<'_>, place: Place, problem: UriProblem) {
    let (message, suggestion) = problem;
    let problem = Problem::error(place, message);
    reader.problems.push(match suggestion {
        Some(suggestion) => problem.suggest(suggestion),
        None => problem,
    });
}

/// The kind of the integration `map`, which stands at `place`.
pub(super) fn kind<'d>(
    reader: &mut Reader<'d>,
    map: &'d Map,
    place: Place,
) -> Option<IntegrationKind> {
    match reader.member(map, "type") {
        Some(entry) => reader.word(entry, &KINDS),
        None if reader.has(map, "type") => None,
        None => {
            let problem = Problem::error(place, "the integration has no \"type\"")
                .suggest("one of aws, aws_proxy, http, http_proxy, mock");
            reader.problems.push(problem);
            None
        }
    }
}

/// Reads what means the same in both kinds of API, up to `timeout_ms_max`.
pub(super) fn read_common<'d>(
    reader: &mut Reader<'d>,
    map: &'d Map,
    integration: &mut Integration,
    timeout_ms_max: u32,
) {
    if let Some(entry) = reader.member(map, "uri") {
        integration.uri = reader.text(entry).map(str::to_owned);
        integration.uri_place = entry.value.place;
    }
    if let Some(entry) = reader.member(map, "httpMethod") {
        integration.http_method = reader.word(entry, &VERBS).map(str::to_owned);
    }
    if let Some(entry) = reader.member(map, "connectionType") {
        let words = [("INTERNET", ConnectionType::Internet), ("VPC_LINK", ConnectionType::VpcLink)];
        integration.connection_type = reader.word(entry, &words).unwrap_or_default();
    }
    integration.connection_id = reader.text_member(map, "connectionId").map(str::to_owned);
    integration.credentials = reader.text_member(map, "credentials").map(str::to_owned);
    if integration.connection_type == ConnectionType::VpcLink && integration.connection_id.is_none()
    {
        let message = "an integration over VPC_LINK needs a \"connectionId\"";
        reader.problems.error(integration.place, message);
    }
    if let Some(entry) = reader.member(map, "timeoutInMillis") {
        integration.timeout_ms = timeout(reader, entry, timeout_ms_max);
    }
}

const VERBS: [(&str, &str); 8] = [
    ("ANY", "ANY"),
    ("DELETE", "DELETE"),
    ("GET", "GET"),
    ("HEAD", "HEAD"),
    ("OPTIONS", "OPTIONS"),
    ("PATCH", "PATCH"),
    ("POST", "POST"),
    ("PUT", "PUT"),
];

fn timeout<'d>(reader: &mut Reader<'d>, entry: &'d Entry, ms_max: u32) -> Option<u32> {
    let ms = reader.integer(entry)?;
    let timeout =
        u32::try_from(ms).ok().filter(|ms| (INTEGRATION_TIMEOUT_MS_MIN..=ms_max).contains(ms));
    if timeout.is_none() {
        let message =
            format!("Timeout should be between {INTEGRATION_TIMEOUT_MS_MIN} ms and {ms_max} ms");
        reader.problems.error(entry.value.place, message);
    }
    timeout
}

/// Reports what keeps an HTTP integration from being called.
pub(super) fn check_http(reader: &mut Reader<'_>, map: &Map, integration: &Integration) {
    if !reader.has(map, "httpMethod") {
        let problem =
            Problem::error(integration.place, "Enumeration value for HttpMethod must be non-empty")
                .suggest("add \"httpMethod\", such as \"httpMethod: GET\" or \"httpMethod: ANY\"");
        reader.problems.push(problem);
    }
    let Some(uri) = &integration.uri else {
        if !reader.has(map, "uri") {
            let message = "Invalid HTTP endpoint specified for URI: there is none";
            let problem = Problem::error(integration.place, message).suggest("add \"uri\"");
            reader.problems.push(problem);
        }
        return;
    };
    if let Some(problem) = uri::http_endpoint_problem(uri) {
        return report(reader, integration.uri_place, problem);
    }
    if let Some(port) = uri::uncommon_port(uri) {
        let message =
            format!("AWS calls no port {port}, only 80, 443 and 1024 to 65535; this gateway does");
        reader.problems.warning(integration.uri_place, message);
    }
}

/// The variables in the URI's path; problems with them are told.
pub(super) fn uri_variables<'i>(
    reader: &mut Reader<'_>,
    integration: &'i Integration,
) -> uri::Variables<'i> {
    match uri::variables(integration.uri.as_deref().unwrap_or_default()) {
        Ok(variables) => variables,
        Err(problem) => {
            report(reader, integration.uri_place, problem);
            uri::Variables::default()
        }
    }
}

/// The templates of `entry` by content type, in the order of the document.
///
/// An object written where a template should be is the usual mistake in YAML, where a template
/// that looks like JSON is one; AWS refuses it too.
pub(super) fn templates<'d>(reader: &mut Reader<'d>, entry: &'d Entry) -> Vec<(String, String)> {
    let mut templates = Vec::new();
    for inside in reader.map(entry).map(Map::entries).unwrap_or_default() {
        match &inside.value.value {
            Value::Text(text) => templates.push((inside.key.clone(), text.clone())),
            Value::Null => templates.push((inside.key.clone(), String::new())),
            Value::Refused => {}
            other => reader.problems.report(|| {
                let message = format!("a template is text, not {}", other.describe());
                let text = plain_json(&inside.value).to_string().replace('\'', "''");
                let problem = Problem::error(inside.value.place, message);
                if text.len() <= 120 {
                    problem.suggest(format!("write it in quotes: '{text}'"))
                } else {
                    problem.suggest(format!("put {} into quotes or a block", quote(&inside.key)))
                }
            }),
        }
    }
    templates
}
