//! Do requests reach the methods that AWS routes them to?

use proptest::prelude::*;

use crate::context::ApiKind;
use crate::definition::{MethodVerb, Place, Problem, Severity};
use crate::message::Verb;

use super::{Candidate, Declared, MethodIndex, Refusal, Router, Verdict, compile, route, why};

/// `GET /pets/{id}` as a declaration.
fn declared(key: &str) -> Declared<'_> {
    let Some((verb, path)) = key.split_once(' ') else {
        return Declared { verb: None, path: "", place: Place::NONE };
    };
    let verb = match verb {
        "ANY" => MethodVerb::Any,
        verb => MethodVerb::Verb(Verb::from_bytes(verb.as_bytes())),
    };
    Declared { verb: Some(verb), path, place: Place::NONE }
}

fn compiled(kind: ApiKind, keys: &[&str]) -> (Router, Vec<Problem>) {
    let mut problems = Vec::new();
    let declared: Vec<Declared<'_>> = keys.iter().map(|key| declared(key)).collect();
    (compile(kind, &declared, &mut problems), problems)
}

/// The key and the captured values of the route that takes `request`, such as `GET /pets/1`.
fn taken(router: &Router, request: &str) -> Result<(String, Vec<String>), Refusal> {
    let (verb, path) = request.split_once(' ').expect("a verb and a path");
    let routed = route(router, Verb::from_bytes(verb.as_bytes()), path.as_bytes())?;
    let text = |value: &&[u8]| String::from_utf8_lossy(value).into_owned();
    let values = routed.path_parameters().iter().map(text).collect();
    Ok((router.routes()[routed.method().position()].key(), values))
}

/// `expected` is a route key with its values behind it, or a refusal.
fn check(kind: ApiKind, keys: &[&str], cases: &[(&str, Result<&[&str], Refusal>)]) {
    let (router, _) = compiled(kind, keys);
    for (request, expected) in cases {
        let found = taken(&router, request).map(|(key, values)| [vec![key], values].concat());
        let expected = expected.map(|parts| parts.iter().map(ToString::to_string).collect());
        assert_eq!(found, expected, "{request}");
    }
}

const NO_PATH: Result<&[&str], Refusal> = Err(Refusal::NoSuchPath);
const NO_VERB: Result<&[&str], Refusal> = Err(Refusal::NoSuchVerb);

#[test]
fn the_guides_rest_example_routes_as_it_says() {
    let keys = ["GET /pets/dog", "GET /pets/{proxy+}", "GET /{proxy+}"];
    check(
        ApiKind::RestApi,
        &keys,
        &[
            ("GET /pets/dog", Ok(&["GET /pets/dog"])),
            ("GET /pets/cats", Ok(&["GET /pets/{proxy+}", "cats"])),
            ("GET /animals", Ok(&["GET /{proxy+}", "animals"])),
            ("GET /pets", Ok(&["GET /{proxy+}", "pets"])),
            ("GET /", NO_PATH),
            ("POST /pets/dog", NO_VERB),
        ],
    );
}

#[test]
fn rest_levels_prefer_literals_then_variables_then_greedy_ones() {
    let keys = ["GET /a/b", "GET /a/{x}", "GET /a/{x}/c", "GET /a/{rest+}", "GET /{y}/b"];
    check(
        ApiKind::RestApi,
        &keys,
        &[
            ("GET /a/b", Ok(&["GET /a/b"])),
            ("GET /a/z", Ok(&["GET /a/{x}", "z"])),
            ("GET /a/z/c", Ok(&["GET /a/{x}/c", "z"])),
            ("GET /a/b/c", Ok(&["GET /a/{x}/c", "b"])),
            ("GET /a/z/d", Ok(&["GET /a/{rest+}", "z/d"])),
            ("GET /z/b", Ok(&["GET /{y}/b", "z"])),
            ("GET /z/c", NO_PATH),
        ],
    );
}

