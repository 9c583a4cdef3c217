//! Do hosts and paths lead to the stages that AWS leads them to?

use proptest::prelude::*;

use crate::context::ApiKind;
use crate::definition::{
    Api, BasePathMapping, HttpApi, Installation, Place, RestApi, Severity, Stage,
};
use crate::message::{Range, Request, RequestHead};

use super::{Domains, Refusal, compile, locate};

fn stage(api: Api, name: &str) -> Stage {
    Stage {
        api,
        name: name.to_owned(),
        deployment_id: "d1".to_owned(),
        variables: [].into(),
        access_log_format: None,
        place: Place::NONE,
    }
}

fn rest(id: &str, name: &str) -> Stage {
    stage(Api::Rest(RestApi { id: id.to_owned(), ..RestApi::default() }), name)
}

fn http(id: &str, name: &str) -> Stage {
    stage(Api::Http(HttpApi { id: id.to_owned(), ..HttpApi::default() }), name)
}

fn mapping(domain: &str, base_path: &str, to: (&str, &str)) -> BasePathMapping {
    BasePathMapping {
        domain: domain.to_owned(),
        base_path: base_path.to_owned(),
        api_id: to.0.to_owned(),
        stage: to.1.to_owned(),
    }
}

/// Stages 0 `rest/prod`, 1 `rest/dev`, 2 `http/$default`, 3 `http/dev`, 4 `bare/v1`, 5 `shut/prod`.
fn installation() -> Installation {
    let shut =
        RestApi { id: "shut".to_owned(), disable_execute_api_endpoint: true, ..RestApi::default() };
    Installation {
        stages: vec![
            rest("rest", "prod"),
            rest("rest", "dev"),
            http("http", "$default"),
            http("http", "dev"),
            http("bare", "v1"),
            stage(Api::Rest(shut), "prod"),
        ],
        mappings: vec![
            mapping("api.example.com", "", ("rest", "prod")),
            mapping("api.example.com", "orders", ("http", "$default")),
            mapping("api.example.com", "a$b", ("rest", "dev")),
            mapping("multi.example.com", "orders", ("rest", "prod")),
            mapping("multi.example.com", "orders/v1/items", ("rest", "dev")),
            mapping("multi.example.com", "orders/v1", ("shut", "prod")),
            mapping("*.example.com", "", ("http", "dev")),
        ],
        ..Installation::default()
    }
}

fn compiled(installation: &Installation) -> Domains {
    let mut problems = Vec::new();
    let domains = compile(installation, &mut problems);
    assert_eq!(problems, []);
    domains
}

type Found = Result<(u32, String, String), Refusal>;

fn found(domains: &Domains, host: &str, path: &str, api_id_header: Option<&str>) -> Found {
    let bytes = format!("{host}x-apigw-api-id{}", api_id_header.unwrap_or_default());
    let mut head = RequestHead { authority: Range::new(0, host.len()), ..RequestHead::default() };
    if api_id_header.is_some() {
        let (name, value) = (host.len(), host.len() + "x-apigw-api-id".len());
        let (name, value) = (Range::new(name, value), Range::new(value, bytes.len()));
        head.fields.push(bytes.as_bytes(), name, value);
    }
    let request = Request { bytes: bytes.as_bytes(), head: &head };
    let located = locate(request, path.as_bytes(), domains)?;
    let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
    Ok((located.stage().0, text(located.base_path()), text(located.path())))
}

fn stage_at(index: u32, base_path: &str, path: &str) -> Found {
    Ok((index, base_path.to_owned(), path.to_owned()))
}

fn check(cases: &[(&str, &str, Found)]) {
    let domains = compiled(&installation());
    for (host, path, expected) in cases {
        assert_eq!(found(&domains, host, path, None), *expected, "{host} {path}");
    }
}

#[test]
fn a_rest_api_takes_its_stage_from_the_first_segment() {
    let host = "rest.execute-api.us-east-1.amazonaws.com";
    check(&[
        (host, "/prod/pets/1", stage_at(0, "/prod", "/pets/1")),
        (host, "/dev", stage_at(1, "/dev", "/")),
        (host, "/dev/", stage_at(1, "/dev", "/")),
        (host, "/dev//a/", stage_at(1, "/dev", "//a/")),
        (host, "/production/pets", Err(Refusal::UnknownStage)),
        (host, "/Prod/pets", Err(Refusal::UnknownStage)),
        (host, "/", Err(Refusal::UnknownStage)),
        (host, "//prod", Err(Refusal::UnknownStage)),
    ]);
}

