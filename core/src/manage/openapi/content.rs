//! Which bodies does a method take and answer with?

use std::collections::BTreeMap;

use crate::definition::MethodResponse;
use crate::manage::document::{Entry, Map, Value};
use crate::manage::problems::quote;

use super::keys;
use super::models::Models;
use super::parameters::{self, Location, Parameter};
use super::reader::{Dialect, Reader};

/// The models of a method's request by content type.
pub(super) fn request_models<'d>(
    reader: &mut Reader<'d>,
    models: &mut Models,
    operation: &'d Map,
    parameters: &[Parameter<'d>],
) -> BTreeMap<String, String> {
    if reader.dialect == Dialect::OpenApi3 {
        let Some(entry) = reader.member(operation, "requestBody") else { return BTreeMap::new() };
        let Some(body) = reader.resolve_map(&entry.value, "a request body") else {
            return BTreeMap::new();
        };
        reader.check_keys(body, &keys::REQUEST_BODY);
        return content_models(reader, models, body);
    }
    let body = parameters.iter().find(|parameter| parameter.location == Location::Body);
    let schema = body.and_then(|body| reader.member(body.map, "schema"));
    let name = schema.and_then(|schema| models.name_of(reader, &schema.value));
    let Some(name) = name else { return BTreeMap::new() };
    let types = parameters::media_types(reader, operation, "consumes");
    by_media_type(reader, &types, &name, schema)
}

/// `name` for each of `types`, `application/json` where there are none.
fn by_media_type(
    reader: &mut Reader<'_>,
    types: &[&str],
    name: &str,
    schema: Option<&Entry>,
) -> BTreeMap<String, String> {
    let place = schema.map_or(reader.place, |schema| schema.key_place);
    if types.is_empty() {
        return BTreeMap::from([("application/json".to_owned(), name.to_owned())]);
    }
    if !reader.charge(types.len(), place) {
        return BTreeMap::new();
    }
    types.iter().map(|media_type| ((*media_type).to_owned(), name.to_owned())).collect()
}

/// The models under `content` of a request body or response.
fn content_models<'d>(
    reader: &mut Reader<'d>,
    models: &mut Models,
    owner: &'d Map,
) -> BTreeMap<String, String> {
    let mut by_type = BTreeMap::new();
    let content = reader.map_member(owner, "content").map(Map::entries).unwrap_or_default();
    for entry in content {
        let Value::Map(media_type) = &entry.value.value else { continue };
        reader.check_keys(media_type, &keys::MEDIA_TYPE);
        let Some(schema) = reader.member(media_type, "schema") else { continue };
        if let Some(name) = models.name_of(reader, &schema.value) {
            by_type.insert(entry.key.clone(), name);
        }
    }
    by_type
}

/// The declared responses of a method by status.
pub(super) fn responses<'d>(
    reader: &mut Reader<'d>,
    models: &mut Models,
    operation: &'d Map,
) -> BTreeMap<u16, MethodResponse> {
    let mut responses = BTreeMap::new();
    let entries = reader.map_member(operation, "responses").map(Map::entries).unwrap_or_default();
    for entry in entries {
        // A `default` response has no status a method could have; AWS takes it and drops it.
        if entry.key == "default" || entry.key.starts_with("x-") {
            continue;
        }
        let Some(status) = status(&entry.key) else {
            let message =
                format!("{} is no status code; the response is left out", quote(&entry.key));
            reader.problems.warning(entry.key_place, message);
            continue;
        };
        let Some(map) = reader.resolve_map(&entry.value, "a response") else {
            responses.insert(status, MethodResponse::default());
            continue;
        };
        reader.check_keys(map, &keys::RESPONSE);
        responses.insert(status, response(reader, models, operation, map));
    }
    responses
}

fn response<'d>(
    reader: &mut Reader<'d>,
    models: &mut Models,
    operation: &'d Map,
    map: &'d Map,
) -> MethodResponse {
    let headers = reader.map_member(map, "headers").map(Map::entries).unwrap_or_default();
    let parameters =
        headers.iter().map(|entry| (format!("method.response.header.{}", entry.key), false));
    let by_type = match reader.dialect {
        Dialect::OpenApi3 => content_models(reader, models, map),
        Dialect::Swagger2 => {
            let schema = reader.member(map, "schema");
            match schema.and_then(|schema| models.name_of(reader, &schema.value)) {
                Some(name) => {
                    let types = parameters::media_types(reader, operation, "produces");
                    by_media_type(reader, &types, &name, schema)
                }
                None => BTreeMap::new(),
            }
        }
    };
    MethodResponse { parameters: parameters.collect(), models: by_type }
}

/// The status that `text` spells.
pub(super) fn status(text: &str) -> Option<u16> {
    let is_status = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|status| is_status && (100..600).contains(status))
}