#[test]
fn a_verb_goes_before_any_on_one_resource_only() {
    let keys = ["ANY /a", "GET /a", "GET /{proxy+}", "ANY /b/any", "OPTIONS /{proxy+}"];
    check(
        ApiKind::RestApi,
        &keys,
        &[
            ("GET /a", Ok(&["GET /a"])),
            ("POST /a", Ok(&["ANY /a"])),
            ("PURGE /a", Ok(&["ANY /a"])),
            ("OPTIONS /b/any", Ok(&["ANY /b/any"])),
        ],
    );
}

#[test]
fn a_rest_resource_without_the_verb_leaves_the_request_to_a_less_specific_one() {
    // As measured on the service; see the door.
    let keys = ["ANY /{proxy+}", "GET /jobs/{type}", "OPTIONS /cors_only"];
    check(
        ApiKind::RestApi,
        &keys,
        &[
            ("GET /jobs/reboot", Ok(&["GET /jobs/{type}", "reboot"])),
            ("GET /jobs", Ok(&["ANY /{proxy+}", "jobs"])),
            ("POST /jobs", Ok(&["ANY /{proxy+}", "jobs"])),
            ("POST /jobs/reboot", Ok(&["ANY /{proxy+}", "jobs/reboot"])),
            ("GET /cors_only", Ok(&["ANY /{proxy+}", "cors_only"])),
        ],
    );
    let keys = ["GET /users/{id}", "PATCH /users/me", "GET /things/real", "ANY /things/{proxy+}"];
    check(
        ApiKind::RestApi,
        &keys,
        &[
            ("GET /users/me", Ok(&["GET /users/{id}", "me"])),
            ("PATCH /users/me", Ok(&["PATCH /users/me"])),
            ("POST /users/me", NO_VERB),
            ("POST /things/real", Ok(&["ANY /things/{proxy+}", "real"])),
        ],
    );
    let keys = ["POST /test", "ANY /test/any", "OPTIONS /{proxy+}"];
    check(
        ApiKind::RestApi,
        &keys,
        &[
            ("OPTIONS /test", Ok(&["OPTIONS /{proxy+}", "test"])),
            ("OPTIONS /test/any", Ok(&["ANY /test/any"])),
        ],
    );
}

#[test]
fn rest_apis_merge_slashes_and_keep_them_in_greedy_values() {
    let keys = ["GET /", "GET /pets", "GET /pets/{id}", "GET /files/{path+}"];
    check(
        ApiKind::RestApi,
        &keys,
        &[
            ("GET /", Ok(&["GET /"])),
            ("GET //", Ok(&["GET /"])),
            ("GET /pets/", Ok(&["GET /pets"])),
            ("GET //pets//", Ok(&["GET /pets"])),
            ("GET /pets//7/", Ok(&["GET /pets/{id}", "7"])),
            ("GET /files/a//b/", Ok(&["GET /files/{path+}", "a//b/"])),
            ("GET /files//a", Ok(&["GET /files/{path+}", "a"])),
            ("GET /files", NO_PATH),
            ("GET /files/", NO_PATH),
            ("GET /Pets", NO_PATH),
        ],
    );
}

#[test]
fn the_guides_http_example_routes_as_it_says() {
    let keys = [
        "GET /pets/dog/1",
        "GET /pets/dog/{id}",
        "GET /pets/{proxy+}",
        "ANY /{proxy+}",
        "$default",
    ];
    check(
        ApiKind::HttpApi,
        &keys,
        &[
            ("GET /pets/dog/1", Ok(&["GET /pets/dog/1"])),
            ("GET /pets/dog/2", Ok(&["GET /pets/dog/{id}", "2"])),
            ("GET /pets/cat/1", Ok(&["GET /pets/{proxy+}", "cat/1"])),
            ("POST /test/5", Ok(&["ANY /{proxy+}", "test/5"])),
            ("POST /pets/dog/1", Ok(&["ANY /{proxy+}", "pets/dog/1"])),
            ("GET /", Ok(&["$default"])),
        ],
    );
}

