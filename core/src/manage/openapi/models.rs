//! Which models does a document define, and what is each as a JSON Schema?

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::definition::Problem;
use crate::manage::document::{Entry, Map, Node, Value};
use crate::manage::problems::{did_you_mean, quote};

use super::reader::{Dialect, Reader};
use super::root::derived_id;

/// The models of an API while it is imported.
pub(super) struct Models {
    /// Name → JSON Schema as JSON text.
    pub(super) texts: BTreeMap<String, String>,
    api_id: String,
}

/// Keywords whose loss changes what a model accepts; "import-time drops".
const DROPPED: [&str; 4] = ["discriminator", "exclusiveMinimum", "nullable", "readOnly"];
/// Keywords that only document.
const DOCUMENTATION: [&str; 9] = [
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "title",
    "writeOnly",
    "xml",
];
/// Keywords of JSON Schema draft 4 that are kept.
const KEPT: [&str; 28] = [
    "$ref",
    "$schema",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "definitions",
    "dependencies",
    "enum",
    "exclusiveMaximum",
    "format",
    "id",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "required",
];

impl Models {
    /// The models that every API has from the start, and those of the document.
    pub(super) fn read(reader: &mut Reader<'_>, api_id: &str) -> Self {
        let mut models = Self { texts: BTreeMap::new(), api_id: api_id.to_owned() };
        for (name, text) in [
            (
                "Empty",
                r#"{"$schema":"http://json-schema.org/draft-04/schema#","title":"Empty Schema","type":"object"}"#,
            ),
            (
                "Error",
                r#"{"$schema":"http://json-schema.org/draft-04/schema#","title":"Error Schema","type":"object","properties":{"message":{"type":"string"}}}"#,
            ),
        ] {
            models.texts.insert(name.into(), text.into());
        }
        let entries = definitions(reader).map(Map::entries).unwrap_or_default();
        for entry in entries {
            models.define(reader, entry);
        }
        models
    }

    fn define<'d>(&mut self, reader: &mut Reader<'d>, entry: &'d Entry) {
        if entry.key.is_empty() || !entry.key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = format!("Model name must be alphanumeric: {}", quote(&entry.key));
            reader.problems.error(entry.key_place, message);
            return;
        }
        if matches!(entry.value.value, Value::Null | Value::Refused) {
            return;
        }
        let schema = self.schema(reader, &entry.value);
        self.texts.insert(entry.key.clone(), schema.to_string());
    }

    /// The name of the model that a schema is; a schema written in place becomes a model with a
    /// name made from its text.
    pub(super) fn name_of<'d>(
        &mut self,
        reader: &mut Reader<'d>,
        node: &'d Node,
    ) -> Option<String> {
        let map = node.as_map()?;
        if let Some(reference) = reader.member(map, "$ref") {
            let target = reader.text(reference)?;
            let name = model_name(target);
            let defined = definitions(reader);
            let is_defined = name.is_some_and(|name| {
                self.texts.contains_key(name) || defined.is_some_and(|map| map.find(name).is_some())
            });
            if is_defined {
                return name.map(str::to_owned);
            }
            self.unknown(reader, target, &reference.value);
            return None;
        }
        let text = self.schema(reader, node).to_string();
        let name = format!("MODEL{}", &derived_id(&[&text])[..6]);
        self.texts.insert(name.clone(), text);
        Some(name)
    }

    fn unknown(&self, reader: &mut Reader<'_>, target: &str, node: &Node) {
        reader.problems.report(|| {
            let message =
                format!("the reference {} leads to no model and is ignored", quote(target));
            let problem = Problem::warning(node.place, message);
            let names = self.texts.keys().map(String::as_str);
            match did_you_mean(target.rsplit('/').next().unwrap_or(target), names) {
                Some(suggestion) => problem.suggest(suggestion),
                None => problem,
            }
        });
    }

    /// A schema as AWS stores it: references lead to the API's models, and what only documents or
    /// is not of draft 4 is gone.
    fn schema<'d>(&self, reader: &mut Reader<'d>, node: &'d Node) -> Json {
        let Value::Map(map) = &node.value else { return plain_json(node) };
        let mut schema = serde_json::Map::new();
        for entry in map.entries() {
            let key = entry.key.as_str();
            let value = match key {
                "$ref" => self.reference(reader, entry),
                "properties" | "patternProperties" | "definitions" => {
                    self.schemas_by_name(reader, entry)
                }
                "allOf"
                | "anyOf"
                | "oneOf"
                | "items"
                | "not"
                | "additionalProperties"
                | "additionalItems" => self.schemas(reader, &entry.value),
                _ if key == "type" || KEPT.contains(&key) || key == "title" => {
                    Some(plain_json(&entry.value))
                }
                _ => {
                    report_dropped(reader, entry);
                    None
                }
            };
            if let Some(value) = value {
                schema.insert(key.to_owned(), value);
            }
        }
        Json::Object(schema)
    }

    fn reference<'d>(&self, reader: &mut Reader<'d>, entry: &'d Entry) -> Option<Json> {
        let target = reader.text(entry)?;
        let is_defined = |name: &str| {
            self.texts.contains_key(name)
                || definitions_of(reader).is_some_and(|map| map.find(name).is_some())
        };
        // A reference into the schema itself stays one.
        if target.starts_with("#/definitions/") && reader.dialect == Dialect::OpenApi3 {
            return Some(Json::String(target.to_owned()));
        }
        match model_name(target).filter(|name| is_defined(name)) {
            Some(name) => Some(Json::String(format!(
                "https://apigateway.amazonaws.com/restapis/{}/models/{name}",
                self.api_id
            ))),
            None => {
                self.unknown(reader, target, &entry.value);
                None
            }
        }
    }

    fn schemas_by_name<'d>(&self, reader: &mut Reader<'d>, entry: &'d Entry) -> Option<Json> {
        let map = reader.map(entry)?;
        let named = map
            .entries()
            .iter()
            .map(|inside| (inside.key.clone(), self.schema(reader, &inside.value)));
        Some(Json::Object(named.collect()))
    }

    fn schemas<'d>(&self, reader: &mut Reader<'d>, node: &'d Node) -> Option<Json> {
        Some(match &node.value {
            Value::List(items) => {
                Json::Array(items.iter().map(|item| self.schema(reader, item)).collect())
            }
            _ => self.schema(reader, node),
        })
    }
}

