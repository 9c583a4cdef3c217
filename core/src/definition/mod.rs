//! What did the operator write?
//!
//! Plain data with a [`Place`] on everything that can be wrong. Importers fill it, each room's
//! `compile.rs` reads it, and nothing on a request's path ever sees it.
//!
//! Absent on purpose: meaning. A mapping expression or a URI is still text here; the room that
//! executes it parses it when it compiles, and reports with the place.

mod authorizer;
mod gateway_response_type;
mod http_api;
mod integration;
mod place;
mod problem;
mod rest_api;

pub use authorizer::{Authorizer, AuthorizerKind};
pub use gateway_response_type::GatewayResponseType;
pub use http_api::{Cors, HttpApi, Route, RouteKey};
pub use integration::{
    ConnectionType, ContentHandling, Integration, IntegrationKind, IntegrationResponse,
    PassthroughBehavior,
};
pub use place::Place;
pub use problem::{Problem, Severity};
pub use rest_api::{
    EndpointType, GatewayResponse, Method, MethodResponse, MethodVerb, RequestValidator, Resource,
    RestApi,
};

use std::collections::BTreeMap;

/// An API of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Api {
    /// A REST API.
    Rest(RestApi),
    /// An HTTP API.
    Http(HttpApi),
}

impl Api {
    /// The API's id, ten characters of `[a-z0-9]`.
    pub fn id(&self) -> &str {
        match self {
            Self::Rest(api) => &api.id,
            Self::Http(api) => &api.id,
        }
    }

    /// The API's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Rest(api) => &api.name,
            Self::Http(api) => &api.name,
        }
    }
}

/// A stage: a name under which one version of an API serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The API it serves, as deployed.
    pub api: Api,
    /// `prod`, `dev`, …, or `$default` (HTTP APIs).
    pub name: String,
    /// The deployment's id.
    pub deployment_id: String,
    /// Stage variables.
    pub variables: BTreeMap<String, String>,
    /// The access-log format, where access logs are on.
    pub access_log_format: Option<String>,
    /// Place of the stage's settings.
    pub place: Place,
}

/// A custom domain's mapping of a base path to a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePathMapping {
    /// The domain in lower case; `*` is the catch-all for every host nobody claims.
    pub domain: String,
    /// The base path without slashes at its ends; empty for the root.
    pub base_path: String,
    /// The API's id.
    pub api_id: String,
    /// The stage's name.
    pub stage: String,
}

/// Everything one node serves: what is compiled into a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installation {
    /// Account id, twelve digits.
    pub account_id: String,
    /// Region, such as `us-east-1`.
    pub region: String,
    /// All stages of all APIs.
    pub stages: Vec<Stage>,
    /// All mappings of all domains.
    pub mappings: Vec<BasePathMapping>,
}
