//! Which integration did the operator write, and can it be served?

mod http_proxy;
mod mapping;
mod mock;
mod uri;

pub use mapping::is_reserved as is_reserved_name;
pub use mock::response_name;

use std::collections::BTreeMap;

use crate::context::ApiKind;
use crate::definition::{self, ConnectionType, IntegrationKind, MethodResponse, Problem, Severity};
use crate::transform::Surroundings;

use super::{Defect, Integration, Targets};

/// Compiles an integration; `None` where a problem keeps it from being served.
///
/// `declared` are the method's responses (REST), without which a status cannot be answered; with
/// `None` that is not checked. What AWS accepts and then answers with 500 becomes
/// [`Integration::Defect`] and a warning.
pub fn compile(
    integration: &definition::Integration,
    declared: Option<&BTreeMap<u16, MethodResponse>>,
    around: Surroundings<'_>,
    targets: &mut Targets,
    problems: &mut Vec<Problem>,
) -> Option<Integration> {
    let before = problems.len();
    let compiled = compile_kind(integration, declared, around, targets, problems);
    let has_error = problems[before..].iter().any(|problem| problem.severity == Severity::Error);
    debug_assert!(compiled.is_some() || has_error, "what is not served says why");
    compiled.filter(|_| !has_error)
}

fn compile_kind(
    integration: &definition::Integration,
    declared: Option<&BTreeMap<u16, MethodResponse>>,
    around: Surroundings<'_>,
    targets: &mut Targets,
    problems: &mut Vec<Problem>,
) -> Option<Integration> {
    let place = integration.place;
    if integration.connection_type == ConnectionType::VpcLink {
        problems.push(Problem::error(place, "connection type \"VPC_LINK\" is not supported"));
        return None;
    }
    let is_http_api = around.stage.api_kind == ApiKind::HttpApi;
    let kind = match integration.kind {
        IntegrationKind::HttpProxy => {
            return http_proxy::compile(integration, around, targets, problems);
        }
        IntegrationKind::Mock if is_http_api => {
            problems.push(Problem::error(place, "HTTP APIs have no integration type \"MOCK\""));
            return None;
        }
        IntegrationKind::Mock => return mock::compile(integration, declared, around, problems),
        IntegrationKind::Aws => "AWS",
        IntegrationKind::AwsProxy => "AWS_PROXY",
        IntegrationKind::Http => "HTTP",
    };
    let message = format!("integration type \"{kind}\" is not supported");
    let problem = Problem::error(place, message);
    problems.push(match integration.kind {
        IntegrationKind::Http => {
            problem.suggest("write \"HTTP_PROXY\", which passes bodies untouched")
        }
        _ => problem,
    });
    None
}

/// An integration that always answers 500, and the warning that says so.
fn defect(place: definition::Place, detail: String, problems: &mut Vec<Problem>) -> Integration {
    problems.push(Problem::warning(place, format!("every call will answer 500: {detail}")));
    Integration::Defect(Defect { detail })
}
