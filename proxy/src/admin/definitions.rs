//! How do files become what workers execute?
use super::metrics::StageLabels;
use crate::publication::TargetKey;
/// What a compile brought.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) targets: Vec<TargetKey>,
    pub(super) stages: Vec<StageLabels>,
}
