//! Where does a route of an HTTP API lead?

use std::collections::BTreeMap;

use crate::definition::{ConnectionType, Integration, IntegrationKind, Problem};
use crate::limits::HTTP_API_INTEGRATION_TIMEOUT_MS_MAX;
use crate::manage::document::{Entry, Map};
use crate::manage::problems::{did_you_mean, quote};

use super::content::status;
use super::integration::{self, report};
use super::keys;
use super::mapping;
use super::reader::Reader;

/// Reads `x-amazon-apigateway-integration` of a route.
pub(super) fn read<'d>(reader: &mut Reader<'d>, entry: &'d Entry) -> Integration {
    read_map(reader, entry).unwrap_or_else(|| integration::stand_in(entry.key_place))
}

fn read_map<'d>(reader: &mut Reader<'d>, entry: &'d Entry) -> Option<Integration> {
    let map = reader.map(entry)?;
    let map = match reader.member(map, "$ref") {
        Some(reference) => shared_integration(reader, entry, reference)?,
        None => map,
    };
    reader.check_keys(map, &keys::INTEGRATION);
    let kind = integration::kind(reader, map, entry.key_place)?;
    if !matches!(kind, IntegrationKind::AwsProxy | IntegrationKind::HttpProxy) {
        let message = "HTTP APIs have http_proxy and aws_proxy integrations only";
        let place = reader.member(map, "type").map_or(entry.key_place, |entry| entry.value.place);
        let problem = Problem::error(place, message)
            .suggest("set \"x-tollgate-kind: rest\" if this is a REST API");
        reader.problems.push(problem);
        return None;
    }
    let mut integration = Integration {
        place: entry.key_place,
        uri_place: entry.key_place,
        ..Integration::new(kind)
    };
    integration::read_common(reader, map, &mut integration, HTTP_API_INTEGRATION_TIMEOUT_MS_MAX);
    integration.subtype = reader.text_member(map, "integrationSubtype").map(str::to_owned);
    if let Some(tls) = reader.map_member(map, "tlsConfig") {
        reader.check_keys(tls, &keys::TLS_CONFIG);
        integration.server_name_to_verify =
            reader.text_member(tls, "serverNameToVerify").map(str::to_owned);
    }
    read_payload_format(reader, map, &mut integration);
    check_target(reader, map, &integration);
    if let Some(entry) = reader.member(map, "requestParameters") {
        let is_service_call = integration.subtype.is_some();
        integration.request_parameters = parameters(reader, entry, true, is_service_call);
    }
    if let Some(entry) = reader.member(map, "responseParameters") {
        integration.response_parameters = response_parameters(reader, entry);
    }
    Some(integration)
}

/// The integration under `components.x-amazon-apigateway-integrations` that a reference names.
/// A route without its integration is no route, so unlike others this reference must lead somewhere.
fn shared_integration<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    reference: &'d Entry,
) -> Option<&'d Map> {
    const START: &str = "#/components/x-amazon-apigateway-integrations/";
    let target = reader.text(reference)?;
    let shared = reader
        .map_member(reader.root, "components")
        .and_then(|components| reader.map_member(components, "x-amazon-apigateway-integrations"));
    let name = target.strip_prefix(START).unwrap_or_default();
    let is_known = shared.is_some_and(|shared| shared.find(name).is_some());
    if is_known {
        return reader.resolve_map(&entry.value, "an integration");
    }
    reader.problems.report(|| {
        let message = format!("the reference {} leads to no integration", quote(target));
        let problem = Problem::error(reference.value.place, message);
        let names = shared.map(Map::entries).unwrap_or_default();
        match did_you_mean(name, names.iter().map(|entry| entry.key.as_str())) {
            Some(suggestion) => problem.suggest(suggestion),
            None => problem.suggest(format!("write \"{START}NAME\"")),
        }
    });
    None
}

fn read_payload_format<'d>(reader: &mut Reader<'d>, map: &'d Map, integration: &mut Integration) {
    let is_function =
        integration.kind == IntegrationKind::AwsProxy && integration.subtype.is_none();
    match reader.member(map, "payloadFormatVersion") {
        Some(entry) => {
            integration.payload_format_version =
                reader.word(entry, &[("1.0", "1.0"), ("2.0", "2.0")]).map(str::to_owned);
            if !is_function && integration.payload_format_version.as_deref() == Some("2.0") {
                let message =
                    "only functions are called with payload format 2.0; this has no effect";
                reader.problems.warning(entry.value.place, message);
            }
        }
        None if reader.has(map, "payloadFormatVersion") => {}
        None if is_function => {
            let problem = Problem::error(
                integration.place,
                "an aws_proxy integration of an HTTP API needs a \"payloadFormatVersion\"",
            )
            .suggest("add \"payloadFormatVersion: '2.0'\"");
            reader.problems.push(problem);
        }
        None => {}
    }
}

/// Reports a URI that is no ARN where one is needed; what keeps an HTTP integration from being
/// called is found by the room that calls it.
fn check_target<'d>(reader: &mut Reader<'d>, map: &'d Map, integration: &Integration) {
    let message = match (integration.kind, integration.connection_type) {
        (IntegrationKind::HttpProxy, ConnectionType::VpcLink) => {
            "an integration over VPC_LINK needs the ARN of a listener or service as \"uri\""
        }
        (IntegrationKind::AwsProxy, _) if integration.subtype.is_none() => {
            "Invalid ARN specified in the request: \"uri\" must be that of a function"
        }
        _ => return,
    };
    let uri = reader.text_member(map, "uri");
    let is_told = uri.is_none() && reader.has(map, "uri");
    if !is_told && !uri.is_some_and(|uri| uri.starts_with("arn:")) {
        reader.problems.error(integration.uri_place, message);
    }
}

/// The mappings of a request or response; with `is_service_call` the keys are those of the
/// service's action.
fn parameters<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    is_request: bool,
    is_service_call: bool,
) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::new();
    for (inside, value) in reader.text_entries(entry) {
        let problem = mapping::http_problem(&inside.key, value, is_request);
        match problem.filter(|_| !is_service_call) {
            Some(problem) => report(reader, inside.key_place, problem),
            None => {
                parameters.insert(inside.key.clone(), value.to_owned());
            }
        }
    }
    parameters
}

fn response_parameters<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
) -> BTreeMap<u16, BTreeMap<String, String>> {
    let mut by_status = BTreeMap::new();
    for inside in reader.map(entry).map(Map::entries).unwrap_or_default() {
        match status(&inside.key) {
            Some(status) => {
                by_status.insert(status, parameters(reader, inside, false, false));
            }
            None => {
                let message = format!("{} is no status code of an integration", quote(&inside.key));
                reader.problems.error(inside.key_place, message);
            }
        }
    }
    by_status
}
