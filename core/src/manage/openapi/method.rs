//! What is a method of a REST API?

use std::collections::BTreeMap;

use crate::definition::{Method, Problem, RequestValidator};
use crate::manage::document::{Entry, Map};
use crate::manage::problems::{did_you_mean, quote};

use super::authorization::{Authorization, Schemes};
use super::content;
use super::keys;
use super::models::Models;
use super::parameters::{self, Parameter};
use super::paths::{Operation, PathItem};
use super::reader::Reader;
use super::rest_integration;

/// What the methods of an API have in common.
pub(super) struct Shared {
    pub(super) schemes: Schemes,
    pub(super) of_root: Authorization,
    pub(super) validators: BTreeMap<String, RequestValidator>,
    /// The validator named at the root.
    pub(super) validator: Option<String>,
    pub(super) models: Models,
}

/// Reads the method that `operation` is; `of_path` are the parameters of its path.
pub(super) fn read<'d>(
    reader: &mut Reader<'d>,
    shared: &mut Shared,
    item: &PathItem<'d>,
    operation: &Operation<'d>,
    of_path: &[Parameter<'d>],
) -> Method {
    let map = operation.map;
    let own = parameters::read(reader, map);
    let parameters = parameters::merge(of_path, &own);
    parameters::check(reader, &parameters, item.variables());
    let authorization = shared.schemes.of_operation(reader, map, &shared.of_root);
    let mut method = Method {
        operation_name: reader.text_member(map, "operationId").map(str::to_owned),
        authorization_type: authorization.kind.to_owned(),
        authorizer: authorization.authorizer,
        authorization_scopes: authorization.scopes,
        api_key_required: authorization.is_api_key_required,
        request_models: content::request_models(reader, &mut shared.models, map, &parameters),
        request_parameters: parameters
            .iter()
            .filter_map(|parameter| Some((parameter.key()?, parameter.is_required)))
            .collect(),
        request_validator: validator(reader, map, shared),
        responses: content::responses(reader, &mut shared.models, map),
        integration: None,
        place: operation.place,
    };
    if let Some(entry) = map.find("x-amazon-apigateway-integration")
        && reader.has(map, &entry.key)
    {
        method.integration = Some(rest_integration::read(reader, entry, &method));
    }
    method
}

/// The validator of an operation: its own, else the root's.
fn validator<'d>(reader: &mut Reader<'d>, map: &'d Map, shared: &Shared) -> Option<String> {
    match reader.member(map, "x-amazon-apigateway-request-validator") {
        Some(entry) => known_validator(reader, entry, &shared.validators),
        None => shared.validator.clone(),
    }
}

/// The validator that `entry` names, where there is one of that name.
pub(super) fn known_validator<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    validators: &BTreeMap<String, RequestValidator>,
) -> Option<String> {
    let name = reader.text(entry)?;
    if validators.contains_key(name) {
        return Some(name.to_owned());
    }
    reader.problems.report(|| {
        let message = format!("the request validator {} is not defined", quote(name));
        let problem = Problem::error(entry.value.place, message);
        match did_you_mean(name, validators.keys().map(String::as_str)) {
            Some(suggestion) => problem.suggest(suggestion),
            None => problem.suggest("define it in \"x-amazon-apigateway-request-validators\""),
        }
    });
    None
}

/// Reads `x-amazon-apigateway-request-validators`.
pub(super) fn validators(reader: &mut Reader<'_>) -> BTreeMap<String, RequestValidator> {
    let root = reader.root;
    let entries = reader
        .map_member(root, "x-amazon-apigateway-request-validators")
        .map(Map::entries)
        .unwrap_or_default();
    let mut validators = BTreeMap::new();
    for entry in entries {
        let Some(map) = reader.map(entry) else { continue };
        reader.check_keys(map, &keys::REQUEST_VALIDATOR);
        let validates_body = reader.flag_member(map, "validateRequestBody").unwrap_or_default();
        let validates_parameters =
            reader.flag_member(map, "validateRequestParameters").unwrap_or_default();
        validators
            .insert(entry.key.clone(), RequestValidator { validates_body, validates_parameters });
    }
    validators
}
