//! How does a definition become a snapshot, and which stages are taken over from the last one?

use std::collections::HashSet;
use std::sync::Arc;

use crate::context::{ApiKind, MethodFacts, StageFacts};
use crate::definition::{self, Api, Installation, Place, Problem, Severity};
use crate::integrate::{self, Integration, TargetIndex, Targets};
use crate::limits::STAGE_VARIABLES_MAX;
use crate::locate;
use crate::observe::access_log;
use crate::respond::{Cors, GatewayResponses, ProxyResponses};
use crate::route::{self, Declared, Router};
use crate::transform::Surroundings;

use super::methods::{MethodDefinition, kind_of, methods_of};
use super::{Method, Snapshot, Stage, supported};

/// This many targets may lie unused before indices are given out anew, beside as many as are used.
const TARGETS_UNUSED_MAX: usize = 64;

/// What the operator allows beyond the definition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules<'r> {
    /// Hosts that integrations may name although they are link-local or metadata addresses.
    pub link_local_hosts: &'r [String],
}

/// Compiles an installation.
///
/// Answers every problem, in the order of the documents; the snapshot is there unless one of them
/// is an error. Stages that `previous` has compiled from the same definition are shared with it;
/// `previous` must have been compiled by the same `rules`.
pub fn compile(
    installation: &Installation,
    revision: u64,
    rules: Rules<'_>,
    previous: Option<&Snapshot>,
) -> (Option<Snapshot>, Vec<Problem>) {
    let first = compile_all(installation, revision, rules, previous);
    let compiled = match &first.0 {
        Some(snapshot) if wastes_targets(snapshot) => {
            compile_all(installation, revision, rules, None)
        }
        _ => first,
    };
    let (snapshot, mut problems) = compiled;
    problems
        .sort_by(|a, b| (a.place, b.severity, &a.message).cmp(&(b.place, a.severity, &b.message)));
    // One API in two stages has its problems twice.
    problems.dedup();
    (snapshot, problems)
}

fn compile_all(
    installation: &Installation,
    revision: u64,
    rules: Rules<'_>,
    previous: Option<&Snapshot>,
) -> (Option<Snapshot>, Vec<Problem>) {
    let mut compiler = Compiler { installation, targets: Targets::new(rules.link_local_hosts) };
    let mut problems = Vec::new();
    // Shared stages hold indices, so the targets they point to keep their places.
    for target in previous.iter().flat_map(|previous| &previous.targets) {
        compiler.targets.intern(target.clone());
    }
    let domains = locate::compile(installation, &mut problems);
    let mut stages = Vec::with_capacity(installation.stages.len());
    for source in &installation.stages {
        let stage = match previous.and_then(|previous| unchanged(previous, source, installation)) {
            Some(stage) => Some(Arc::clone(stage)),
            None => compiler.stage(source, &mut problems).map(Arc::new),
        };
        problems.extend(stage.iter().flat_map(|stage| stage.warnings.clone()));
        stages.extend(stage);
    }
    let has_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    let targets = compiler.targets.into_list();
    let snapshot = (!has_errors).then_some(Snapshot { revision, domains, stages, targets });
    (snapshot, problems)
}

/// The previous snapshot's stage where nothing that it is compiled from differs.
fn unchanged<'s>(
    previous: &'s Snapshot,
    source: &definition::Stage,
    installation: &Installation,
) -> Option<&'s Arc<Stage>> {
    previous.stages.iter().find(|stage| {
        stage.facts.api_id == source.api.id()
            && stage.facts.stage == source.name
            && stage.facts.account_id == installation.account_id
            && stage.facts.region == installation.region
            && stage.source == *source
    })
}

/// Whether most of the targets are there only because former snapshots had them.
fn wastes_targets(snapshot: &Snapshot) -> bool {
    let methods = snapshot.stages.iter().flat_map(|stage| &stage.methods);
    let used: HashSet<TargetIndex> =
        methods.filter_map(|method| target_of(&method.integration)).collect();
    snapshot.targets.len() > used.len() * 2 + TARGETS_UNUSED_MAX
}

pub(super) fn target_of(integration: &Integration) -> Option<TargetIndex> {
    match integration {
        Integration::HttpProxy(proxy) => Some(proxy.target()),
        Integration::Mock(_) | Integration::Defect(_) => None,
    }
}

/// What is the same for all stages while an installation is compiled.
struct Compiler<'i> {
    installation: &'i Installation,
    targets: Targets,
}

