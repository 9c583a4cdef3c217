//! Which gateway responses does a document change?

use std::collections::{BTreeMap, BTreeSet};

use crate::definition::{GatewayResponse, GatewayResponseType, Problem, Resource};
use crate::manage::document::{Entry, Map};
use crate::manage::problems::{did_you_mean, quote};

use super::content::status;
use super::integration;
use super::keys;
use super::mapping::{self, Side};
use super::reader::Reader;

/// Reads `x-amazon-apigateway-gateway-responses`.
pub(super) fn read(
    reader: &mut Reader<'_>,
    resources: &[Resource],
) -> BTreeMap<GatewayResponseType, GatewayResponse> {
    let root = reader.root;
    let entries = reader
        .map_member(root, "x-amazon-apigateway-gateway-responses")
        .map(Map::entries)
        .unwrap_or_default();
    let mut responses = BTreeMap::new();
    if entries.is_empty() {
        return responses;
    }
    let names = ParameterNames::collect(resources);
    for entry in entries {
        let Some(kind) = GatewayResponseType::from_name(&entry.key) else {
            unknown_type(reader, entry);
            continue;
        };
        if let Some(response) = one(reader, entry, &names) {
            responses.insert(kind, response);
        }
    }
    responses
}

fn unknown_type(reader: &mut Reader<'_>, entry: &Entry) {
    reader.problems.report(|| {
        let message = format!("{} is no type of gateway response", quote(&entry.key));
        let problem = Problem::error(entry.key_place, message);
        match did_you_mean(&entry.key, GatewayResponseType::ALL.iter().map(|kind| kind.as_str())) {
            Some(suggestion) => problem.suggest(suggestion),
            None => problem,
        }
    });
}

fn one<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    names: &ParameterNames<'_>,
) -> Option<GatewayResponse> {
    let map = reader.map(entry)?;
    reader.check_keys(map, &keys::GATEWAY_RESPONSE);
    let mut response = GatewayResponse { place: entry.key_place, ..GatewayResponse::default() };
    if let Some(entry) = reader.member(map, "statusCode") {
        let text = reader.text(entry)?;
        response.status = status(text);
        if response.status.is_none() {
            let message = format!("{} is no status code", quote(text));
            reader.problems.error(entry.value.place, message);
        }
    }
    if let Some(entry) = reader.member(map, "responseParameters") {
        for (inside, expression) in reader.text_entries(entry) {
            let problem = mapping::rest_key_problem(&inside.key, Side::Gateway)
                .map(|problem| (inside.key_place, problem))
                .or_else(|| {
                    let problem = mapping::rest_source_problem(expression, Side::Gateway)?;
                    Some((inside.value.place, problem))
                });
            match problem {
                Some((place, problem)) => integration::report(reader, place, problem),
                None => {
                    let expression = names.normalised(expression);
                    response.parameters.insert(inside.key.clone(), expression);
                }
            }
        }
    }
    if let Some(entry) = reader.member(map, "responseTemplates") {
        response.templates = integration::templates(reader, entry);
    }
    Some(response)
}

/// Names of parameters, to find what a legacy expression means.
#[derive(Default)]
struct ParameterNames<'a> {
    path: BTreeSet<&'a str>,
    query: BTreeSet<&'a str>,
}

impl<'a> ParameterNames<'a> {
    fn collect(resources: &'a [Resource]) -> Self {
        let mut names = Self::default();
        for method in resources.iter().flat_map(|resource| resource.methods.values()) {
            for key in method.request_parameters.keys() {
                if let Some(name) = key.strip_prefix("method.request.path.") {
                    names.path.insert(name);
                }
                if let Some(name) = key.strip_prefix("method.request.querystring.") {
                    names.query.insert(name);
                }
            }
        }
        names
    }

    /// "Legacy `method.input.params.x` accepted on import and normalised to `method.request.*`":
    /// to the path's or the query's parameter of that name, else to the header.
    fn normalised(&self, expression: &str) -> String {
        let Some(name) = expression.strip_prefix("method.input.params.") else {
            return expression.to_owned();
        };
        let location = match name {
            _ if self.path.contains(name) => "path",
            _ if self.query.contains(name) => "querystring",
            _ => "header",
        };
        format!("method.request.{location}.{name}")
    }
}
