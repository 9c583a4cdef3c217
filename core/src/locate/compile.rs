//! How do stages and mappings, as written, become ways to find a stage?

use std::collections::{BTreeMap, BTreeSet};

use crate::context::ApiKind;
use crate::definition::{
    Api as ApiDefinition, BasePathMapping, Installation, Place, Problem, Stage,
};
use crate::limits::{HOST_BYTES_MAX, PATH_SEGMENT_BYTES_MAX};
use crate::lookup::Lookup;

use super::StageIndex;
use super::domains::{Api, DEFAULT_STAGE, Domain, Domains, Endpoint, Target};
use super::host::{Addressed, addressed};

/// A stage's key: API id and stage name.
type Key<'i> = (&'i str, &'i str);

/// Compiles every way to every stage; a stage's index is its position in the installation.
///
/// Reports stages that are defined twice, names that can't stand in a host or a path, and
/// mappings that lead nowhere, and leaves each of them out.
pub fn compile(installation: &Installation, problems: &mut Vec<Problem>) -> Domains {
    let targets = compile_targets(&installation.stages, problems);
    let mut domains =
        Domains { apis: compile_apis(&installation.stages, &targets), ..Domains::default() };
    let mut by_domain: BTreeMap<&str, Vec<(&str, Target)>> = BTreeMap::new();
    for mapping in &installation.mappings {
        if let Some(target) = compile_mapping(mapping, &targets, problems) {
            by_domain.entry(&mapping.domain).or_default().push((&mapping.base_path, target));
        }
    }
    let (mut exact, mut wildcards) = (Vec::new(), Vec::new());
    for (name, mappings) in by_domain {
        let domain = compile_domain(name, &mappings, problems);
        match name.strip_prefix("*.") {
            Some(parent) => wildcards.push((boxed(parent), domain)),
            None if name == "*" => domains.catch_all = Some(domain),
            None => exact.push((boxed(name), domain)),
        }
    }
    domains.exact = exact.into_iter().collect();
    domains.wildcards = wildcards.into_iter().collect();
    domains
}

fn boxed(text: &str) -> Box<[u8]> {
    text.as_bytes().into()
}

fn compile_targets<'i>(
    stages: &'i [Stage],
    problems: &mut Vec<Problem>,
) -> BTreeMap<Key<'i>, Target> {
    let mut targets = BTreeMap::new();
    let mut kinds = BTreeMap::new();
    for (position, stage) in (0..).zip(stages) {
        let (api_id, api_kind) = (stage.api.id(), kind_of(&stage.api));
        if let Some(message) = fault_of_stage(stage) {
            problems.push(Problem::error(stage.place, message));
        } else if *kinds.entry(api_id).or_insert(api_kind) != api_kind {
            let message = format!("api \"{api_id}\" is both a REST API and an HTTP API");
            problems.push(Problem::error(stage.place, message));
        } else {
            let target = Target { stage: StageIndex(position), api_kind };
            if targets.insert((api_id, stage.name.as_str()), target).is_some() {
                let message =
                    format!("stage \"{}\" of api \"{api_id}\" is there twice", stage.name);
                problems.push(Problem::error(stage.place, message));
            }
        }
    }
    targets
}

fn fault_of_stage(stage: &Stage) -> Option<String> {
    let (id, name) = (stage.api.id(), stage.name.as_str());
    let is_label = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if id.is_empty() || id.len() > 63 || !id.bytes().all(is_label) {
        return Some(format!("api id \"{id}\" can't be part of a host name: only a-z and 0-9 can"));
    }
    let is_default = name.as_bytes() == DEFAULT_STAGE;
    if is_default && kind_of(&stage.api) == ApiKind::HttpApi {
        return None;
    }
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_name = (1..=128).contains(&name.len()) && name.bytes().all(is_of_name);
    (!is_name).then(|| match is_default {
        true => "only HTTP APIs have a stage \"$default\"".to_owned(),
        false => format!("stage name \"{name}\" is not 1 to 128 of a-z, A-Z, 0-9, _ and -"),
    })
}

fn kind_of(api: &ApiDefinition) -> ApiKind {
    match api {
        ApiDefinition::Rest(_) => ApiKind::RestApi,
        ApiDefinition::Http(_) => ApiKind::HttpApi,
    }
}

fn compile_apis(stages: &[Stage], targets: &BTreeMap<Key<'_>, Target>) -> Lookup<Api> {
    let mut by_api: BTreeMap<&str, Vec<(&str, Target)>> = BTreeMap::new();
    for (&(api_id, name), &target) in targets {
        by_api.entry(api_id).or_default().push((name, target));
    }
    let compiled = by_api.into_iter().map(|(id, own)| (boxed(id), compile_api(stages, &own)));
    compiled.collect()
}

fn compile_api(stages: &[Stage], own: &[(&str, Target)]) -> Api {
    let endpoint = |target: &Target| {
        let api = stages.get(target.stage.position()).map(|stage| &stage.api);
        Endpoint { stage: target.stage, is_disabled: api.is_some_and(is_endpoint_disabled) }
    };
    let is_default = |name: &str| name.as_bytes() == DEFAULT_STAGE;
    let default_stage = own.iter().find(|(name, _)| is_default(name));
    let named = own.iter().filter(|(name, _)| !is_default(name));
    Api {
        kind: own.first().map_or(ApiKind::RestApi, |(_, target)| target.api_kind),
        stages: named.map(|(name, target)| (boxed(name), endpoint(target))).collect(),
        default_stage: default_stage.map(|(_, target)| endpoint(target)),
    }
}

