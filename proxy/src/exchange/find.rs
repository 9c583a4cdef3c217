//! Which stage and method does a request belong to, as far as that can be said?

use std::sync::Arc;

use tollgate_core::context::{ApiKind, verb_of};
use tollgate_core::limits::PAYLOAD_BYTES_MAX;
use tollgate_core::locate::{StageIndex, locate, normalise};
use tollgate_core::message::{BodyLength, Request, Verb};
use tollgate_core::respond::{Cause, Cors};
use tollgate_core::route::{MethodIndex, Routed, route};
use tollgate_core::snapshot::{Method, Snapshot, Stage};

use crate::local::Local;

/// What was found out about a request before anything is done for it.
///
/// Filled as far as the steps came, because the gateway's own answer and the log tell it too.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// The stage, and its place in the snapshot.
    pub(super) stage: Option<&'a Arc<Stage>>,
    pub(super) stage_index: Option<StageIndex>,
    /// What the stage's address took off the path.
    pub(super) base_path: &'a [u8],
    /// The rest of the path.
    pub(super) path: &'a [u8],
    /// The method, and its place in the stage.
    pub(super) method: Option<&'a Method>,
    pub(super) method_index: Option<MethodIndex>,
    routed: Option<Routed<'a>>,
    /// Whether a browser asks what it may ask.
    pub(super) is_preflight: bool,
    /// Why the request goes no further.
    pub(super) cause: Option<Cause>,
}

impl<'a> Found<'a> {
    /// Locates and routes `request` in `snapshot`. `scratch` holds the path where it changes.
    pub(super) fn find(
        local: &Local,
        request: Request<'a>,
        snapshot: &'a Snapshot,
        scratch: &'a mut Vec<u8>,
    ) -> Self {
        let mut found = Self::default();
        found.cause = match local.is_overloaded() {
            true => {
                local.telemetry.counters.shed.add(1);
                Some(Cause::Overloaded)
            }
            false => found.seek(request, snapshot, scratch).err(),
        };
        found
    }

    fn seek(
        &mut self,
        request: Request<'a>,
        snapshot: &'a Snapshot,
        scratch: &'a mut Vec<u8>,
    ) -> Result<(), Cause> {
        let path = normalise(request.path(), scratch)?;
        let located = locate(request, path, &snapshot.domains)?;
        let stage = snapshot.stage(located.stage()).ok_or(Cause::GatewayDefect)?;
        self.stage = Some(stage);
        self.stage_index = Some(located.stage());
        self.base_path = located.base_path();
        self.path = located.path();
        if matches!(request.head.body, BodyLength::Sized(len) if len > PAYLOAD_BYTES_MAX) {
            return Err(Cause::PayloadTooLarge);
        }
        if stage.cors.is_some() && Cors::is_preflight(request) {
            self.is_preflight = true;
            return Ok(());
        }
        let routed = route(&stage.router, self.verb(request), self.path)?;
        self.method_index = Some(routed.method());
        self.method = Some(stage.method(routed.method()).ok_or(Cause::GatewayDefect)?);
        self.routed = Some(routed);
        Ok(())
    }

    /// The verb that is routed: REST APIs heed `X-HTTP-Method-Override`.
    fn verb(&self, request: Request<'_>) -> Verb {
        match self.stage.map(|stage| stage.facts.api_kind) {
            Some(ApiKind::RestApi) => verb_of(request).0,
            _ => request.head.verb,
        }
    }

    /// Values of the path variables.
    pub(super) fn path_parameters(&self) -> &[&'a [u8]] {
        self.routed.as_ref().map_or(&[], Routed::path_parameters)
    }
}