#[test]
fn http_full_matches_go_before_greedy_ones() {
    let keys = ["GET /pets/{proxy+}", "GET /{a}/{b}", "ANY /pets/{proxy+}", "GET /{proxy+}"];
    check(
        ApiKind::HttpApi,
        &keys,
        &[
            ("GET /pets/1", Ok(&["GET /{a}/{b}", "pets", "1"])),
            ("GET /pets/1/2", Ok(&["GET /pets/{proxy+}", "1/2"])),
            ("PUT /pets/1", Ok(&["ANY /pets/{proxy+}", "1"])),
            ("GET /x", Ok(&["GET /{proxy+}", "x"])),
            ("PUT /x", NO_VERB),
        ],
    );
    // The same routes in a REST API go level by level.
    check(ApiKind::RestApi, &keys, &[("GET /pets/1", Ok(&["GET /pets/{proxy+}", "1"]))]);
}

#[test]
fn every_slash_counts_in_http_apis() {
    let keys = ["GET /", "GET /pets", "GET /pets/{id}", "GET /files/{path+}"];
    check(
        ApiKind::HttpApi,
        &keys,
        &[
            ("GET /", Ok(&["GET /"])),
            ("GET /pets", Ok(&["GET /pets"])),
            ("GET /pets/", NO_PATH),
            ("GET //pets", NO_PATH),
            ("GET /pets//", NO_PATH),
            ("GET /pets/7", Ok(&["GET /pets/{id}", "7"])),
            ("GET /files/", NO_PATH),
            ("GET /files//", Ok(&["GET /files/{path+}", "/"])),
            ("GET /files/a/", Ok(&["GET /files/{path+}", "a/"])),
            ("GET //", NO_PATH),
            ("POST /pets", NO_VERB),
        ],
    );
}

#[test]
fn an_escape_can_not_slip_past_a_literal() {
    let keys = ["GET /admin:op", "GET /{proxy+}", "GET /café/{id}"];
    for kind in [ApiKind::RestApi, ApiKind::HttpApi] {
        check(
            kind,
            &keys,
            &[
                ("GET /admin%3Aop", Ok(&["GET /admin:op"])),
                ("GET /caf%C3%A9/a%2Fb", Ok(&["GET /café/{id}", "a%2Fb"])),
                ("GET /admin:op%2F", Ok(&["GET /{proxy+}", "admin:op%2F"])),
                ("GET /admin%253Aop", Ok(&["GET /{proxy+}", "admin%253Aop"])),
            ],
        );
    }
}

#[test]
fn what_a_multi_level_mapping_leaves_is_routed_without_its_slash() {
    for kind in [ApiKind::RestApi, ApiKind::HttpApi] {
        check(kind, &["GET /andmore/{id}"], &[("GET andmore/7", Ok(&["GET /andmore/{id}", "7"]))]);
    }
}

#[test]
fn more_than_eight_values_are_captured() {
    let path: String = (0..12).map(|n| format!("/{{v{n}}}")).collect();
    let (router, _) = compiled(ApiKind::RestApi, &[&format!("GET {path}")]);
    let (_, values) = taken(&router, "GET /a/b/c/d/e/f/g/h/i/j/k/l").expect("it fits");
    assert_eq!(values.concat(), "abcdefghijkl");
    assert_eq!(router.routes()[0].variables().last(), Some("v11"));
}