fn is_endpoint_disabled(api: &ApiDefinition) -> bool {
    match api {
        ApiDefinition::Rest(api) => api.disable_execute_api_endpoint,
        ApiDefinition::Http(api) => api.disable_execute_api_endpoint,
    }
}

fn compile_mapping(
    mapping: &BasePathMapping,
    targets: &BTreeMap<Key<'_>, Target>,
    problems: &mut Vec<Problem>,
) -> Option<Target> {
    let BasePathMapping { domain, base_path, api_id, stage } = mapping;
    let target = targets.get(&(api_id.as_str(), stage.as_str())).copied();
    let fault = match (fault_of_domain(domain).or_else(|| fault_of_base_path(base_path)), target) {
        (Some(fault), _) => fault,
        (None, Some(target)) => return Some(target),
        (None, None) => format!("there is no stage \"{stage}\" of api \"{api_id}\""),
    };
    let message = format!("mapping \"/{base_path}\" of domain \"{domain}\": {fault}");
    problems.push(Problem::error(Place::NONE, message));
    None
}

fn fault_of_domain(domain: &str) -> Option<String> {
    let name = domain.strip_prefix("*.").unwrap_or(domain);
    let is_label = |label: &str| {
        let is_of_label = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(is_of_label)
    };
    let is_host = name.len() <= HOST_BYTES_MAX && name.split('.').all(is_label);
    if domain != "*" && !is_host {
        return Some("the domain is not a host name in lower case".to_owned());
    }
    let is_endpoint = !matches!(addressed(domain.as_bytes()), Addressed::Domain(_));
    is_endpoint.then(|| "the domain has the form of a default endpoint".to_owned())
}

/// "Path chars `[A-Za-z0-9$_.+!*'()/-]`, ≤300 chars."
fn fault_of_base_path(base_path: &str) -> Option<String> {
    let is_path_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"$_.+!*'()/-".contains(&byte);
    if !base_path.bytes().all(is_path_byte) {
        return Some("a base path holds only a-z, A-Z, 0-9 and $ _ . + ! * ' ( ) / -".to_owned());
    }
    if base_path.len() > PATH_SEGMENT_BYTES_MAX {
        return Some(format!("the base path is longer than {PATH_SEGMENT_BYTES_MAX} bytes"));
    }
    let is_odd = |segment: &str| matches!(segment, "" | "." | "..");
    let has_odd_segment = !base_path.is_empty() && base_path.split('/').any(is_odd);
    has_odd_segment.then(|| "the base path has an empty segment or a dot segment".to_owned())
}

fn compile_domain(name: &str, mappings: &[(&str, Target)], problems: &mut Vec<Problem>) -> Domain {
    let mut seen = BTreeSet::new();
    let mut domain = Domain::default();
    let mut paths: Vec<(Box<[u8]>, Target)> = Vec::new();
    for &(base_path, target) in mappings {
        if !seen.insert(base_path) {
            let message = format!("domain \"{name}\" maps \"/{base_path}\" twice");
            problems.push(Problem::error(Place::NONE, message));
        } else if base_path.is_empty() {
            domain.root = Some(target);
        } else {
            paths.push((boxed(base_path), target));
        }
    }
    // "Multi-level paths …; then matching is by string prefix; with only single-level mappings a
    // whole segment must match."
    if paths.iter().any(|(path, _)| path.contains(&b'/')) {
        paths.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        domain.prefixes = paths;
    } else {
        domain.segments = paths.into_iter().collect();
    }
    domain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_host_names_in_lower_case() {
        let long = format!("{}.example.com", "a".repeat(64));
        for (domain, is_fine) in [
            ("*", true),
            ("example.com", true),
            ("*.example.com", true),
            ("localhost", true),
            ("my_host-1.example", true),
            ("127.0.0.1", true),
            ("", false),
            ("*.", false),
            ("*.*.example.com", false),
            ("a*.example.com", false),
            ("Example.com", false),
            ("example.com:80", false),
            ("example..com", false),
            ("example.com.", false),
            ("exa mple.com", false),
            (&long, false),
            ("abc.execute-api.us-east-1.amazonaws.com", false),
            ("vpce-1.execute-api.us-east-1.vpce.amazonaws.com", false),
        ] {
            assert_eq!(fault_of_domain(domain).is_none(), is_fine, "{domain}");
        }
    }

    #[test]
    fn base_paths_have_no_slash_at_their_ends_and_no_odd_segments() {
        let long = "a".repeat(PATH_SEGMENT_BYTES_MAX + 1);
        for (base_path, is_fine) in [
            ("", true),
            ("orders", true),
            ("orders/v1", true),
            ("a$b_c.d+e!f*g'h(i)j-k", true),
            (&long[1..], true),
            (&long, false),
            ("/orders", false),
            ("orders/", false),
            ("orders//v1", false),
            ("orders/../v1", false),
            (".", false),
            ("or ders", false),
            ("orders?", false),
            ("orders%20", false),
            ("{orders}", false),
        ] {
            assert_eq!(fault_of_base_path(base_path).is_none(), is_fine, "{base_path}");
        }
    }
}
