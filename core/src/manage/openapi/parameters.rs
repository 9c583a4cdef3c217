//! Which parameters does a method declare?

use crate::definition::{Place, Problem};
use crate::manage::document::{Entry, Map, Value};
use crate::manage::problems::quote;

use super::keys;
use super::reader::{Dialect, Reader};

/// Where a parameter stands in a request (`in`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Path,
    Query,
    Header,
    Cookie,
    Body,
    FormData,
}

/// A declared parameter.
#[derive(Clone, Copy)]
pub(super) struct Parameter<'d> {
    pub(super) name: &'d str,
    pub(super) location: Location,
    pub(super) is_required: bool,
    pub(super) map: &'d Map,
    pub(super) place: Place,
}

impl Parameter<'_> {
    /// `method.request.{path|querystring|header}.{name}`, where it can be mapped.
    pub(super) fn key(&self) -> Option<String> {
        let location = match self.location {
            Location::Path => "path",
            Location::Query => "querystring",
            Location::Header => "header",
            Location::Cookie | Location::Body | Location::FormData => return None,
        };
        Some(format!("method.request.{location}.{}", self.name))
    }
}

/// The parameters of the list in `owner`, a path item or an operation.
pub(super) fn read<'d>(reader: &mut Reader<'d>, owner: &'d Map) -> Vec<Parameter<'d>> {
    let Some(entry) = reader.member(owner, "parameters") else { return Vec::new() };
    let nodes = reader.list(entry).unwrap_or_default();
    let mut parameters = Vec::new();
    for node in nodes {
        if matches!(node.value, Value::Null | Value::Refused) {
            continue;
        }
        let Some(map) = reader.resolve_map(node, "a parameter") else { continue };
        reader.check_keys(map, &keys::PARAMETER);
        if let Some(parameter) = one(reader, map, node.place) {
            parameters.push(parameter);
        }
    }
    report_repeated(reader, &parameters);
    parameters
}

fn one<'d>(reader: &mut Reader<'d>, map: &'d Map, place: Place) -> Option<Parameter<'d>> {
    let location = match reader.member(map, "in") {
        Some(entry) => reader.word(entry, locations(reader.dialect))?,
        None => {
            reader.problems.error(place, "the parameter does not say what it is \"in\"");
            return None;
        }
    };
    let Some(name) = reader.text_member(map, "name").filter(|name| !name.is_empty()) else {
        if reader.member(map, "name").is_none() {
            reader.problems.error(place, "the parameter has no \"name\"");
        }
        return None;
    };
    let ignored = match location {
        Location::Cookie => Some("cookies"),
        Location::FormData => Some("form fields"),
        _ => None,
    };
    if let Some(what) = ignored {
        let message =
            format!("API Gateway has no parameters in {what}; {} is ignored", quote(name));
        reader.problems.warning(place, message);
    }
    // "If the parameter location is "path", this property is REQUIRED and its value MUST be true"
    // (OpenAPI 3.0.3, Parameter Object); what is written is kept all the same, as AWS does.
    let is_required = reader.flag_member(map, "required").unwrap_or(location == Location::Path);
    Some(Parameter { name, location, is_required, map, place })
}

fn locations(dialect: Dialect) -> &'static [(&'static str, Location)] {
    match dialect {
        Dialect::OpenApi3 => &[
            ("query", Location::Query),
            ("header", Location::Header),
            ("path", Location::Path),
            ("cookie", Location::Cookie),
        ],
        Dialect::Swagger2 => &[
            ("query", Location::Query),
            ("header", Location::Header),
            ("path", Location::Path),
            ("formData", Location::FormData),
            ("body", Location::Body),
        ],
    }
}

fn report_repeated(reader: &mut Reader<'_>, parameters: &[Parameter<'_>]) {
    let mut sorted: Vec<&Parameter<'_>> = parameters.iter().collect();
    sorted.sort_by_key(|parameter| (parameter.name, parameter.location as u8));
    for pair in sorted.windows(2) {
        if pair[0].name == pair[1].name && pair[0].location == pair[1].location {
            let message = format!("the parameter {} is declared twice", quote(pair[1].name));
            reader.problems.warning(pair[1].place, message);
        }
    }
}

/// The parameters of an operation: its own, and those of its path that it does not replace.
pub(super) fn merge<'d>(
    of_path: &[Parameter<'d>],
    of_operation: &[Parameter<'d>],
) -> Vec<Parameter<'d>> {
    let identity = |parameter: &Parameter<'d>| (parameter.name, parameter.location as u8);
    let mut own: Vec<_> = of_operation.iter().map(identity).collect();
    own.sort_unstable();
    let inherited = of_path.iter().filter(|p| own.binary_search(&identity(p)).is_err()).copied();
    inherited.chain(of_operation.iter().copied()).collect()
}

/// Reports parameters that AWS would refuse together, and ones that no request can have.
pub(super) fn check<'p>(
    reader: &mut Reader<'_>,
    parameters: &[Parameter<'_>],
    variables: impl Iterator<Item = &'p str>,
) {
    let variables: Vec<&str> = variables.collect();
    for parameter in parameters {
        if parameter.location == Location::Path && !variables.contains(&parameter.name) {
            let message =
                format!("the path has no variable {}", quote(&format!("{{{}}}", parameter.name)));
            reader.problems.warning(parameter.place, message);
        }
    }
    let mut mapped: Vec<&Parameter<'_>> =
        parameters.iter().filter(|parameter| parameter.key().is_some()).collect();
    mapped.sort_by_key(|parameter| parameter.name);
    for pair in mapped.windows(2) {
        if pair[0].name == pair[1].name && pair[0].location != pair[1].location {
            let later = pair[0].place.max(pair[1].place);
            let message = "Parameter names must be unique across querystring, header and path";
            let problem = Problem::error(later, format!("{message}: {}", quote(pair[0].name)));
            reader.problems.push(problem);
        }
    }
}

/// The text list `key` of an operation, else of the root.
pub(super) fn media_types<'d>(
    reader: &mut Reader<'d>,
    operation: &'d Map,
    key: &str,
) -> Vec<&'d str> {
    let entry: Option<&'d Entry> =
        reader.member(operation, key).or_else(|| reader.member(reader.root, key));
    let texts = entry.map(|entry| reader.texts(entry)).unwrap_or_default();
    texts.into_iter().map(|(text, _)| text).collect()
}
