//! What is a REST API made of?

use std::collections::BTreeMap;

use crate::message::Verb;

use super::{Authorizer, GatewayResponseType, Integration, Place};

/// A REST API as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestApi {
    /// Ten characters of `[a-z0-9]`.
    pub id: String,
    /// `info.title`.
    pub name: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `info.version`.
    pub version: Option<String>,
    /// Resources in the order of the document; paths are unique.
    pub resources: Vec<Resource>,
    /// Customised gateway responses.
    pub gateway_responses: BTreeMap<GatewayResponseType, GatewayResponse>,
    /// Request validators by name.
    pub request_validators: BTreeMap<String, RequestValidator>,
    /// Models: name → JSON Schema as JSON text.
    pub models: BTreeMap<String, String>,
    /// Authorizers by the name of their security scheme.
    pub authorizers: BTreeMap<String, Authorizer>,
    /// `HEADER` or `AUTHORIZER`: where API keys are read from.
    pub api_key_source: Option<String>,
    /// The resource policy as JSON text, with its place.
    pub policy: Option<(String, Place)>,
    /// What the endpoint is, with its place, where the definition says it.
    pub endpoint_type: Option<(EndpointType, Place)>,
    /// `binaryMediaTypes`.
    pub binary_media_types: Vec<String>,
    /// `minimumCompressionSize`, 0 to 10,485,760; off when absent.
    pub minimum_compression_size: Option<u32>,
    /// Whether the default `execute-api` host is refused.
    pub disable_execute_api_endpoint: bool,
    /// Where the document begins.
    pub place: Place,
}

/// From where a REST API is reached (`endpointConfiguration.types`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointType {
    /// `EDGE`
    Edge,
    /// `REGIONAL`
    Regional,
    /// `PRIVATE`: only through VPC endpoints.
    Private,
}

/// A resource: one path with its methods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// The full path, such as `/pets/{petId}` or `/{proxy+}`.
    pub path: String,
    /// The methods by verb.
    pub methods: BTreeMap<MethodVerb, Method>,
    /// Place of the path.
    pub place: Place,
}

/// The verb a method answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodVerb {
    /// One verb; never [`Verb::Other`].
    Verb(Verb),
    /// Every verb that has no method of its own on the resource.
    Any,
}

impl MethodVerb {
    /// `GET` … or `ANY`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verb(verb) => verb.as_str(),
            Self::Any => "ANY",
        }
    }
}

/// A method of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Method {
    /// `operationId`.
    pub operation_name: Option<String>,
    /// `NONE`, `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`.
    pub authorization_type: String,
    /// Name of the authorizer, where the type has one.
    pub authorizer: Option<String>,
    /// OAuth scopes that the authorizer demands.
    pub authorization_scopes: Vec<String>,
    /// Whether an API key is required.
    pub api_key_required: bool,
    /// `method.request.{path|querystring|header}.{name}` → whether it is required.
    pub request_parameters: BTreeMap<String, bool>,
    /// Content type → model name.
    pub request_models: BTreeMap<String, String>,
    /// Name of the request validator.
    pub request_validator: Option<String>,
    /// Declared responses by status.
    pub responses: BTreeMap<u16, MethodResponse>,
    /// Where the method leads.
    pub integration: Option<Integration>,
    /// Place of the operation.
    pub place: Place,
}

/// A declared response of a method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MethodResponse {
    /// `method.response.header.{name}` → whether it is required.
    pub parameters: BTreeMap<String, bool>,
    /// Content type → model name.
    pub models: BTreeMap<String, String>,
}

/// Which parts of a request are validated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestValidator {
    /// `validateRequestBody`
    pub validates_body: bool,
    /// `validateRequestParameters`
    pub validates_parameters: bool,
}

/// A customised gateway response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GatewayResponse {
    /// The status, where it is changed.
    pub status: Option<u16>,
    /// `gatewayresponse.header.{name}` → mapping expression.
    pub parameters: BTreeMap<String, String>,
    /// Content type → template, in the order of the document.
    pub templates: Vec<(String, String)>,
    /// Place of the response.
    pub place: Place,
}
