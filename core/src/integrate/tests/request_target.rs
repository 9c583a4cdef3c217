//! Which path and query reach a backend?

use proptest::prelude::*;

use super::{compiled, integration_of, target, with_parameters};
use crate::context::testing::Exchange;
use crate::definition::IntegrationKind;
use crate::integrate::{Integration, Refusal};
use crate::message::percent::decode_component_into;

#[test]
fn path_variables_keep_their_structure() {
    let check = |value: &'static str, expected: Result<&str, Refusal>| {
        let exchange = Exchange::new("GET /", &[]).with_path(&[("id", value)]);
        let rest = with_parameters(
            &exchange,
            "http://b/a/{id}/z",
            &[("integration.request.path.id", "method.request.path.id")],
        );
        let expected = expected.map(str::to_owned);
        assert_eq!(target(&exchange, &rest), expected, "{value}");
        let exchange = exchange.http_api();
        let http = with_parameters(&exchange, "http://b/a/{id}/z", &[]);
        assert_eq!(target(&exchange, &http), expected, "{value}");
    };
    check("7", Ok("/a/7/z"));
    check("a%2Fb", Ok("/a/a%2Fb/z"));
    check("a/b%20c", Ok("/a/a/b%20c/z"));
    check("a%3Fb%23c", Ok("/a/a%3Fb%23c/z"));
    check("a\"<>b", Ok("/a/a%22%3C%3Eb/z"));
    check("100%", Ok("/a/100%25/z"));
    check("..", Err(Refusal::DotSegment));
    check("%2E%2E", Err(Refusal::DotSegment));
    check("..%2Fadmin", Err(Refusal::DotSegment));
    check("x%2F..%5Cadmin", Err(Refusal::DotSegment));
    check("..;x", Err(Refusal::DotSegment));
    check("...", Ok("/a/.../z"));
    check("%252E%252E", Ok("/a/%252E%252E/z"));
}

#[test]
fn mapped_values_in_a_path_are_one_segment() {
    let check = |query: &str, expected: Result<&str, Refusal>| {
        let exchange = Exchange::new(&format!("GET /?q={query}"), &[]);
        let proxy = with_parameters(
            &exchange,
            "http://b/{q}.json",
            &[("integration.request.path.q", "method.request.querystring.q")],
        );
        let found = target(&exchange, &proxy);
        let found = found.as_ref().map(|t| t.split('?').next().unwrap_or_default());
        assert_eq!(found.map_err(|refusal| *refusal), expected, "{query}");
    };
    check("plain", Ok("/plain.json"));
    check("a/b", Ok("/a%2Fb.json"));
    check("a%2Fb", Ok("/a%2Fb.json"));
    check("..%2F..%2Fetc", Err(Refusal::DotSegment));
    check("a%3Fb", Ok("/a%3Fb.json"));
    check("a%0d%0aX:y", Ok("/a%0D%0AX:y.json"));
}

#[test]
fn a_value_beside_text_cannot_make_a_dot_segment() {
    let exchange = Exchange::new("GET /", &[]).with_path(&[("id", ".")]).http_api();
    let proxy = with_parameters(&exchange, "http://b/a/{id}./c", &[]);
    assert_eq!(target(&exchange, &proxy), Err(Refusal::DotSegment));
}

#[test]
fn rest_queries_are_joined_with_what_is_mapped() {
    let check = |client: &str, uri: &str, parameters: &[(&str, &str)], expected: &str| {
        let exchange = Exchange::new(&format!("GET /p{client}"), &[]).with_path(&[("id", "p%267")]);
        let proxy = with_parameters(&exchange, uri, parameters);
        assert_eq!(target(&exchange, &proxy).as_deref(), Ok(expected), "{client} {uri}");
    };
    check("", "http://b/x", &[], "/x");
    check("?", "http://b/x", &[], "/x");
    check("?a=1&a=2&b", "http://b/x", &[], "/x?a=1&a=2&b");
    check("?a=1;b=2", "http://b/x", &[], "/x?a=1&b=2");
    check("?a=%20%&b=\"", "http://b/x", &[], "/x?a=%20%25&b=%22");
    check("?a=1", "http://b/x?k=v", &[], "/x?k=v&a=1");
    check("", "http://b?k=v|w", &[], "/?k=v%7Cw");
    let to_a = "integration.request.querystring.a";
    check("?a=1", "http://b/x", &[(to_a, "'2'")], "/x?a=1&a=2");
    check("", "http://b/x", &[(to_a, "method.request.path.id")], "/x?a=p%267");
    check(
        "?q=1&q=2",
        "http://b/x",
        &[(to_a, "method.request.multivaluequerystring.q")],
        "/x?q=1&q=2&a=1&a=2",
    );
    check("?q=1&q=2", "http://b/x", &[(to_a, "method.request.querystring.q")], "/x?q=1&q=2&a=2");
    check("", "http://b/x", &[(to_a, "method.request.querystring.q")], "/x");
    check("", "http://b/x", &[(to_a, "'pre%20encoded'")], "/x?a=pre%20encoded");
}

