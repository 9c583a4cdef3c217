//! Does a snapshot hold what was written, and does it share what did not change?

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use crate::definition::{
    Api, BasePathMapping, ConnectionType, ContentHandling, EndpointType, HttpApi, Installation,
    Integration, IntegrationKind, IntegrationResponse, Method, MethodResponse, MethodVerb, Place,
    Problem, RequestValidator, Resource, RestApi, Route, RouteKey, Severity, Stage,
};
use crate::message::Verb;
use crate::{locate, route};

use super::compile::target_of;
use super::{MethodDefinition, Rules, Snapshot, compile, methods_of};

const GET: MethodVerb = MethodVerb::Verb(Verb::Get);

/// A place that tells one thing from another.
fn at(start: u32) -> Place {
    Place { document: 0, start, end: start + 1 }
}

fn proxy(uri: &str) -> Integration {
    Integration {
        uri: Some(uri.to_owned()),
        http_method: Some("GET".to_owned()),
        ..Integration::new(IntegrationKind::HttpProxy)
    }
}

fn method(integration: Integration, start: u32) -> Method {
    Method { integration: Some(integration), place: at(start), ..Method::default() }
}

fn resource(path: &str, method: Method) -> Resource {
    Resource { path: path.to_owned(), methods: [(GET, method)].into(), place: at(0) }
}

fn rest(id: &str, resources: Vec<Resource>) -> Api {
    Api::Rest(RestApi { id: id.to_owned(), resources, ..RestApi::default() })
}

fn stage(api: Api, name: &str) -> Stage {
    Stage {
        api,
        name: name.to_owned(),
        deployment_id: "dep1".to_owned(),
        variables: BTreeMap::new(),
        access_log_format: None,
        place: at(1),
    }
}

fn installation(stages: Vec<Stage>) -> Installation {
    Installation {
        account_id: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        stages,
        mappings: Vec::new(),
    }
}

fn pets(uri: &str) -> Stage {
    let resources = vec![
        resource("/pets", method(proxy(uri), 10)),
        resource("/pets/{petId}", method(proxy(&format!("{uri}/one")), 20)),
    ];
    stage(rest("pets", resources), "prod")
}