impl Compiler<'_> {
    /// Compiles a stage; `None` where errors keep it from being served. Warnings stay with the
    /// stage, errors are reported.
    fn stage(&mut self, source: &definition::Stage, problems: &mut Vec<Problem>) -> Option<Stage> {
        let mut own = Vec::new();
        let facts = self.stage_facts(source, &mut own);
        supported::check_api(&source.api, &mut own);
        let (router, methods) = self.methods(&source.api, &facts, &mut own);
        let gateway_responses = match &source.api {
            Api::Rest(api) => GatewayResponses::compile(&api.gateway_responses, &facts, &mut own),
            Api::Http(_) => GatewayResponses::compile(&[].into(), &facts, &mut own),
        };
        let cors = match &source.api {
            Api::Http(api) => {
                api.cors.as_ref().map(|cors| Cors::compile(cors, api.place, &mut own))
            }
            Api::Rest(_) => None,
        };
        let format = source.access_log_format.as_deref();
        let access_log = format.and_then(|format| {
            access_log::Format::compile(format, facts.api_kind, source.place, &mut own)
        });
        let has_errors = own.iter().any(|problem| problem.severity == Severity::Error);
        if has_errors {
            problems.append(&mut own);
            return None;
        }
        let source = source.clone();
        let warnings = own;
        Some(Stage {
            facts,
            router,
            methods,
            gateway_responses,
            cors,
            access_log,
            source,
            warnings,
        })
    }

    fn stage_facts(&self, source: &definition::Stage, problems: &mut Vec<Problem>) -> StageFacts {
        check_variables(source, problems);
        let variables = source.variables.iter();
        StageFacts {
            api_kind: kind_of(&source.api),
            account_id: self.installation.account_id.clone(),
            region: self.installation.region.clone(),
            api_id: source.api.id().to_owned(),
            stage: source.name.clone(),
            deployment_id: source.deployment_id.clone(),
            variables: variables.map(|(name, value)| (name.clone(), value.clone())).collect(),
        }
    }

    /// Compiles routes and methods. Where one of them fails, the rest still tells its problems.
    fn methods(
        &mut self,
        api: &Api,
        stage: &StageFacts,
        problems: &mut Vec<Problem>,
    ) -> (Router, Vec<Method>) {
        let definitions = methods_of(api);
        if let (Api::Rest(api), true) = (api, definitions.is_empty()) {
            // CreateDeployment: "The REST API doesn't contain any methods".
            problems.push(Problem::error(api.place, "the REST API doesn't contain any methods"));
        }
        let declared: Vec<Declared<'_>> = definitions
            .iter()
            .map(|method| Declared { verb: method.verb, path: method.path, place: method.place })
            .collect();
        let router = route::compile(stage.api_kind, &declared, problems);
        let mut methods = Vec::with_capacity(definitions.len());
        for (definition, route) in definitions.iter().zip(router.routes()) {
            let facts = method_facts(definition, stage, route);
            if let Some(integration) = supported::check_method(api, definition, problems) {
                let around = Surroundings { stage, method: &facts };
                let responses = ProxyResponses::compile(integration, around, problems);
                let declared = definition.responses();
                let integration =
                    integrate::compile(integration, declared, around, &mut self.targets, problems);
                methods.extend(integration.map(|integration| Method {
                    facts,
                    integration,
                    responses,
                }));
            }
        }
        (router, methods)
    }
}

fn method_facts(
    definition: &MethodDefinition<'_>,
    stage: &StageFacts,
    route: &route::Route,
) -> MethodFacts {
    let path_parameter_names = route.variables().map(str::to_owned).collect();
    let operation_name = definition.operation_name.map(str::to_owned);
    match stage.api_kind {
        ApiKind::RestApi => MethodFacts {
            resource_id: resource_id(&stage.api_id, definition.path),
            resource_path: definition.path.to_owned(),
            operation_name,
            path_parameter_names,
            ..MethodFacts::default()
        },
        ApiKind::HttpApi => MethodFacts {
            route_key: definition.key(),
            operation_name,
            path_parameter_names,
            ..MethodFacts::default()
        },
    }
}

/// The id of a resource that has none yet: ten characters of `[a-z0-9]` that stay the same as long
/// as API and path do. FNV-1a, for it is short and nobody gains from a collision.
fn resource_id(api_id: &str, path: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in api_id.bytes().chain(*b" ").chain(path.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (0..10)
        .map(|_| {
            let digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(hash % 36) as usize];
            hash /= 36;
            char::from(digit)
        })
        .collect()
}

/// "Names `[A-Za-z0-9_]+`, values `[A-Za-z0-9-._~:/?#&=,]+`."
fn check_variables(stage: &definition::Stage, problems: &mut Vec<Problem>) {
    let mut report = |place: Place, message: String| problems.push(Problem::error(place, message));
    let count = stage.variables.len();
    if count > STAGE_VARIABLES_MAX {
        report(stage.place, format!("{count} stage variables are more than {STAGE_VARIABLES_MAX}"));
    }
    for (name, value) in &stage.variables {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_of_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_of_name) {
            report(
                stage.place,
                format!("the stage variable name \"{name}\" is not made of a-z, A-Z, 0-9 and _"),
            );
        }
        if !value.bytes().all(is_of_value) {
            let allowed = "a-z, A-Z, 0-9 and - . _ ~ : / ? # & = ,";
            report(
                stage.place,
                format!("the stage variable \"{name}\" is \"{value}\"; it may hold {allowed}"),
            );
        }
    }
}
