//! What HTTP API does a document describe?

use crate::definition::{HttpApi, MethodVerb, Problem, Route, RouteKey};
use crate::manage::problems::quote;

use super::authorization::{Authorization, Schemes};
use super::paths::{self, Operation, PathItem};
use super::reader::Reader;
use super::{Options, cors, endpoint, http_integration, root};

/// Reads the API; `file` is the document's name.
pub(super) fn import(reader: &mut Reader<'_>, file: &str, options: &Options<'_>) -> HttpApi {
    let identity = root::identity(reader, file);
    check_export_version(reader);
    let endpoint = endpoint::read(reader);
    let tags = root::tags(reader);
    let schemes = Schemes::read(reader);
    let of_root = schemes.of_root(reader);
    let routes = routes(reader, &schemes, &of_root, options);
    HttpApi {
        id: identity.id,
        name: identity.name,
        description: identity.description,
        version: identity.version,
        tags,
        authorizers: schemes.authorizers,
        routes,
        cors: cors::read(reader),
        disable_execute_api_endpoint: endpoint.is_execute_api_disabled,
        place: reader.place,
    }
}

fn check_export_version(reader: &mut Reader<'_>) {
    let root = reader.root;
    let entry = reader.member(root, "x-amazon-apigateway-importexport-version");
    if let Some(entry) = entry
        && let Some(version) = reader.text(entry)
        && !matches!(version, "1.0" | "1")
    {
        let message = format!("{} is no version of the export format", quote(version));
        reader.problems.push(Problem::error(entry.value.place, message).suggest("write \"1.0\""));
    }
}

fn routes(
    reader: &mut Reader<'_>,
    schemes: &Schemes,
    of_root: &Authorization,
    options: &Options<'_>,
) -> Vec<Route> {
    let prefix = root::path_prefix(reader, options);
    let items = paths::read(reader, &prefix);
    let mut routes = Vec::new();
    for item in &items {
        for operation in paths::operations(reader, item) {
            routes.extend(route(reader, schemes, of_root, item, &operation));
        }
    }
    if routes.is_empty() && reader.root.find("paths").is_some() {
        let place = root::place_of(reader, "paths");
        reader.problems.warning(place, "the API has no routes");
    }
    routes
}

fn route<'d>(
    reader: &mut Reader<'d>,
    schemes: &Schemes,
    of_root: &Authorization,
    item: &PathItem<'d>,
    operation: &Operation<'d>,
) -> Option<Route> {
    let map = operation.map;
    if let Some(entry) = reader.member(map, "isDefaultRoute")
        && reader.flag(entry) == Some(true)
        && !item.is_default()
    {
        let message = "the default route is written under the path \"/$default\"";
        reader.problems.error(entry.key_place, message);
    }
    if item.is_default() && operation.verb != MethodVerb::Any {
        let problem = Problem::error(operation.place, "the default route takes every verb")
            .suggest("write \"x-amazon-apigateway-any-method\"");
        reader.problems.push(problem);
        return None;
    }
    let integration = map
        .find("x-amazon-apigateway-integration")
        .filter(|entry| reader.has(map, &entry.key))
        .map(|entry| http_integration::read(reader, entry));
    let key = if item.is_default() {
        RouteKey::Default
    } else {
        RouteKey::Path(operation.verb, item.path.clone())
    };
    Some(Route {
        key,
        operation_name: reader.text_member(map, "operationId").map(str::to_owned),
        authorization_type: schemes.of_operation(reader, map, of_root).kind.to_owned(),
        integration,
        place: operation.place,
    })
}
