//! What is an HTTP API made of?

use std::collections::BTreeMap;

use super::{Authorizer, Integration, MethodVerb, Place};

/// An HTTP API as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpApi {
    /// Ten characters of `[a-z0-9]`.
    pub id: String,
    /// `info.title`.
    pub name: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `info.version`.
    pub version: Option<String>,
    /// Tags that carry `x-amazon-apigateway-tag-value`.
    pub tags: BTreeMap<String, String>,
    /// Authorizers by the name of their security scheme.
    pub authorizers: BTreeMap<String, Authorizer>,
    /// Routes; keys are unique.
    pub routes: Vec<Route>,
    /// CORS configuration, where there is one.
    pub cors: Option<Cors>,
    /// Whether the default `execute-api` host is refused.
    pub disable_execute_api_endpoint: bool,
    /// Where the document begins.
    pub place: Place,
}

/// A route of an HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Which requests it takes.
    pub key: RouteKey,
    /// `operationId`.
    pub operation_name: Option<String>,
    /// `NONE`, `AWS_IAM`, `CUSTOM` or `JWT`.
    pub authorization_type: String,
    /// Where the route leads.
    pub integration: Option<Integration>,
    /// Place of the operation.
    pub place: Place,
}

/// A route key: `GET /pets/{id}`, `ANY /{proxy+}` or `$default`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKey {
    /// A verb and a path.
    Path(MethodVerb, String),
    /// Whatever no other route takes.
    Default,
}

/// CORS configuration of an HTTP API (`x-amazon-apigateway-cors`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cors {
    /// `allowOrigins`: exact origins, `*`, `http://*`, `https://*`.
    pub allow_origins: Vec<String>,
    /// `allowMethods`
    pub allow_methods: Vec<String>,
    /// `allowHeaders`
    pub allow_headers: Vec<String>,
    /// `exposeHeaders`
    pub expose_headers: Vec<String>,
    /// `maxAge` in seconds, -1 to 86,400.
    pub max_age_s: Option<i32>,
    /// `allowCredentials`
    pub allow_credentials: bool,
}