#[test]
fn an_http_api_falls_back_to_its_default_stage() {
    let host = "http.execute-api.eu-west-1.amazonaws.com";
    check(&[
        (host, "/pets", stage_at(2, "", "/pets")),
        (host, "/", stage_at(2, "", "/")),
        (host, "/dev/pets", stage_at(3, "/dev", "/pets")),
        (host, "/dev", stage_at(3, "/dev", "/")),
        (host, "/$default/pets", stage_at(2, "", "/$default/pets")),
        ("bare.execute-api.x", "/v1/pets", stage_at(4, "/v1", "/pets")),
        ("bare.execute-api.x", "/pets", Err(Refusal::UnknownHttpApiStage)),
    ]);
}

#[test]
fn hosts_are_compared_without_case_port_and_final_dot() {
    check(&[
        ("REST.Execute-API.us-east-1.localhost:8080", "/prod", stage_at(0, "/prod", "/")),
        ("rest-vpce-0a1b.execute-api.us-east-1.amazonaws.com", "/dev", stage_at(1, "/dev", "/")),
        ("API.example.COM.:443", "/x", stage_at(0, "", "/x")),
        ("nobody.execute-api.us-east-1.amazonaws.com", "/prod", Err(Refusal::UnknownApi)),
    ]);
}

#[test]
fn a_vpc_endpoint_asks_the_header_for_the_api() {
    let domains = compiled(&installation());
    let host = "vpce-0a1b-2c.execute-api.us-east-1.vpce.amazonaws.com";
    assert_eq!(found(&domains, host, "/prod/a", Some("rest")), stage_at(0, "/prod", "/a"));
    assert_eq!(found(&domains, host, "/prod/a", Some("nobody")), Err(Refusal::UnknownApi));
    assert_eq!(found(&domains, host, "/prod/a", None), Err(Refusal::UnknownApi));
    let other = "api.example.com";
    assert_eq!(found(&domains, other, "/dev/a", Some("http")), stage_at(0, "", "/dev/a"));
}

#[test]
fn a_disabled_endpoint_refuses_and_its_mappings_serve() {
    check(&[
        ("shut.execute-api.x", "/prod/a", Err(Refusal::EndpointDisabled(ApiKind::RestApi))),
        ("any", "/_aws/execute-api/shut/prod/a", Err(Refusal::EndpointDisabled(ApiKind::RestApi))),
        ("multi.example.com", "/orders/v1/a", stage_at(5, "/orders/v1", "/a")),
    ]);
}

#[test]
fn single_level_mappings_match_whole_segments() {
    let host = "api.example.com";
    check(&[
        (host, "/orders/7", stage_at(2, "/orders", "/7")),
        (host, "/orders", stage_at(2, "/orders", "/")),
        (host, "/ordersandmore", stage_at(0, "", "/ordersandmore")),
        (host, "/Orders/7", stage_at(0, "", "/Orders/7")),
        (host, "/a$b/c", stage_at(1, "/a$b", "/c")),
        (host, "/a%24b/c", stage_at(1, "/a%24b", "/c")),
        (host, "/", stage_at(0, "", "/")),
    ]);
}

#[test]
fn with_a_multi_level_mapping_the_longest_prefix_wins() {
    let host = "multi.example.com";
    check(&[
        (host, "/orders/v1/items/3", stage_at(1, "/orders/v1/items", "/3")),
        (host, "/orders/v1/itemsets", stage_at(1, "/orders/v1/items", "ets")),
        (host, "/orders/v2", stage_at(0, "/orders", "/v2")),
        (host, "/orders/v", stage_at(0, "/orders", "/v")),
        (host, "/ordersandmore", stage_at(0, "/orders", "andmore")),
        (host, "/orders%2Fv1", stage_at(0, "/orders", "%2Fv1")),
        (host, "/other", Err(Refusal::NoMapping)),
    ]);
}

