//! Which integration did the operator write, and can it be served?

use std::collections::BTreeMap;

use crate::definition::{self, MethodResponse, Problem};
use crate::transform::Surroundings;

use super::{Integration, Targets};

/// Compiles an integration; `None` where a problem keeps it from being served.
///
/// `declared` are the method's responses (REST), without which a status cannot be answered.
pub fn compile(
    integration: &definition::Integration,
    declared: Option<&BTreeMap<u16, MethodResponse>>,
    around: Surroundings<'_>,
    targets: &mut Targets,
    problems: &mut Vec<Problem>,
) -> Option<Integration> {
    let _ = (declared, around, targets);
    problems.push(Problem::error(integration.place, "this integration type is not served"));
    None
}
