//! What does a worker execute, of all that the operator wrote?
//!
//! A [`Snapshot`] is the whole installation, compiled and immutable: ways to stages, and for each
//! stage its router and its methods with everything that a request to them needs. A worker takes
//! one at the start of an exchange and sees nothing else until its end.
//!
//! [`compile`] is the only way to make one. It asks each room to compile its part, collects every
//! problem, and answers no snapshot where one of them is an error. What this version cannot
//! execute is such an error, never silence.
//!
//! Stages whose definition did not change are shared with the previous snapshot, so that a
//! change costs what it touches.
//!
//! Absent on purpose: kept state (the ledger's) and anything that is looked up while a request
//! waits. Targets are names here; the floor below resolves and connects.

mod compile;
mod methods;
mod supported;
#[cfg(test)]
mod tests;

pub use compile::{Rules, compile};
pub use methods::{MethodDefinition, methods_of};

use std::sync::Arc;

use crate::context::{MethodFacts, StageFacts};
use crate::definition::{self, Problem};
use crate::integrate::{Integration, Target};
use crate::locate::{Domains, StageIndex};
use crate::observe::access_log;
use crate::respond::{Cors, GatewayResponses, ProxyResponses};
use crate::route::{MethodIndex, Router};

/// Everything one node serves, compiled.
#[derive(Debug)]
pub struct Snapshot {
    /// The revision of the configuration it was compiled from.
    pub revision: u64,
    /// Every way to every stage.
    pub domains: Domains,
    /// By [`StageIndex`].
    pub stages: Vec<Arc<Stage>>,
    /// By `TargetIndex`. A target keeps its place from snapshot to snapshot until so many have
    /// gone unused that all stages are compiled anew.
    pub targets: Vec<Target>,
}

/// A stage, compiled.
#[derive(Debug)]
pub struct Stage {
    /// What variables and logs tell of the stage.
    pub facts: StageFacts,
    /// Its routes.
    pub router: Router,
    /// By [`MethodIndex`].
    pub methods: Vec<Method>,
    /// Its gateway responses.
    pub gateway_responses: GatewayResponses,
    /// Its CORS configuration (HTTP APIs).
    pub cors: Option<Cors>,
    /// How its exchanges are logged, where they are.
    pub access_log: Option<access_log::Format>,
    /// What it was compiled from, to tell whether it changed.
    source: definition::Stage,
    /// What is told again each time the stage is taken over unchanged.
    warnings: Vec<Problem>,
}

/// A method or route, compiled.
#[derive(Debug)]
pub struct Method {
    /// What variables and logs tell of the method.
    pub facts: MethodFacts,
    /// Where it leads.
    pub integration: Integration,
    /// What is changed in the backend's answers.
    pub responses: ProxyResponses,
}

impl Snapshot {
    /// A snapshot that serves nothing: each request is refused for want of a mapping.
    pub fn empty() -> Self {
        let (domains, stages, targets) = Default::default();
        Self { revision: 0, domains, stages, targets }
    }

    /// The stage that `locate` found in this snapshot's domains.
    #[inline]
    pub fn stage(&self, index: StageIndex) -> Option<&Arc<Stage>> {
        self.stages.get(index.position())
    }
}

impl Stage {
    /// The method that `route` found in this stage's router.
    #[inline]
    pub fn method(&self, index: MethodIndex) -> Option<&Method> {
        self.methods.get(index.position())
    }

    /// The definition it was compiled from.
    pub fn definition(&self) -> &definition::Stage {
        &self.source
    }
}
