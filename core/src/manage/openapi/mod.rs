//! Which API does an OpenAPI document describe?
//!
//! Reads OpenAPI 3.0 and Swagger 2.0 with the `x-amazon-apigateway-*` extensions into a
//! [`definition::Api`](Api), as API Gateway's own import does, and reports everything it does not
//! like at once: what AWS refuses is an error, what AWS ignores or fails over later is a warning.
//!
//! A key is either read, or known to document only, or reported. Nothing is dropped in silence.
//!
//! Absent on purpose: what the rooms that execute an API find out when they compile it, so that
//! nothing is said twice: whether the gateway supports what it reads (an authorizer or a Lambda
//! integration is imported like any other), whether an HTTP URI can be called, whether a mapping
//! has a source, whether a method has an integration at all.

mod arn;
mod authorization;
mod content;
mod cors;
mod endpoint;
mod gateway_responses;
mod http_api;
mod http_integration;
mod integration;
mod keys;
mod kind;
mod mapping;
mod method;
mod models;
mod parameters;
mod paths;
mod reader;
mod references;
mod rest_api;
mod rest_integration;
mod root;

#[cfg(test)]
mod tests;

pub use kind::{KindChoice, KindReason};

use crate::definition::{Api, Place, Problem};

use super::document::{self, Document, Surroundings};
use super::problems::Problems;
use reader::Reader;
pub(in crate::manage) use root::derived_id;

/// The two kinds of API that a document can describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKind {
    /// A REST API.
    Rest,
    /// An HTTP API.
    Http,
}

impl ApiKind {
    /// `REST API` or `HTTP API`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "REST API",
            Self::Http => "HTTP API",
        }
    }
}

/// What becomes of the base path that a document names in `basePath` or `servers` (`basepath`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BasePath {
    /// It is dropped.
    #[default]
    Ignore,
    /// It is put before each path.
    Prepend,
    /// Its first segment is dropped, the rest put before each path.
    Split,
}

/// How a document is to be imported.
#[derive(Clone, Debug, Default)]
pub struct Options<'a> {
    /// The kind of the API; read from the document where absent.
    pub kind: Option<ApiKind>,
    /// What becomes of the base path.
    pub base_path: BasePath,
    /// What pseudo parameters stand for.
    pub surroundings: Surroundings<'a>,
}

/// What became of a document.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The API; absent where the document could not be read at all. With an error among the
    /// problems it is what could be read, fit to look for further problems and not to be served.
    pub api: Option<Api>,
    /// Its kind, and why.
    pub kind: Option<KindChoice>,
    /// Everything that is wrong, in the order of the document.
    pub problems: Vec<Problem>,
}

/// Imports `document`, the `number`th of its list.
pub fn import(number: u32, document: &Document, options: &Options<'_>) -> Imported {
    let mut problems = Problems::default();
    let node = document::read(number, document, &options.surroundings, &mut problems);
    let Some(node) = node else {
        return Imported { problems: problems.into_sorted(), ..Imported::default() };
    };
    let Some(map) = node.as_map() else {
        let message = format!("an OpenAPI document is an object, not {}", node.value.describe());
        problems.error(first_byte(node.place), message);
        return Imported { problems: problems.into_sorted(), ..Imported::default() };
    };
    let mut reader = Reader::new(map, first_byte(node.place), problems);
    let mut imported = Imported::default();
    if root::read_dialect(&mut reader) {
        let choice = kind::choose(&mut reader, options);
        reader.kind = choice.kind;
        imported.kind = Some(choice);
        root::check(&mut reader);
        imported.api = Some(match reader.kind {
            ApiKind::Rest => Api::Rest(rest_api::import(&mut reader, &document.name, options)),
            ApiKind::Http => Api::Http(http_api::import(&mut reader, &document.name, options)),
        });
    }
    imported.problems = reader.problems.into_sorted();
    imported
}

/// The place of what concerns a whole document: its beginning.
fn first_byte(place: Place) -> Place {
    Place { end: place.start.saturating_add(1).min(place.end), ..place }
}
