//! What do the integrations of both kinds of API have in common?

use crate::definition::{
    ConnectionType, ContentHandling, Integration, IntegrationKind, Place, Problem,
};
use crate::limits::INTEGRATION_TIMEOUT_MS_MIN;
use crate::manage::document::{Entry, Map, Value};
use crate::manage::problems::quote;

use super::models::plain_json;
use super::reader::Reader;

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
pub(super) fn report(reader: &mut Reader<'_>, place: Place, problem: (String, Option<String>)) {
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

/// What stands in for a URI that could not be read.
const STAND_IN_URI: &str = "http://unreadable.invalid/";

/// What stands in for an integration that could not be read. With its problem told, the API is
/// not served; without a stand-in, whoever compiles would say that there is no integration.
pub(super) fn stand_in(place: Place) -> Integration {
    Integration {
        http_method: Some("ANY".into()),
        uri: Some(STAND_IN_URI.into()),
        place,
        uri_place: place,
        ..Integration::new(IntegrationKind::HttpProxy)
    }
}

/// Reads what means the same in both kinds of API, up to `timeout_ms_max`.
pub(super) fn read_common<'d>(
    reader: &mut Reader<'d>,
    map: &'d Map,
    integration: &mut Integration,
    timeout_ms_max: u32,
) {
    if reader.has(map, "uri") {
        let uri = reader.text_member(map, "uri").unwrap_or(STAND_IN_URI);
        integration.uri = Some(uri.to_owned());
        integration.uri_place = map.find("uri").map_or(integration.place, |it| it.value.place);
    }
    if reader.has(map, "httpMethod") {
        let verb = reader.member(map, "httpMethod").and_then(|entry| reader.word(entry, &VERBS));
        integration.http_method = Some(verb.unwrap_or("ANY").to_owned());
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