fn compiled(installation: &Installation, previous: Option<&Snapshot>) -> Snapshot {
    let (snapshot, problems) = compile(installation, 7, Rules::default(), previous);
    snapshot.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// The errors and warnings of one stage, as severity, start of the place, and message.
fn problems_of(stage: Stage) -> Vec<(Severity, u32, String)> {
    let (snapshot, problems) = compile(&installation(vec![stage]), 1, Rules::default(), None);
    let has_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(snapshot.is_none(), has_errors, "{problems:#?}");
    let parts = |problem: Problem| (problem.severity, problem.place.start, problem.message);
    problems.into_iter().map(parts).collect()
}

fn check_refused(stage: Stage, start: u32, message: &str) {
    let expected = vec![(Severity::Error, start, message.to_owned())];
    assert_eq!(problems_of(stage), expected);
}

#[test]
fn an_empty_installation_compiles_to_an_empty_snapshot() {
    let snapshot = compiled(&Installation::default(), None);
    assert_eq!(snapshot.revision, 7);
    assert!(snapshot.stages.is_empty() && snapshot.targets.is_empty());
    assert_eq!(Snapshot::empty().revision, 0);
}

#[test]
fn a_request_finds_its_stage_and_its_method() {
    let mut installation = installation(vec![pets("http://origin.example/pets")]);
    installation.mappings.push(BasePathMapping {
        domain: "*".to_owned(),
        base_path: String::new(),
        api_id: "pets".to_owned(),
        stage: "prod".to_owned(),
    });
    let snapshot = compiled(&installation, None);
    let located = locate::locate_at(b"localhost", || None, b"/pets/7", &snapshot.domains);
    let located = located.expect("the catch-all maps it");
    let stage = snapshot.stage(located.stage()).expect("it was compiled");
    let routed = route::route(&stage.router, Verb::Get, located.path()).expect("it is a route");
    let method = stage.method(routed.method()).expect("it was compiled");
    assert_eq!(method.facts.resource_path, "/pets/{petId}");
    assert_eq!(method.facts.path_parameter_names, ["petId"]);
    assert_eq!(routed.path_parameters(), [b"7"]);
}

#[test]
fn facts_tell_where_an_exchange_belongs() {
    let mut source = pets("http://origin.example");
    source.variables = [("b".to_owned(), "2".to_owned()), ("a".to_owned(), "1".to_owned())].into();
    let snapshot = compiled(&installation(vec![source]), None);
    let stage = &snapshot.stages[0];
    assert_eq!(stage.facts.account_id, "123456789012");
    assert_eq!(stage.facts.region, "us-east-1");
    assert_eq!((stage.facts.api_id.as_str(), stage.facts.stage.as_str()), ("pets", "prod"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(stage.facts.variables, [pair("a", "1"), pair("b", "2")]);
    let ids: Vec<&str> = stage.methods.iter().map(|own| own.facts.resource_id.as_str()).collect();
    assert!(ids.iter().all(|id| id.len() == 10 && id.bytes().all(|b| b.is_ascii_alphanumeric())));
    assert_ne!(ids[0], ids[1]);
    assert_eq!(stage.methods[0].facts.route_key, "");
}

#[test]
fn routes_of_http_apis_have_keys() {
    let route = |key| Route {
        key,
        operation_name: Some("op".to_owned()),
        authorization_type: "NONE".to_owned(),
        integration: Some(proxy("http://origin.example")),
        place: at(5),
    };
    let routes = vec![
        route(RouteKey::Path(MethodVerb::Any, "/a/{x+}".to_owned())),
        route(RouteKey::Default),
    ];
    let api = Api::Http(HttpApi { id: "http".to_owned(), routes, ..HttpApi::default() });
    let snapshot = compiled(&installation(vec![stage(api, "$default")]), None);
    let facts: Vec<_> = snapshot.stages[0].methods.iter().map(|method| &method.facts).collect();
    assert_eq!(facts[0].route_key, "ANY /a/{x+}");
    assert_eq!(facts[0].path_parameter_names, ["x"]);
    assert_eq!(facts[0].operation_name.as_deref(), Some("op"));
    assert_eq!((facts[1].route_key.as_str(), facts[1].resource_id.as_str()), ("$default", ""));
}

#[test]
fn integration_types_of_later_versions_are_refused_by_name() {
    for (kind, name) in [
        (IntegrationKind::Aws, "AWS"),
        (IntegrationKind::AwsProxy, "AWS_PROXY"),
        (IntegrationKind::Http, "HTTP"),
    ] {
        let integration = Integration { place: at(30), ..Integration::new(kind) };
        let stage = stage(rest("api", vec![resource("/a", method(integration, 2))]), "prod");
        let message =
            format!("the integration type {name} is not supported by this version of tollgate");
        check_refused(stage, 30, &message);
    }
    let integration = Integration {
        connection_type: ConnectionType::VpcLink,
        place: at(30),
        ..proxy("http://origin.example")
    };
    let message = "the connection type VPC_LINK is not supported by this version of tollgate";
    check_refused(
        stage(rest("api", vec![resource("/a", method(integration, 2))]), "prod"),
        30,
        message,
    );
}

#[test]
fn http_apis_have_no_mocks() {
    let route = Route {
        key: RouteKey::Default,
        operation_name: None,
        authorization_type: String::new(),
        integration: Some(Integration { place: at(9), ..Integration::new(IntegrationKind::Mock) }),
        place: at(8),
    };
    let api = HttpApi { id: "http".to_owned(), routes: vec![route], ..HttpApi::default() };
    let message = "HTTP APIs have no integrations of type MOCK, only AWS_PROXY and HTTP_PROXY";
    check_refused(stage(Api::Http(api), "$default"), 9, message);
}

#[test]
fn what_guards_a_method_is_never_left_out_in_silence() {
    let guarded = |change: fn(&mut Method)| {
        let mut own = method(proxy("http://origin.example"), 2);
        change(&mut own);
        stage(rest("api", vec![resource("/a", own)]), "prod")
    };
    check_refused(
        guarded(|own| own.authorization_type = "AWS_IAM".to_owned()),
        2,
        "the authorization type AWS_IAM of \"GET /a\" is not supported by this version of tollgate",
    );
    check_refused(
        guarded(|own| own.api_key_required = true),
        2,
        "the API key that \"GET /a\" requires is not supported by this version of tollgate",
    );
    check_refused(
        guarded(|own| own.request_validator = Some("all".to_owned())),
        2,
        "\"GET /a\" names the request validator \"all\", which is not there",
    );
    check_refused(
        guarded(|own| own.integration = None),
        2,
        "no integration is defined for \"GET /a\"",
    );
}

#[test]
fn what_guards_a_whole_api_is_never_left_out_in_silence() {
    let guarded = |change: fn(&mut RestApi)| {
        let resources = vec![resource("/a", method(proxy("http://origin.example"), 2))];
        let mut api = RestApi { id: "api".to_owned(), resources, ..RestApi::default() };
        change(&mut api);
        stage(Api::Rest(api), "prod")
    };
    check_refused(
        guarded(|api| api.policy = Some(("{}".to_owned(), at(5)))),
        5,
        "a resource policy is not supported by this version of tollgate",
    );
    check_refused(
        guarded(|api| api.endpoint_type = Some((EndpointType::Private, at(6)))),
        6,
        "the endpoint type PRIVATE is not supported by this version of tollgate",
    );
    let regional = guarded(|api| api.endpoint_type = Some((EndpointType::Regional, at(6))));
    assert_eq!(problems_of(regional), []);
}

#[test]
fn routes_that_are_guarded_are_refused() {
    for kind in ["AWS_IAM", "CUSTOM", "JWT"] {
        let route = Route {
            key: RouteKey::Default,
            operation_name: None,
            authorization_type: kind.to_owned(),
            integration: Some(proxy("http://origin.example")),
            place: at(8),
        };
        let api = HttpApi { id: "http".to_owned(), routes: vec![route], ..HttpApi::default() };
        let message = format!(
            "the authorization type {kind} of \"$default\" is not supported by this version of \
             tollgate"
        );
        check_refused(stage(Api::Http(api), "$default"), 8, &message);
    }
}

#[test]
fn conversions_are_refused_where_they_would_change_a_payload() {
    use ContentHandling::{ConvertToBinary, ConvertToText};
    let check = |handling, binary_media_types: &[&str], expected: Option<&str>| {
        let integration = Integration {
            content_handling: Some(handling),
            place: at(3),
            ..proxy("http://origin.example")
        };
        let api = RestApi {
            id: "api".to_owned(),
            resources: vec![resource("/a", method(integration, 2))],
            binary_media_types: binary_media_types.iter().map(ToString::to_string).collect(),
            ..RestApi::default()
        };
        let stage = stage(Api::Rest(api), "prod");
        let Some(name) = expected else { return assert_eq!(problems_of(stage), []) };
        let message = format!(
            "contentHandling {name} of a payload is not supported by this version of tollgate"
        );
        check_refused(stage, 3, &message);
    };
    check(ConvertToText, &[], None);
    check(ConvertToText, &["image/*"], Some("CONVERT_TO_TEXT"));
    check(ConvertToBinary, &[], Some("CONVERT_TO_BINARY"));
    check(ConvertToBinary, &["image/*"], Some("CONVERT_TO_BINARY"));
}

#[test]
fn a_mock_answers_text_only() {
    let mock = |handling| {
        let response = IntegrationResponse {
            selection_pattern: None,
            status: 200,
            parameters: BTreeMap::new(),
            templates: Vec::new(),
            content_handling: handling,
            place: at(4),
        };
        let template = ("application/json".to_owned(), "{\"statusCode\": 200}".to_owned());
        let integration = Integration {
            request_templates: vec![template],
            responses: vec![response],
            ..Integration::new(IntegrationKind::Mock)
        };
        let mut own = method(integration, 2);
        own.responses.insert(200, MethodResponse::default());
        stage(rest("api", vec![resource("/a", own)]), "prod")
    };
    assert_eq!(problems_of(mock(None)), []);
    assert_eq!(problems_of(mock(Some(ContentHandling::ConvertToText))), []);
    let message = "contentHandling CONVERT_TO_BINARY of a payload is not supported by this version of tollgate";
    check_refused(mock(Some(ContentHandling::ConvertToBinary)), 4, message);
}

#[test]
fn streamed_responses_are_refused() {
    let integration =
        Integration { streams_response: true, place: at(3), ..proxy("http://origin.example") };
    let message = "the response transfer mode STREAM is not supported by this version of tollgate";
    check_refused(
        stage(rest("api", vec![resource("/a", method(integration, 2))]), "prod"),
        3,
        message,
    );
}

#[test]
fn a_validator_counts_where_it_has_something_to_check() {
    let validated = |change: fn(&mut Method)| {
        let mut own = method(proxy("http://origin.example"), 2);
        own.request_validator = Some("all".to_owned());
        change(&mut own);
        let all = RequestValidator { validates_body: true, validates_parameters: true };
        let api = RestApi {
            id: "api".to_owned(),
            resources: vec![resource("/a", own)],
            request_validators: [("all".to_owned(), all)].into(),
            ..RestApi::default()
        };
        stage(Api::Rest(api), "prod")
    };
    let optional = "method.request.querystring.q".to_owned();
    let message = "the request validator \"all\" of \"GET /a\" is not supported by this version of \
                   tollgate";
    assert_eq!(problems_of(validated(|_| {})), []);
    check_refused(
        validated(|own| own.request_models = [("application/json".into(), "Pet".into())].into()),
        2,
        message,
    );
    let mut stage = validated(|_| {});
    let Api::Rest(api) = &mut stage.api else { unreachable!("it was made so") };
    let own = api.resources[0].methods.get_mut(&GET).expect("it has one");
    own.request_parameters.insert(optional.clone(), false);
    assert_eq!(problems_of(stage.clone()), []);
    let Api::Rest(api) = &mut stage.api else { unreachable!("it was made so") };
    let own = api.resources[0].methods.get_mut(&GET).expect("it has one");
    own.request_parameters.insert(optional, true);
    check_refused(stage, 2, message);
}

#[test]
fn what_changes_nothing_a_client_relies_on_is_a_warning() {
    let mut integration = proxy("http://origin.example");
    integration.cache_key_parameters = vec!["method.request.path.id".to_owned()];
    integration.place = at(3);
    let api = RestApi {
        id: "api".to_owned(),
        resources: vec![resource("/a", method(integration, 2))],
        minimum_compression_size: Some(1024),
        place: at(1),
        ..RestApi::default()
    };
    let problems = problems_of(stage(Api::Rest(api), "prod"));
    let parts: Vec<_> = problems.iter().map(|(severity, start, _)| (*severity, *start)).collect();
    assert_eq!(parts, [(Severity::Warning, 1), (Severity::Warning, 3)], "{problems:#?}");
}

#[test]
fn every_problem_is_told_once_and_in_the_order_of_the_document() {
    let guarded = |path: &str, start| {
        let mut own = method(proxy("http://origin.example"), start);
        own.api_key_required = true;
        resource(path, own)
    };
    let api = rest("api", vec![guarded("/b", 90), guarded("/a", 30), guarded("/c", 60)]);
    let mut broken = stage(api.clone(), "a b");
    broken.place = at(5);
    let stages = vec![stage(api.clone(), "prod"), stage(api, "dev"), broken];
    let (snapshot, problems) = compile(&installation(stages), 1, Rules::default(), None);
    assert!(snapshot.is_none());
    let starts: Vec<u32> = problems.iter().map(|problem| problem.place.start).collect();
    assert_eq!(starts, [5, 30, 60, 90], "{problems:#?}");
}

#[test]
fn a_rest_api_without_methods_is_refused() {
    check_refused(
        stage(Api::Rest(RestApi { id: "api".into(), place: at(4), ..RestApi::default() }), "prod"),
        4,
        "the REST API doesn't contain any methods",
    );
}

#[test]
fn stage_variables_keep_to_their_letters() {
    let mut source = pets("http://origin.example");
    source.variables =
        [("a-b".to_owned(), "x".to_owned()), ("c".to_owned(), "x y".to_owned())].into();
    let problems = problems_of(source);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    for part in ["\"a-b\"", "\"x y\""] {
        assert!(problems.iter().any(|(_, _, message)| message.contains(part)), "{problems:#?}");
    }
    let mut source = pets("http://origin.example");
    source.variables = (0..101).map(|n| (format!("v{n}"), "x".to_owned())).collect();
    check_refused(source, 1, "101 stage variables are more than 100");
}

#[test]
fn unchanged_stages_are_shared() {
    let dev = |uri: &str| Stage { name: "dev".to_owned(), ..pets(uri) };
    let before = installation(vec![pets("http://a.example"), dev("http://b.example")]);
    let first = compiled(&before, None);
    let after = installation(vec![dev("http://c.example"), pets("http://a.example")]);
    let second = compiled(&after, Some(&first));
    assert!(Arc::ptr_eq(&first.stages[0], &second.stages[1]), "its position does not matter");
    assert!(!Arc::ptr_eq(&first.stages[1], &second.stages[0]));
    let elsewhere = Installation { region: "eu-west-1".to_owned(), ..after };
    let third = compiled(&elsewhere, Some(&second));
    assert!(!Arc::ptr_eq(&second.stages[1], &third.stages[1]), "the region is one of its facts");
}

#[test]
fn shared_stages_repeat_their_warnings() {
    let mut source = pets("http://a.example");
    let Api::Rest(api) = &mut source.api else { unreachable!("it was made so") };
    api.minimum_compression_size = Some(0);
    let installation = installation(vec![source]);
    let (first, before) = compile(&installation, 1, Rules::default(), None);
    let (_, after) = compile(&installation, 2, Rules::default(), first.as_ref());
    assert_eq!(before.len(), 1);
    assert_eq!(before, after);
}

#[test]
fn shared_stages_keep_pointing_to_their_targets() {
    let dev =
        |n: usize| Stage { name: "dev".to_owned(), ..pets(&format!("http://dev-{n}.example")) };
    let kept = || pets("http://kept.example");
    let mut snapshot = compiled(&installation(vec![dev(0), kept()]), None);
    let hosts_of = |snapshot: &Snapshot, position: usize| -> Vec<String> {
        let methods = snapshot.stages[position].methods.iter();
        let targets = methods.filter_map(|method| target_of(&method.integration));
        targets.map(|target| snapshot.targets[target.0 as usize].host.clone()).collect()
    };
    for n in 1..200 {
        snapshot = compiled(&installation(vec![dev(n), kept()]), Some(&snapshot));
        assert_eq!(hosts_of(&snapshot, 0), vec![format!("dev-{n}.example"); 2]);
        assert_eq!(hosts_of(&snapshot, 1), ["kept.example", "kept.example"]);
        assert!(snapshot.targets.len() <= 2 * 2 + 64, "{}", snapshot.targets.len());
    }
}

/// What a request can tell of a snapshot: for each route its key and the host it leads to.
fn observed(snapshot: &Snapshot) -> Vec<(String, String)> {
    let stages = snapshot.stages.iter().flat_map(|stage| {
        stage.router.routes().iter().zip(&stage.methods).map(move |(route, method)| {
            let target = target_of(&method.integration).map(|target| target.0 as usize);
            let host = target.and_then(|target| snapshot.targets.get(target));
            let host = host.map(|target| target.host.clone()).unwrap_or_default();
            (format!("{} {}", stage.facts.stage, route.key()), host)
        })
    });
    stages.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn many_small_changes_come_to_what_one_compilation_makes(
        // For each revision: which of six stages there are, and to which of a hundred hosts each leads.
        revisions in prop::collection::vec(prop::collection::btree_map(0..6_u8, 0..100_u8, 0..6), 1..40),
    ) {
        let mut previous: Option<Snapshot> = None;
        for revision in revisions {
            let stages = revision.iter().map(|(stage, host)| Stage {
                name: format!("s{stage}"),
                ..pets(&format!("http://h{host}.example"))
            });
            let installation = installation(stages.collect());
            let snapshot = compiled(&installation, previous.as_ref());
            prop_assert_eq!(observed(&snapshot), observed(&compiled(&installation, None)));
            previous = Some(snapshot);
        }
    }
}

#[test]
fn one_host_that_may_be_link_local_allows_no_other() {
    let metadata = installation(vec![pets("http://169.254.169.254")]);
    let check = |allowed: &[&str], expected: bool| {
        let hosts: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        let rules = Rules { link_local_hosts: &hosts };
        assert_eq!(compile(&metadata, 1, rules, None).0.is_some(), expected, "{allowed:?}");
    };
    check(&[], false);
    check(&["169.254.170.2", "metadata.test"], false);
    check(&["169.254.169.254"], true);
}

#[test]
fn methods_are_counted_in_the_order_of_the_definition() {
    let mut two = resource("/b", method(proxy("http://origin.example"), 1));
    two.methods.insert(MethodVerb::Any, method(proxy("http://origin.example"), 2));
    let api = rest("api", vec![two, resource("/a", method(proxy("http://origin.example"), 3))]);
    let keys: Vec<String> = methods_of(&api).iter().map(MethodDefinition::key).collect();
    assert_eq!(keys, ["GET /b", "ANY /b", "GET /a"]);
    let snapshot = compiled(&installation(vec![stage(api, "prod")]), None);
    let stage = &snapshot.stages[0];
    for (route, method) in stage.router.routes().iter().zip(&stage.methods) {
        assert_eq!(route.path(), method.facts.resource_path);
    }
}

#[test]
fn a_mapping_to_a_stage_that_does_not_compile_is_one_problem_not_two() {
    let mut own = method(proxy("http://origin.example"), 2);
    own.api_key_required = true;
    let mut installation =
        installation(vec![stage(rest("api", vec![resource("/a", own)]), "prod")]);
    installation.mappings.push(BasePathMapping {
        domain: "*".to_owned(),
        base_path: String::new(),
        api_id: "api".to_owned(),
        stage: "prod".to_owned(),
    });
    let (snapshot, problems) = compile(&installation, 1, Rules::default(), None);
    assert!(snapshot.is_none());
    assert_eq!(problems.len(), 1, "{problems:#?}");
}