fn report_dropped(reader: &mut Reader<'_>, entry: &Entry) {
    let key = entry.key.as_str();
    if DOCUMENTATION.contains(&key) || key.starts_with("x-") {
        return;
    }
    if DROPPED.contains(&key) {
        let message = format!("{} is no part of a model and is left out", quote(key));
        reader.problems.warning(entry.key_place, message);
        return;
    }
    reader.problems.report(|| {
        let message =
            format!("{} is no keyword of JSON Schema draft 4 and is left out", quote(key));
        let problem = Problem::warning(entry.key_place, message);
        match did_you_mean(key, KEPT.iter().copied().chain(["type"])) {
            Some(suggestion) => problem.suggest(suggestion),
            None => problem,
        }
    });
}

/// The object of the document's schemas.
fn definitions<'d>(reader: &mut Reader<'d>) -> Option<&'d Map> {
    let root = reader.root;
    match reader.dialect {
        Dialect::Swagger2 => reader.map_member(root, "definitions"),
        Dialect::OpenApi3 => {
            let components = reader.map_member(root, "components")?;
            reader.map_member(components, "schemas")
        }
    }
}

/// The same, without telling what is wrong with it again.
fn definitions_of<'d>(reader: &Reader<'d>) -> Option<&'d Map> {
    match reader.dialect {
        Dialect::Swagger2 => reader.root.find("definitions")?.value.as_map(),
        Dialect::OpenApi3 => {
            reader.root.find("components")?.value.as_map()?.find("schemas")?.value.as_map()
        }
    }
}

/// The model that a reference names: `#/components/schemas/Pet`, `#/definitions/Pet`, the URL of
/// a model, or, as real documents write it, `Pet`.
fn model_name(target: &str) -> Option<&str> {
    let name = match target.rsplit_once('/') {
        None => target,
        Some((before, name)) => {
            let is_here = matches!(before, "#/components/schemas" | "#/definitions")
                || (before.starts_with("https://apigateway.amazonaws.com/restapis/")
                    && before.ends_with("/models"));
            is_here.then_some(name)?
        }
    };
    (!name.is_empty() && !name.contains(['#', '.'])).then_some(name)
}

/// A value as JSON. A number that JSON cannot spell becomes the nearest it can, or null.
pub(super) fn plain_json(node: &Node) -> Json {
    match &node.value {
        Value::Null | Value::Refused => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Number(spelled) => number_json(spelled),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(plain_json).collect()),
        Value::Map(map) => {
            let entries = map.entries().iter();
            Json::Object(entries.map(|e| (e.key.clone(), plain_json(&e.value))).collect())
        }
    }
}

fn number_json(spelled: &str) -> Json {
    let radix = |digits: &str, radix| i64::from_str_radix(digits, radix).ok().map(Json::from);
    if let Some(hex) = spelled.strip_prefix("0x") {
        return radix(hex, 16).unwrap_or(Json::Null);
    }
    if let Some(octal) = spelled.strip_prefix("0o") {
        return radix(octal, 8).unwrap_or(Json::Null);
    }
    if let Ok(integer) = spelled.parse::<i64>() {
        return Json::from(integer);
    }
    if let Ok(integer) = spelled.parse::<u64>() {
        return Json::from(integer);
    }
    spelled.parse::<f64>().map_or(Json::Null, Json::from)
}
