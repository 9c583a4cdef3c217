//! Where does a method or route lead, as written?

use std::collections::BTreeMap;

use super::Place;

/// An integration of a method (REST) or route (HTTP API).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// What kind of integration it is.
    pub kind: IntegrationKind,
    /// `httpMethod`: the verb sent upstream; `ANY` sends the client's.
    pub http_method: Option<String>,
    /// The URI, with `{variables}` and `${stageVariables.x}` still in it.
    pub uri: Option<String>,
    /// `connectionType`
    pub connection_type: ConnectionType,
    /// `connectionId`: the VPC link.
    pub connection_id: Option<String>,
    /// `credentials`
    pub credentials: Option<String>,
    /// `integrationSubtype` (HTTP APIs).
    pub subtype: Option<String>,
    /// `payloadFormatVersion` (HTTP APIs), `1.0` or `2.0`.
    pub payload_format_version: Option<String>,
    /// `timeoutInMillis`
    pub timeout_ms: Option<u32>,
    /// `passthroughBehavior`
    pub passthrough_behavior: PassthroughBehavior,
    /// `contentHandling` of requests.
    pub content_handling: Option<ContentHandling>,
    /// Destination → mapping expression.
    pub request_parameters: BTreeMap<String, String>,
    /// Content type → template, in the order of the document.
    pub request_templates: Vec<(String, String)>,
    /// REST: responses by selection pattern. HTTP APIs use `response_parameters`.
    pub responses: Vec<IntegrationResponse>,
    /// HTTP APIs: integration status → destination → expression.
    pub response_parameters: BTreeMap<u16, BTreeMap<String, String>>,
    /// `cacheKeyParameters`
    pub cache_key_parameters: Vec<String>,
    /// `cacheNamespace`
    pub cache_namespace: Option<String>,
    /// `tlsConfig.insecureSkipVerification`
    pub insecure_skip_verification: bool,
    /// `tlsConfig.serverNameToVerify`
    pub server_name_to_verify: Option<String>,
    /// `responseTransferMode: STREAM`
    pub streams_response: bool,
    /// Place of the integration.
    pub place: Place,
    /// Place of the `uri` value; the integration's where there is none.
    pub uri_place: Place,
}

impl Integration {
    /// An integration of `kind` with every other member at AWS's default.
    pub fn new(kind: IntegrationKind) -> Self {
        Self {
            kind,
            http_method: None,
            uri: None,
            connection_type: ConnectionType::Internet,
            connection_id: None,
            credentials: None,
            subtype: None,
            payload_format_version: None,
            timeout_ms: None,
            passthrough_behavior: PassthroughBehavior::WhenNoMatch,
            content_handling: None,
            request_parameters: BTreeMap::new(),
            request_templates: Vec::new(),
            responses: Vec::new(),
            response_parameters: BTreeMap::new(),
            cache_key_parameters: Vec::new(),
            cache_namespace: None,
            insecure_skip_verification: false,
            server_name_to_verify: None,
            streams_response: false,
            place: Place::NONE,
            uri_place: Place::NONE,
        }
    }
}

/// The kind of an integration (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegrationKind {
    /// `AWS`
    Aws,
    /// `AWS_PROXY`
    AwsProxy,
    /// `HTTP`
    Http,
    /// `HTTP_PROXY`
    HttpProxy,
    /// `MOCK`
    Mock,
}

/// How an integration is reached (`connectionType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionType {
    /// Over the public network.
    #[default]
    Internet,
    /// Through a VPC link.
    VpcLink,
}

/// What happens to a body that no template matches (`passthroughBehavior`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassthroughBehavior {
    /// It passes when no template matches its content type.
    #[default]
    WhenNoMatch,
    /// It passes when no templates are defined at all.
    WhenNoTemplates,
    /// It is refused with 415.
    Never,
}

/// How a payload is converted (`contentHandling`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentHandling {
    /// `CONVERT_TO_BINARY`
    ConvertToBinary,
    /// `CONVERT_TO_TEXT`
    ConvertToText,
}

/// One response of an integration, chosen by its pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationResponse {
    /// The selection pattern; `None` for `default`.
    pub selection_pattern: Option<String>,
    /// The status answered.
    pub status: u16,
    /// `method.response.header.{name}` → mapping expression.
    pub parameters: BTreeMap<String, String>,
    /// Content type → template, in the order of the document.
    pub templates: Vec<(String, String)>,
    /// `contentHandling` of responses.
    pub content_handling: Option<ContentHandling>,
    /// Place of the response.
    pub place: Place,
}