#[test]
fn the_narrowest_domain_decides_alone() {
    check(&[
        ("a.example.com", "/x", stage_at(3, "", "/x")),
        ("a.b.example.com", "/x", Err(Refusal::NoMapping)),
        ("example.com", "/x", Err(Refusal::NoMapping)),
        ("multi.example.com", "/x", Err(Refusal::NoMapping)),
        ("other.org", "/x", Err(Refusal::NoMapping)),
        ("", "/x", Err(Refusal::NoMapping)),
    ]);
}

#[test]
fn the_catch_all_takes_every_host_that_nobody_claims() {
    let mut installation = installation();
    installation.mappings.push(mapping("*", "", ("rest", "dev")));
    installation.mappings.push(mapping("*", "shop", ("http", "dev")));
    let domains = compiled(&installation);
    for (host, path, expected) in [
        ("127.0.0.1:8080", "/pets", stage_at(1, "", "/pets")),
        ("[::1]:8080", "/shop/x", stage_at(3, "/shop", "/x")),
        ("localhost", "/ping", stage_at(1, "", "/ping")),
        ("", "/", stage_at(1, "", "/")),
        ("a.example.com", "/pets", stage_at(3, "", "/pets")),
        ("nobody.execute-api.x", "/pets", Err(Refusal::UnknownApi)),
    ] {
        assert_eq!(found(&domains, host, path, None), expected, "{host} {path}");
    }
}

#[test]
fn health_checks_never_reach_an_api() {
    check(&[
        ("api.example.com", "/ping", Err(Refusal::ReservedForHealthChecks)),
        ("api.example.com", "/sping", Err(Refusal::ReservedForHealthChecks)),
        ("a.example.com", "/ping", Err(Refusal::ReservedForHealthChecks)),
        ("api.example.com", "/pings", stage_at(0, "", "/pings")),
        ("api.example.com", "/orders/ping", stage_at(2, "/orders", "/ping")),
        ("rest.execute-api.x", "/prod/ping", stage_at(0, "/prod", "/ping")),
    ]);
}

#[test]
fn path_forms_work_on_every_host() {
    let host = "api.example.com";
    check(&[
        (host, "/_aws/execute-api/rest/prod/pets", stage_at(0, "/prod", "/pets")),
        (host, "/_aws/execute-api/rest/prod", stage_at(0, "/prod", "/")),
        (host, "/_aws/execute-api/rest", Err(Refusal::UnknownStage)),
        (host, "/_aws/execute-api/http", stage_at(2, "", "/")),
        (host, "/_aws/execute-api/http/$default/pets", stage_at(2, "", "/pets")),
        (host, "/_aws/execute-api/http/%24default", stage_at(2, "", "/")),
        (host, "/_aws/execute-api/http/$defaults", stage_at(2, "", "/$defaults")),
        (host, "/_aws/execute-api/http/dev/pets", stage_at(3, "/dev", "/pets")),
        (host, "/_aws/execute-api/http/pets", stage_at(2, "", "/pets")),
        (host, "/_aws/execute-api/REST/prod/pets", Err(Refusal::UnknownApi)),
        (host, "/restapis/rest/dev/_user_request_/pets", stage_at(1, "/dev", "/pets")),
        (host, "/restapis/rest/dev/_user_request_", stage_at(1, "/dev", "/")),
        (host, "/restapis/rest/test/_user_request_/x", Err(Refusal::UnknownStage)),
        (host, "/restapis/http/dev/_user_request_/pets", Err(Refusal::UnknownApi)),
        (host, "/restapis/rest/dev/other", stage_at(0, "", "/restapis/rest/dev/other")),
    ]);
}

#[test]
fn a_host_is_at_most_253_bytes_long() {
    let domains = compiled(&installation());
    let long = "a".repeat(254);
    assert_eq!(found(&domains, &long, "/", None), Err(Refusal::HostTooLong));
    assert_eq!(found(&domains, &long[1..], "/", None), Err(Refusal::NoMapping));
    assert_eq!(
        found(&domains, &format!("{}:8080", &long[1..]), "/", None),
        Err(Refusal::NoMapping)
    );
}

