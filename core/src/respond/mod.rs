//! What does the client get: the backend's answer, the mock's, or a refusal's?

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::context::StageFacts;
use crate::definition::{self, GatewayResponse, GatewayResponseType, Place, Problem};
use crate::transform::Surroundings;

/// The status and body of an answer whose fields went to a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The whole body; empty for none.
    pub body: Cow<'a, [u8]>,
}

/// The gateway responses of one stage, with its API's customisations.
#[derive(Debug)]
pub struct GatewayResponses {}

impl GatewayResponses {
    /// Compiles the customisations of a REST API; an HTTP API has none and passes an empty map.
    pub fn compile(
        customised: &BTreeMap<GatewayResponseType, GatewayResponse>,
        stage: &StageFacts,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let _ = (customised, stage, problems);
        Self {}
    }
}

/// What is changed in a backend's answers.
#[derive(Debug, Default)]
pub struct ProxyResponses {}

impl ProxyResponses {
    /// Compiles the response parameters of an integration.
    pub fn compile(
        integration: &definition::Integration,
        around: Surroundings<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let _ = (integration, around, problems);
        Self {}
    }
}

/// The CORS configuration of an HTTP API.
#[derive(Debug)]
pub struct Cors {}

impl Cors {
    /// Compiles a CORS configuration; `place` is where it stands.
    pub fn compile(cors: &definition::Cors, place: Place, problems: &mut Vec<Problem>) -> Self {
        let _ = (cors, place, problems);
        Self {}
    }
}