#[test]
fn routes_that_take_the_same_requests_are_reported() {
    for (kind, keys, part) in [
        (ApiKind::RestApi, ["GET /a/{x}", "GET /a/{y}"], "same requests as \"GET /a/{x}\""),
        (ApiKind::RestApi, ["GET /pets", "GET /pets/"], "same requests as \"GET /pets\""),
        (ApiKind::HttpApi, ["ANY /{x+}", "ANY /{y+}"], "same requests as \"ANY /{x+}\""),
        (ApiKind::HttpApi, ["$default", "$default"], "same requests as \"$default\""),
        (ApiKind::HttpApi, ["GET /a", "GET /a/"], "ends with"),
    ] {
        let (_, problems) = compiled(kind, &keys);
        let errors: Vec<_> = problems.iter().filter(|p| p.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{keys:?} {problems:?}");
        assert!(errors[0].message.contains(part), "{}", errors[0].message);
    }
}

#[test]
fn what_the_service_would_refuse_is_served_with_a_warning() {
    for (keys, part) in [
        (["GET /a/{x}", "GET /a/{y}/b"], "\"{y}\" because its sibling \"{x}\""),
        (["GET /{x}", "GET /{proxy+}"], "\"{proxy+}\" because its sibling \"{x}\""),
        (["GET /@me", "GET /you"], "path part \"@me\""),
    ] {
        let (_, problems) = compiled(ApiKind::RestApi, &keys);
        assert_eq!(problems.len(), 1, "{keys:?} {problems:?}");
        assert_eq!(problems[0].severity, Severity::Warning);
        assert!(problems[0].message.contains(part), "{}", problems[0].message);
        assert_eq!(compiled(ApiKind::HttpApi, &keys).1, [], "{keys:?}");
    }
}

fn explained(kind: ApiKind, keys: &[&str], request: &str) -> Vec<String> {
    let (router, _) = compiled(kind, keys);
    let (verb, path) = request.split_once(' ').expect("a verb and a path");
    let line = |candidate: &Candidate| {
        format!("{}: {}", router.routes()[candidate.route.position()].key(), candidate.verdict)
    };
    why(&router, Verb::from_bytes(verb.as_bytes()), path.as_bytes()).iter().map(line).collect()
}

#[test]
fn each_route_says_why_it_lost() {
    let keys = [
        "ANY /{proxy+}",
        "GET /pets/{id}",
        "ANY /pets/dog",
        "GET /pets/dog",
        "POST /pets/dog",
        "GET /pets/dog/toys",
        "GET /pets",
        "GET /cats/{id}",
    ];
    let expected = [
        "GET /pets/dog: takes the request",
        "ANY /{proxy+}: fits, but a literal goes before a greedy variable at segment 1 (GET /pets/dog)",
        "GET /pets/{id}: fits, but a literal goes before a variable at segment 2 (GET /pets/dog)",
        "ANY /pets/dog: fits, but the verb's own method goes before ANY (GET /pets/dog)",
        "POST /pets/dog: the path fits, but the verb is not POST",
        "GET /pets/dog/toys: the path has no segment 3 for \"toys\"",
        "GET /pets: the path goes on with \"dog\" at segment 2",
        "GET /cats/{id}: segment 1 is \"pets\", not \"cats\"",
    ];
    assert_eq!(explained(ApiKind::RestApi, &keys, "GET /pets/dog"), expected);
    let keys = ["$default", "GET /a/{x+}", "GET /{y}/{z}", "GET /{x+}"];
    let expected = [
        "GET /{y}/{z}: takes the request",
        "$default: fits, but $default takes what no other route takes (GET /{y}/{z})",
        "GET /a/{x+}: fits, but a full match goes before a greedy one (GET /{y}/{z})",
        "GET /{x+}: fits, but a full match goes before a greedy one (GET /{y}/{z})",
    ];
    assert_eq!(explained(ApiKind::HttpApi, &keys, "GET /a/b"), expected);
}

/// Scores every route by the table at the door; the least score wins.
fn oracle(kind: ApiKind, keys: &[String], verb: &str, path: &str) -> Option<(usize, Vec<String>)> {
    let scored = keys.iter().enumerate().filter_map(|(position, key)| {
        let Some((own_verb, own_path)) = key.split_once(' ') else {
            return Some(((2, vec![], false), position, vec![]));
        };
        let values = oracle_values(kind, own_path, path)?;
        let is_any = own_verb == "ANY";
        let ranks: Vec<u8> = own_path.split('/').map(oracle_rank).collect();
        let is_late = kind == ApiKind::HttpApi && ranks.contains(&2);
        let score = (u8::from(is_late), ranks, is_any);
        (is_any || own_verb == verb).then_some((score, position, values))
    });
    scored.min().map(|(_, position, values)| (position, values))
}

fn oracle_rank(segment: &str) -> u8 {
    if segment.ends_with("+}") { 2 } else { u8::from(segment.starts_with('{')) }
}

/// Eats the path from the left, one segment of the route at a time.
fn oracle_values(kind: ApiKind, route: &str, path: &str) -> Option<Vec<String>> {
    let eats_slashes = |rest: &str| match kind {
        ApiKind::RestApi => rest.trim_start_matches('/').to_owned(),
        ApiKind::HttpApi => rest.strip_prefix('/').unwrap_or(rest).to_owned(),
    };
    let mut values = Vec::new();
    let mut rest = path.to_owned();
    for segment in route.split('/').skip(1).filter(|segment| !segment.is_empty()) {
        rest = eats_slashes(&rest);
        let (head, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        match oracle_rank(segment) {
            0 if head == segment => {}
            1 if !head.is_empty() => values.push(head.to_owned()),
            2 if !rest.is_empty() => return Some([values, vec![rest]].concat()),
            _ => return None,
        }
        rest = tail.to_owned();
    }
    let is_at_end = match kind {
        ApiKind::RestApi => eats_slashes(&rest).is_empty(),
        ApiKind::HttpApi => rest.is_empty() || (route == "/" && rest == "/"),
    };
    is_at_end.then_some(values)
}

fn any_key() -> impl Strategy<Value = String> {
    let segment = prop_oneof![3 => "[ab]", 2 => Just("{x}".to_owned())];
    let path =
        (prop::collection::vec(segment, 0..4), any::<bool>()).prop_map(|(segments, greedy)| {
            let end = if greedy { "{rest+}" } else { "" };
            let named = segments.iter().enumerate().map(|(n, s)| s.replace('x', &format!("x{n}")));
            let path = named.chain([end.to_owned()]).collect::<Vec<_>>().join("/");
            format!("/{}", path.trim_end_matches('/'))
        });
    let verb = prop_oneof![Just("GET"), Just("POST"), Just("ANY")];
    prop_oneof![
        12 => (verb, path).prop_map(|(verb, path)| format!("{verb} {path}")),
        1 => Just("$default".to_owned()),
    ]
}

fn any_keys(kind: ApiKind) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(any_key(), 0..16).prop_map(move |keys| {
        keys.into_iter().filter(|key| kind == ApiKind::HttpApi || key != "$default").collect()
    })
}

fn any_case() -> impl Strategy<Value = (ApiKind, Vec<String>, String, String)> {
    prop_oneof![Just(ApiKind::RestApi), Just(ApiKind::HttpApi)].prop_flat_map(|kind| {
        let verb = prop_oneof![Just("GET".to_owned()), Just("PUT".to_owned())];
        (Just(kind), any_keys(kind), verb, "(/[abc]|/|/%3A){0,5}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_tree_agrees_with_scoring_every_route((kind, keys, verb, path) in any_case()) {
        let borrowed: Vec<&str> = keys.iter().map(String::as_str).collect();
        let (router, _) = compiled(kind, &borrowed);
        let routed = route(&router, Verb::from_bytes(verb.as_bytes()), path.as_bytes()).ok();
        let found = routed.map(|routed| {
            let text = |value: &&[u8]| String::from_utf8_lossy(value).into_owned();
            (routed.method().position(), routed.path_parameters().iter().map(text).collect())
        });
        prop_assert_eq!(found, oracle(kind, &keys, &verb, &path));
    }

    #[test]
    fn explanations_agree_with_the_router((kind, keys, verb, path) in any_case()) {
        let borrowed: Vec<&str> = keys.iter().map(String::as_str).collect();
        let (router, _) = compiled(kind, &borrowed);
        let verb = Verb::from_bytes(verb.as_bytes());
        let candidates = why(&router, verb, path.as_bytes());
        prop_assert_eq!(candidates.len(), keys.len());
        let fits = |c: &&Candidate| matches!(c.verdict, Verdict::Wins | Verdict::LessSpecific { .. });
        let saw_path = candidates.iter().any(|c| matches!(c.verdict, Verdict::OtherVerb { .. }));
        match route(&router, verb, path.as_bytes()) {
            Ok(routed) => {
                let first = Candidate { route: routed.method(), verdict: Verdict::Wins };
                prop_assert_eq!(candidates.first(), Some(&first));
            }
            Err(refusal) => {
                prop_assert_eq!(candidates.iter().filter(fits).count(), 0);
                prop_assert_eq!(refusal == Refusal::NoSuchVerb, saw_path);
            }
        }
    }

    #[test]
    fn no_path_makes_it_panic(path: Vec<u8>) {
        for kind in [ApiKind::RestApi, ApiKind::HttpApi] {
            let (router, _) = compiled(kind, &["GET /a/{x}", "GET /{x}/{y+}"]);
            let _ = route(&router, Verb::Get, &path);
            prop_assert_eq!(why(&router, Verb::Get, &path).len(), 2);
        }
    }
}

#[test]
fn ten_thousand_routes_are_each_found() {
    let keys: Vec<String> = (0..10_000).map(|n| format!("GET /r{n}/{{id}}/s{}", n % 7)).collect();
    let borrowed: Vec<&str> = keys.iter().map(String::as_str).collect();
    let (router, problems) = compiled(ApiKind::RestApi, &borrowed);
    assert_eq!(problems, []);
    for n in (0..10_000_u32).step_by(97) {
        let path = format!("/r{n}/x/s{}", n % 7);
        let routed = route(&router, Verb::Get, path.as_bytes()).expect("it was declared");
        assert_eq!(routed.method(), MethodIndex(n));
    }
}

#[test]
fn a_tree_built_to_branch_everywhere_still_answers() {
    // A literal and a variable side by side on ten levels: a path of literals fits all 1,024
    // ways down, and ends nowhere.
    let ways = (0..1_024_u32).map(|way| {
        let segment = |level: u32| match way >> level & 1 {
            1 => "/a".to_owned(),
            _ => format!("/{{v{level}}}"),
        };
        format!("GET {}/end", (0..10).map(segment).collect::<String>())
    });
    let keys: Vec<String> = ways.collect();
    let borrowed: Vec<&str> = keys.iter().map(String::as_str).collect();
    for kind in [ApiKind::RestApi, ApiKind::HttpApi] {
        let (router, _) = compiled(kind, &borrowed);
        let miss = format!("GET {}/elsewhere", "/a".repeat(10));
        assert_eq!(taken(&router, &miss), Err(Refusal::NoSuchPath));
        let hit = format!("GET /b{}/end", "/a".repeat(9));
        let values = taken(&router, &hit).expect("one way leads there").1;
        assert_eq!(values, ["b"]);
        let deep = format!("GET {}", "/a".repeat(5_000));
        assert_eq!(taken(&router, &deep), Err(Refusal::NoSuchPath));
    }
}

#[test]
fn every_verb_is_matched_by_any_and_by_itself_only() {
    let verbs = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    for kind in [ApiKind::RestApi, ApiKind::HttpApi] {
        for verb in verbs {
            let key = format!("{verb} /a");
            let (own, _) = compiled(kind, &[&key]);
            let (any, _) = compiled(kind, &["ANY /a"]);
            for asked in verbs.into_iter().chain(["PURGE", "get"]) {
                let request = format!("{asked} /a");
                assert_eq!(taken(&own, &request).is_ok(), asked == verb, "{key} {request}");
                assert!(taken(&any, &request).is_ok(), "{request}");
            }
        }
    }
}