#[test]
fn every_fault_is_reported_at_once() {
    let mut installation = installation();
    installation.stages.extend([
        rest("rest", "prod"),
        http("rest", "test"),
        rest("rest", "$default"),
        rest("rest", "a b"),
        rest("Rest.X", "prod"),
    ]);
    installation.mappings = vec![
        mapping("api.example.com", "x", ("rest", "nowhere")),
        mapping("api.example.com", "y", ("rest", "prod")),
        mapping("api.example.com", "y", ("rest", "dev")),
        mapping("api.example.com", "a//b", ("rest", "dev")),
        mapping("api.example.com", "a?b", ("rest", "dev")),
        mapping("Api.example.com", "", ("rest", "dev")),
        mapping("a.execute-api.x", "", ("rest", "dev")),
    ];
    let mut problems = Vec::new();
    compile(&installation, &mut problems);
    assert!(problems.iter().all(|problem| problem.severity == Severity::Error));
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    let parts = [
        "stage \"prod\" of api \"rest\" is there twice",
        "both a REST API and an HTTP API",
        "only HTTP APIs have a stage \"$default\"",
        "stage name \"a b\"",
        "api id \"Rest.X\"",
        "no stage \"nowhere\" of api \"rest\"",
        "empty segment or a dot segment",
        "a base path holds only",
        "not a host name in lower case",
        "form of a default endpoint",
        "maps \"/y\" twice",
    ];
    assert_eq!(messages.len(), parts.len(), "{messages:#?}");
    for (message, part) in messages.iter().zip(parts) {
        assert!(message.contains(part), "{message} lacks {part}");
    }
}

/// The mapping with the longest base path that the reference lets take `path`, and its length.
fn oracle(base_paths: &[String], path: &str) -> Option<(usize, usize)> {
    let is_multi_level = base_paths.iter().any(|base_path| base_path.contains('/'));
    let rest = path.strip_prefix('/')?;
    let segment = rest.split('/').next()?;
    let fits = |base_path: &str| match (base_path.is_empty(), is_multi_level) {
        (true, _) => true,
        (false, true) => rest.starts_with(base_path),
        (false, false) => segment == base_path,
    };
    let fitting = base_paths.iter().enumerate().filter(|(_, base_path)| fits(base_path));
    let (position, base_path) = fitting.max_by_key(|(_, base_path)| base_path.len())?;
    Some((position, if base_path.is_empty() { 0 } else { 1 + base_path.len() }))
}

proptest! {
    #[test]
    fn mappings_agree_with_comparing_every_base_path(
        base_paths in prop::collection::btree_set("([ab]{1,2}(/[ab]{1,2}){0,2})?", 0..6),
        single_level: bool,
        path in "/[ab]{0,3}(/[ab]{1,2}){0,3}/?",
        escapes: u16,
    ) {
        let is_wanted = |base_path: &String| !single_level || !base_path.contains('/');
        let base_paths: Vec<String> = base_paths.into_iter().filter(is_wanted).collect();
        let stages = (0..base_paths.len()).map(|n| rest("api", &format!("s{n}"))).collect();
        let mappings = base_paths.iter().enumerate();
        let mappings = mappings.map(|(n, base)| mapping("*", base, ("api", &format!("s{n}"))));
        let installation =
            Installation { stages, mappings: mappings.collect(), ..Installation::default() };
        let domains = compiled(&installation);
        let expected = oracle(&base_paths, &path).map(|(position, len)| {
            let rest = if path.len() == len { "/" } else { &path[len..] };
            (u32::try_from(position).expect("few"), path[..len].to_owned(), rest.to_owned())
        });
        prop_assert_eq!(found(&domains, "", &path, None).ok(), expected.clone());
        // Spelled with escapes, the same mapping takes the path.
        let spelled: String = path.chars().enumerate().map(|(n, letter)| {
            let is_escaped = letter != '/' && escapes >> (n % 16) & 1 == 1;
            if is_escaped { format!("%{:02X}", u32::from(letter)) } else { letter.to_string() }
        }).collect();
        let stage = found(&domains, "", &spelled, None).ok().map(|(stage, ..)| stage);
        prop_assert_eq!(stage, expected.map(|(stage, ..)| stage));
    }

    #[test]
    fn no_authority_and_no_path_make_it_panic(authority: Vec<u8>, path: Vec<u8>) {
        let domains = compiled(&installation());
        let path = [b"/", path.as_slice()].concat();
        for authority in [authority.as_slice(), b"rest.execute-api.x", b"multi.example.com"] {
            if let Ok(located) = super::locate_at(authority, || None, &path, &domains) {
                prop_assert!(!located.path().is_empty());
            }
        }
    }
}