#[test]
fn the_default_route_appends_the_path() {
    let check = |uri: &str, expected: &str| {
        let mut exchange = Exchange::new("GET /pets/7%2F8?x=1", &[]).http_api();
        exchange.method.route_key = "$default".into();
        let proxy = with_parameters(&exchange, uri, &[]);
        assert_eq!(target(&exchange, &proxy).as_deref(), Ok(expected), "{uri}");
    };
    check("http://b", "/pets/7%2F8?x=1");
    check("http://b/", "/pets/7%2F8?x=1");
    check("http://b/base", "/base/pets/7%2F8?x=1");
    check("http://b/base/?k=v", "/base/pets/7%2F8?k=v&x=1");
}

#[test]
fn an_http_api_can_overwrite_the_path() {
    let check = |value: &str, expected: &str| {
        let exchange = Exchange::new("GET /pets/7", &[("x-a", "a/b")])
            .http_api()
            .with_path(&[("id", "7%2F8")]);
        let proxy = with_parameters(&exchange, "http://b/base", &[("overwrite:path", value)]);
        assert_eq!(target(&exchange, &proxy).as_deref(), Ok(expected), "{value}");
    };
    check("$request.path", "/pets/7");
    check("/static/${request.path.id}/x", "/static/7%2F8/x");
    check("$request.path.id", "/7%2F8");
    check("/v2${request.path}", "/v2/pets/7");
    check("$request.header.x-a", "/a%2Fb");
}

#[test]
fn stage_variables_are_put_into_uris() {
    let check = |uri: &str, authority: &str, path: &str| {
        let exchange = Exchange::new("GET /", &[]);
        let mut integration = integration_of(IntegrationKind::HttpProxy);
        integration.uri = Some(uri.into());
        let (Some(Integration::HttpProxy(proxy)), targets, _) = compiled(&exchange, &integration)
        else {
            panic!("{uri}")
        };
        assert_eq!(targets[0].authority, authority, "{uri}");
        assert_eq!(target(&exchange, &proxy).as_deref(), Ok(path), "{uri}");
    };
    check("http://b/${stageVariables.tone}/x", "b", "/warm/x");
    check("http://b/a${stageVariables.none}b", "b", "/ab");
    check("http://${stageVariables.host_part}.example.com:8080/", "north.example.com:8080", "/");
}

/// The path's segments, decoded once more, as a careless backend reads them.
fn segments(path: &str) -> Vec<Vec<u8>> {
    let mut decoded = Vec::new();
    decode_component_into(path.as_bytes(), &mut decoded);
    decoded.split(|byte| matches!(byte, b'/' | b'\\')).map(<[u8]>::to_vec).collect()
}

proptest! {
    #[test]
    fn no_client_byte_leaves_its_place_in_the_target(
        value in "[a-z./%2EefF5cC;?# \"\\\\]{0,12}", query in "[a-z.%&;=+#? \"<]{0,20}", http_api in any::<bool>(),
    ) {
        let value: &'static str = value.leak();
        let mut exchange = Exchange::new(&format!("GET /?q={query}"), &[]).with_path(&[("id", value)]);
        let to_path = [("integration.request.path.id", "method.request.path.id")];
        let mapped = [("integration.request.path.id", "method.request.querystring.q")];
        let proxies = match http_api {
            true => {
                exchange = exchange.http_api();
                vec![with_parameters(&exchange, "http://b/before/{id}/after", &[])]
            }
            false => vec![
                with_parameters(&exchange, "http://b/before/{id}/after", &to_path),
                with_parameters(&exchange, "http://b/before/{id}/after", &mapped),
            ],
        };
        for proxy in proxies {
            let Ok(target) = target(&exchange, &proxy) else { continue };
            let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte);
            prop_assert!(target.bytes().all(is_allowed), "{target}");
            let path = target.split('?').next().unwrap_or_default();
            prop_assert!(path.starts_with("/before/") && path.ends_with("/after"), "{path}");
            let segments = segments(path);
            prop_assert!(!segments.iter().any(|s| matches!(s.as_slice(), b"." | b"..")), "{path}");
        }
    }
}
