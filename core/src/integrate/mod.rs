//! Where does a routed request lead, and what exactly is sent there?

mod compile;
mod target;

pub use compile::compile;
pub use target::{Target, TargetIndex, Targets};

/// Where a method or route leads.
#[derive(Debug)]
pub enum Integration {
    /// To an HTTP backend, body untouched.
    HttpProxy(HttpProxy),
    /// Nowhere: the gateway answers.
    Mock(Mock),
    /// To a 500: AWS accepts such a definition and fails when it is called.
    Defect(Defect),
}

/// An HTTP backend, compiled.
#[derive(Debug)]
pub struct HttpProxy {
    /// The backend's place in the snapshot's list of targets.
    pub target: TargetIndex,
    /// Milliseconds until the backend must have answered.
    pub timeout_ms: u32,
}

/// An answer of the gateway's own.
#[derive(Debug)]
pub struct Mock {}

/// Why an integration always fails.
#[derive(Debug)]
pub struct Defect {
    /// The sentence for the log, in AWS's words.
    pub detail: String,
}
