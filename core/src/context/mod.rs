//! What is known about this exchange, for `$context` variables, mappings and logs?
//!
//! [`Facts`] gathers references to what the steps found out. Rooms never *decide* from it: it
//! is for rendering (templates, gateway responses, parameter mappings, access logs).

mod outcome;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod text;
mod values;
mod variable;
mod verb;

pub use outcome::{GatewayError, Outcome};
pub use values::Values;
pub use variable::{Use, Variable};
pub use verb::verb_of;

use std::net::IpAddr;

use crate::message::{KnownName, Request, Scheme, Verb};
use crate::time::Now;

/// Which kind of API an exchange belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKind {
    /// A REST API.
    RestApi,
    /// An HTTP API.
    HttpApi,
}

/// What the snapshot knows about a stage.
#[derive(Clone, Debug)]
pub struct StageFacts {
    /// The kind of the API.
    pub api_kind: ApiKind,
    /// Account id, twelve digits.
    pub account_id: String,
    /// Region, such as `us-east-1`.
    pub region: String,
    /// The API's id.
    pub api_id: String,
    /// The stage's name.
    pub stage: String,
    /// The deployment's id.
    pub deployment_id: String,
    /// Stage variables, sorted by name.
    pub variables: Vec<(String, String)>,
}

/// What the snapshot knows about a method or route.
#[derive(Clone, Debug, Default)]
pub struct MethodFacts {
    /// The resource's id (REST).
    pub resource_id: String,
    /// The resource's path, such as `/pets/{petId}`.
    pub resource_path: String,
    /// The route key (HTTP APIs), such as `GET /pets/{petId}`.
    pub route_key: String,
    /// `operationName`
    pub operation_name: Option<String>,
    /// Names of the path variables, in the order of their captured values.
    pub path_parameter_names: Vec<String>,
}

/// Ids made for one exchange; the floor below draws the randomness.
#[derive(Clone, Copy, Debug)]
pub struct Ids {
    /// `$context.requestId`: a UUID, 36 characters (REST).
    pub request_id: [u8; 36],
    /// `$context.extendedRequestId` and `apigw-requestid`: 15 base64url characters and `=`.
    pub extended_request_id: [u8; 16],
    /// Randomness for what else must be made up: trace id (12 bytes) and parent id (8 bytes).
    pub trace: [u8; 20],
}

/// How the client is connected.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The peer's address.
    pub ip: IpAddr,
    /// The peer's port.
    pub port: u16,
    /// The port it connected to.
    pub local_port: u16,
    /// Whether over TLS.
    pub scheme: Scheme,
    /// What TLS agreed on, where there is TLS.
    pub tls: Option<Tls>,
}

/// What client and gateway agreed on when they shook hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tls {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite's IANA name.
    pub cipher_suite: &'static str,
}

/// Everything known about one exchange so far.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The request's head.
    pub request: Request<'a>,
    /// The client.
    pub client: Client,
    /// Ids of the exchange.
    pub ids: &'a Ids,
    /// When the request's head was complete.
    pub arrived: Now,
    /// The stage, once located.
    pub stage: Option<&'a StageFacts>,
    /// The base path or stage segment that `locate` took off, such as `/prod`; empty when none.
    pub base_path: &'a [u8],
    /// The path that was routed: normalised, still percent-encoded, without `base_path`.
    pub path: &'a [u8],
    /// The method, once routed.
    pub method: Option<&'a MethodFacts>,
    /// Values of the path variables, normalised and still percent-encoded.
    pub path_parameters: &'a [&'a [u8]],
    /// How the exchange ended, as far as known.
    pub outcome: Option<&'a Outcome<'a>>,
}

impl<'a> Facts<'a> {
    /// Appends a variable's value; `false`, with nothing appended, where it has none.
    pub fn write(&self, variable: Variable, out: &mut Vec<u8>) -> bool {
        self.values().write(variable, out)
    }

    /// What variables are read from.
    pub fn values(&self) -> Values<'a> {
        let tls = self.client.tls;
        Values {
            ids: self.ids,
            arrived_unix_ms: self.arrived.unix_ms,
            ip: self.client.ip,
            verb: self.verb().1,
            base_path: self.base_path,
            path: if self.stage.is_some() { self.path } else { self.request.path() },
            authority: self.request.authority(),
            user_agent: self.request.first(KnownName::UserAgent),
            tls_version: tls.map_or("", |tls| tls.version).as_bytes(),
            cipher_suite: tls.map_or("", |tls| tls.cipher_suite).as_bytes(),
            stage: self.stage,
            method: self.method,
            outcome: self.outcome,
        }
    }

    /// The verb that the API sees, and its spelling.
    pub fn verb(&self) -> (Verb, &'a [u8]) {
        match self.api_kind() {
            Some(ApiKind::RestApi) => verb_of(self.request),
            _ => (self.request.head.verb, self.request.verb_bytes()),
        }
    }

    /// The kind of the API, once located.
    pub fn api_kind(&self) -> Option<ApiKind> {
        self.stage.map(|stage| stage.api_kind)
    }
}
