//! Is a document's API a REST API or an HTTP API?

use std::fmt;

use crate::definition::Place;
use crate::manage::document::{Entry, Map, Value};
use crate::manage::problems::quote;

use super::reader::{Dialect, Reader};
use super::{ApiKind, Options, mapping};

/// The kind of an API, and why it is taken for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindChoice {
    /// The kind.
    pub kind: ApiKind,
    /// Why.
    pub reason: KindReason,
}

/// Why an API is taken for one kind and not the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindReason {
    /// Whoever imports said so.
    Told,
    /// The document says so with `x-tollgate-kind`.
    Declared,
    /// A guess: only this kind has what the text names.
    Feature {
        /// What was found, such as `the path "/$default"`.
        what: String,
        /// Where it was found.
        place: Place,
    },
    /// A guess: nothing in the document belongs to one kind only.
    Default,
}

impl fmt::Display for KindChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.kind.as_str();
        match &self.reason {
            KindReason::Told => write!(formatter, "{name} as told"),
            KindReason::Declared => write!(formatter, "{name} by x-tollgate-kind"),
            KindReason::Feature { what, .. } => {
                write!(formatter, "{name}, a guess from {what}; set x-tollgate-kind to be sure")
            }
            KindReason::Default => {
                write!(
                    formatter,
                    "{name}, a guess as nothing says otherwise; set x-tollgate-kind to be sure"
                )
            }
        }
    }
}

/// Chooses the kind: as told, as declared, by what only one kind has, else a REST API.
pub(super) fn choose(reader: &mut Reader<'_>, options: &Options<'_>) -> KindChoice {
    let root = reader.root;
    let declared = reader
        .member(root, "x-tollgate-kind")
        .and_then(|entry| reader.word(entry, &[("rest", ApiKind::Rest), ("http", ApiKind::Http)]));
    if let Some(kind) = options.kind {
        return KindChoice { kind, reason: KindReason::Told };
    }
    if let Some(kind) = declared {
        return KindChoice { kind, reason: KindReason::Declared };
    }
    let mut evidence = Evidence::default();
    evidence.collect(reader);
    let found = match (evidence.rest, evidence.http) {
        // A REST API cannot have such a path, whatever else the document carries.
        (_, Some(found)) if evidence.has_default_route => Some((ApiKind::Http, found)),
        (Some(found), _) => Some((ApiKind::Rest, found)),
        (None, Some(found)) => Some((ApiKind::Http, found)),
        (None, None) => None,
    };
    match found {
        Some((kind, (what, place))) => {
            KindChoice { kind, reason: KindReason::Feature { what, place } }
        }
        None => KindChoice { kind: ApiKind::Rest, reason: KindReason::Default },
    }
}

/// The first sign for each kind.
///
/// Keys that real REST files carry although they mean nothing there (`payloadFormatVersion`,
/// `x-amazon-apigateway-cors`, `x-amazon-apigateway-importexport-version`) are no signs.
#[derive(Default)]
struct Evidence {
    rest: Option<(String, Place)>,
    http: Option<(String, Place)>,
    has_default_route: bool,
}

impl Evidence {
    fn collect(&mut self, reader: &Reader<'_>) {
        if reader.dialect == Dialect::Swagger2 {
            self.rest("Swagger 2.0, which only REST APIs import", reader.place);
        }
        for key in [
            "x-amazon-apigateway-gateway-responses",
            "x-amazon-apigateway-request-validators",
            "x-amazon-apigateway-request-validator",
            "x-amazon-apigateway-policy",
            "x-amazon-apigateway-binary-media-types",
            "x-amazon-apigateway-api-key-source",
            "x-amazon-apigateway-minimum-compression-size",
        ] {
            if let Some(entry) = reader.member(reader.root, key) {
                self.rest(key, entry.key_place);
            }
        }
        self.collect_components(reader.root);
        let tags = reader.root.find("tags").map(|entry| &entry.value.value);
        if let Some(Value::List(tags)) = tags {
            let name = |tag: &Map| tag.find("name")?.value.as_text().map(str::to_owned);
            for tag in tags {
                if tag.as_map().and_then(name).as_deref() == Some("httpapi:createdBy") {
                    self.http("the tag \"httpapi:createdBy\"", tag.place);
                }
            }
        }
        let paths = reader.root.find("paths").and_then(|entry| entry.value.as_map());
        for path in paths.map(Map::entries).unwrap_or_default() {
            self.collect_path(path);
        }
    }

    fn collect_components(&mut self, root: &Map) {
        let Some(components) = root.find("components").and_then(|entry| entry.value.as_map())
        else {
            return;
        };
        if let Some(entry) = components.find("x-amazon-apigateway-integrations") {
            self.http(&entry.key, entry.key_place);
        }
        let schemes = components.find("securitySchemes").and_then(|entry| entry.value.as_map());
        for scheme in schemes.map(Map::entries).unwrap_or_default() {
            let authorizer = scheme
                .value
                .as_map()
                .and_then(|scheme| scheme.find("x-amazon-apigateway-authorizer")?.value.as_map());
            let Some(authorizer) = authorizer else { continue };
            let kind = authorizer.find("type").and_then(|entry| entry.value.as_text());
            if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("jwt")) {
                self.http("an authorizer of type \"jwt\"", scheme.key_place);
            }
            if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("cognito_user_pools")) {
                self.rest("an authorizer of type \"cognito_user_pools\"", scheme.key_place);
            }
        }
    }

    fn collect_path(&mut self, path: &Entry) {
        if path.key == "/$default" || path.key == "$default" {
            self.has_default_route = true;
            self.http = Some((format!("the path {}", quote(&path.key)), path.key_place));
        }
        for operation in path.value.as_map().map(Map::entries).unwrap_or_default() {
            let Some(map) = operation.value.as_map() else { continue };
            let integration =
                map.find("x-amazon-apigateway-integration").and_then(|entry| entry.value.as_map());
            if let Some(integration) = integration {
                self.collect_integration(integration);
            }
        }
    }

    fn collect_integration(&mut self, integration: &Map) {
        let kind = integration.find("type").and_then(|entry| Some((entry, entry.value.as_text()?)));
        if let Some((entry, kind)) = kind
            && ["mock", "aws", "http"].iter().any(|rest| rest.eq_ignore_ascii_case(kind))
        {
            self.rest(&format!("an integration of type {}", quote(kind)), entry.key_place);
        }
        if let Some(entry) = integration.find("integrationSubtype") {
            self.http("\"integrationSubtype\"", entry.key_place);
        }
        let parameters = integration.find("requestParameters").and_then(|e| e.value.as_map());
        for parameter in parameters.map(Map::entries).unwrap_or_default() {
            let what = format!("the mapping {}", quote(&parameter.key));
            if mapping::is_http_api_key(&parameter.key) {
                self.http(&what, parameter.key_place);
            } else if parameter.key.starts_with("integration.request.") {
                self.rest(&what, parameter.key_place);
            }
        }
    }

    fn rest(&mut self, what: &str, place: Place) {
        self.rest.get_or_insert_with(|| (what.to_owned(), place));
    }

    fn http(&mut self, what: &str, place: Place) {
        self.http.get_or_insert_with(|| (what.to_owned(), place));
    }
}
