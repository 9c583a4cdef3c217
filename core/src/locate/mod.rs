//! Which stage of which API does a request address, and what is left of its path?
//!
//! Four ways lead to a stage (`rest-api.md` §1, `http-api.md` §1, `rest-api.md` §12):
//!
//! * **default endpoint**: `{api-id}.execute-api.{region}.{any suffix}/{stage}/pets`, also
//!   `{api-id}-{vpce-id}.execute-api…`, or a VPC endpoint's own name with `x-apigw-api-id`;
//! * **custom domain**: `api.example.com/{base-path}/pets`, `*.example.com`, and `*` for hosts
//!   that nobody claims;
//! * **path, on any host**: `/_aws/execute-api/{api-id}/{stage}/pets`;
//! * **path, on any host, REST**: `/restapis/{api-id}/{stage}/_user_request_/pets`.
//!
//! The path forms are tried first, then the host: a default endpoint, the exact domain, the
//! wildcard one level up, the catch-all. A domain that is found and has no mapping for the path
//! refuses; the next wider one is not asked.
//!
//! The room assumes a path from [`normalise`] and an authority that `wire` has checked. Where the
//! definition's bytes meet the path's, escapes are read: `%24` is `$`.
//!
//! Absent on purpose: routing rules by header (`ROUTING_RULE_ONLY`), TLS names (`STRICT` end
//! points) and whether an API is private. They are other issues' steps.

mod compile;
mod domains;
mod host;
mod normalise;
#[cfg(test)]
mod tests;

pub use compile::compile;
pub use domains::Domains;
pub use normalise::normalise;

use crate::context::ApiKind;
use crate::limits::HOST_BYTES_MAX;
use crate::message::{KnownName, Request};

use host::Addressed;

/// Position of a stage in the snapshot's list of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageIndex(pub u32);

impl StageIndex {
    /// The position, for indexing.
    #[inline]
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// Proof that a request addresses a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located<'a> {
    stage: StageIndex,
    api_kind: ApiKind,
    base_path: &'a [u8],
    path: &'a [u8],
}

impl<'a> Located<'a> {
    /// The stage.
    #[inline]
    pub fn stage(&self) -> StageIndex {
        self.stage
    }

    /// The kind of the stage's API.
    #[inline]
    pub fn api_kind(&self) -> ApiKind {
        self.api_kind
    }

    /// What was taken off the path: `/prod`, `/orders/v1`, or nothing. Without the `/_aws/…` of the
    /// path forms, so that it reads as it would on the API's own host.
    #[inline]
    pub fn base_path(&self) -> &'a [u8] {
        self.base_path
    }

    /// The rest of the path, never empty. Starts with `/`, but for one case: a mapping `orders` of
    /// a domain with multi-level mappings takes `/ordersandmore` and leaves `andmore`.
    #[inline]
    pub fn path(&self) -> &'a [u8] {
        self.path
    }
}

/// Why a request addresses no stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The path holds a bad escape or is none: 400.
    MalformedPath,
    /// The host has more than 253 bytes: 400.
    HostTooLong,
    /// A default endpoint's host, or a path form, names an API that is not here.
    UnknownApi,
    /// The API is a REST API and has no such stage.
    UnknownStage,
    /// The API is an HTTP API, the path names none of its stages, and it has no `$default`.
    UnknownHttpApiStage,
    /// Nobody claims the host, or its domain maps no API to the path.
    NoMapping,
    /// The API's definition has `disableExecuteApiEndpoint`; custom domains still reach it.
    EndpointDisabled(ApiKind),
    /// `/ping` or `/sping` of a custom domain: the answer is health, and no API sees the request.
    ReservedForHealthChecks,
}

/// Finds the stage that `request` addresses with `path`, its normalised path.
#[inline]
pub fn locate<'a>(
    request: Request<'a>,
    path: &'a [u8],
    domains: &Domains,
) -> Result<Located<'a>, Refusal> {
    locate_at(request.authority(), || request.first(KnownName::XApigwApiId), path, domains)
}

/// Finds the stage that an authority addresses with `path`, a normalised path. `api_id` is asked
/// for `x-apigw-api-id` where the authority is a VPC endpoint's own name.
pub fn locate_at<'a, 'h>(
    authority: &[u8],
    api_id: impl FnOnce() -> Option<&'h [u8]>,
    path: &'a [u8],
    domains: &Domains,
) -> Result<Located<'a>, Refusal> {
    if let Some(form) = host::path_form(path) {
        return domains.at_path_form(form);
    }
    let host = host::without_port(authority);
    if host.len() > HOST_BYTES_MAX {
        return Err(Refusal::HostTooLong);
    }
    let mut folded = [0; HOST_BYTES_MAX];
    match host::addressed(host::to_lower_case(host, &mut folded)) {
        Addressed::Api(id) => domains.at_endpoint(id, path),
        Addressed::VpcEndpoint => domains.at_endpoint(api_id().ok_or(Refusal::UnknownApi)?, path),
        Addressed::Domain(domain) => domains.at_domain(domain, path),
    }
}
