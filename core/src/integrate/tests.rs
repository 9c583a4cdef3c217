//! Is the right thing asked of a backend?

use crate::context::testing::{Exchange, IDS};
use crate::definition::{
    self, IntegrationKind, IntegrationResponse, PassthroughBehavior, Place, Problem, Severity,
};
use crate::message::{BodyLength, FieldBlock, KnownName, Verb, Version};
use crate::transform::Surroundings;

use super::{HttpProxy, Integration, Mock, Refusal, Target, Targets, compile};

fn definition(kind: IntegrationKind) -> definition::Integration {
    let mut integration = definition::Integration::new(kind);
    integration.http_method = Some("ANY".into());
    integration.uri = Some("http://backend.example.com/base".into());
    integration
}

fn compiled(
    exchange: &Exchange,
    integration: &definition::Integration,
) -> (Option<Integration>, Vec<Target>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut targets = Targets::new(false);
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let compiled = compile(integration, None, around, &mut targets, &mut problems);
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(compiled.is_none(), has_error, "{problems:?}");
    (compiled, targets.into_list(), problems)
}

fn proxy(exchange: &Exchange, change: impl FnOnce(&mut definition::Integration)) -> HttpProxy {
    let mut integration = definition(IntegrationKind::HttpProxy);
    change(&mut integration);
    match compiled(exchange, &integration) {
        (Some(Integration::HttpProxy(proxy)), _, _) => proxy,
        (other, _, problems) => panic!("no proxy: {other:?} {problems:?}"),
    }
}

fn with_parameters(exchange: &Exchange, uri: &str, parameters: &[(&str, &str)]) -> HttpProxy {
    proxy(exchange, |integration| {
        integration.uri = Some(uri.into());
        integration.request_parameters =
            parameters.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    })
}

/// What compiling says of an integration that cannot be served, or fails on every call.
fn refused(change: impl FnOnce(&mut definition::Integration), message: &str) {
    let mut integration = definition(IntegrationKind::HttpProxy);
    change(&mut integration);
    let (compiled, _, problems) = compiled(&Exchange::new("GET /", &[]), &integration);
    assert!(matches!(compiled, None | Some(Integration::Defect(_))), "{compiled:?}");
    assert!(problems.iter().any(|p| p.message.contains(message)), "{message}: {problems:?}");
}

fn target(exchange: &Exchange, proxy: &HttpProxy) -> Result<String, Refusal> {
    let mut out = Vec::new();
    proxy.write_target(&exchange.facts(), &mut out)?;
    Ok(String::from_utf8(out).expect("a target is ASCII"))
}

fn fields(exchange: &Exchange, proxy: &HttpProxy) -> Vec<(String, String)> {
    let mut block = FieldBlock::default();
    proxy.write_fields(&exchange.facts(), &mut b"left over".to_vec(), &mut block);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    block.pairs().map(|(name, value)| (text(name), text(value))).collect()
}

fn value_of(fields: &[(String, String)], name: &str) -> Option<String> {
    let values: Vec<_> =
        fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
    if values.is_empty() { None } else { Some(values.join("|")) }
}

#[test]
fn a_rest_api_sends_its_own_fields_beside_the_clients() {
    let exchange = Exchange::new("GET /pets/7", &[("X-Mine", "1"), ("x-mine", "2")]);
    let sent = fields(&exchange, &proxy(&exchange, |_| {}));
    let expected = [
        ("Host", "backend.example.com"),
        ("X-Mine", "1"),
        ("x-mine", "2"),
        ("Accept", "application/json"),
        ("User-Agent", "AmazonAPIGateway_abcde12345"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Port", "8443"),
        ("X-Forwarded-Proto", "http"),
        (
            "X-Amzn-Trace-Id",
            "Root=1-552671f0-5a5a5a5a5a5a5a5a5a5a5a5a;Parent=5a5a5a5a5a5a5a5a;Sampled=0",
        ),
        ("X-Amzn-Apigateway-Api-Id", "abcde12345"),
    ];
    assert_eq!(sent, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn every_row_of_the_rest_drop_table_holds() {
    let dropped = [
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-MD5",
        "Expect",
        "HTTP2-Settings",
        "Keep-Alive",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Server",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Via",
        "WWW-Authenticate",
        "X-HTTP-Method-Override",
    ];
    for name in dropped {
        let exchange = Exchange::new("GET /", &[(name, "GET")]);
        let sent = fields(&exchange, &proxy(&exchange, |_| {}));
        assert_eq!(value_of(&sent, name), None, "{name}");
    }
    for name in [
        "User-Agent",
        "Accept-Encoding",
        "Authorization",
        "Date",
        "Accept",
        "Cookie",
        "Origin",
        "Referer",
        "Content-Type",
        "X-Forwarded-Host",
        "X-Api-Key",
        "Pragma",
    ] {
        let exchange = Exchange::new("GET /", &[(name, "probe/2.0")]);
        let sent = fields(&exchange, &proxy(&exchange, |_| {}));
        assert_eq!(value_of(&sent, name).as_deref(), Some("probe/2.0"), "{name}");
    }
}

#[test]
fn what_connection_nominates_does_not_cross() {
    let client = [("Connection", "close, X-Hop"), ("x-hop", "1"), ("X-Hop-2", "2")];
    for exchange in [Exchange::new("GET /", &client), Exchange::new("GET /", &client).http_api()] {
        let sent = fields(&exchange, &proxy(&exchange, |_| {}));
        let names: Vec<_> = sent.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        assert!(!names.contains(&"x-hop".into()) && names.contains(&"x-hop-2".into()), "{names:?}");
    }
}

#[test]
fn host_is_the_backends_and_the_clients_is_not_sent() {
    let exchange = Exchange::new("GET /", &[("Host", "api.example.com")]);
    let sent = fields(&exchange, &proxy(&exchange, |i| i.uri = Some("http://b:9000/".into())));
    assert_eq!(value_of(&sent, "Host").as_deref(), Some("b:9000"));
    let mapped = [("integration.request.header.Host", "'virtual.example.com'")];
    let sent = fields(&exchange, &with_parameters(&exchange, "http://b/", &mapped));
    assert_eq!(value_of(&sent, "Host").as_deref(), Some("virtual.example.com"));
}

#[test]
fn signatures_of_the_gateways_own_are_not_forwarded() {
    let check = |value: &str, expected: bool| {
        let exchange = Exchange::new("GET /", &[("Authorization", value)]);
        let sent = fields(&exchange, &proxy(&exchange, |_| {}));
        assert_eq!(value_of(&sent, "Authorization").is_some(), expected, "{value}");
    };
    check("AWS4-HMAC-SHA256 Credential=x", false);
    check("Bearer x", true);
}

#[test]
fn codings_cross_with_the_body_they_describe() {
    let check = |value: &str, body, expected: bool| {
        let exchange = Exchange::new("POST /", &[("Content-Encoding", value)])
            .with_head(|head| head.body = body);
        let sent = fields(&exchange, &proxy(&exchange, |_| {}));
        assert_eq!(value_of(&sent, "Content-Encoding").is_some(), expected, "{value} {body:?}");
    };
    check("gzip", BodyLength::Sized(10), true);
    check("gzip", BodyLength::Chunked, true);
    check("gzip", BodyLength::None, false);
    check("identity", BodyLength::Sized(10), false);
}

#[test]
fn forwarding_fields_cannot_be_forged() {
    let client = [
        ("X-Forwarded-For", "1.1.1.1"),
        ("X-Forwarded-Port", "1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Amzn-Apigateway-Api-Id", "other"),
    ];
    let exchange = Exchange::new("GET /", &client);
    let sent = fields(&exchange, &proxy(&exchange, |_| {}));
    let check = |name, value: &str| assert_eq!(value_of(&sent, name).as_deref(), Some(value));
    check("X-Forwarded-For", "1.1.1.1, 203.0.113.7");
    check("X-Forwarded-Port", "8443");
    check("X-Forwarded-Proto", "http");
    check("X-Amzn-Apigateway-Api-Id", "abcde12345");
}

#[test]
fn mapped_fields_win_where_they_have_a_value() {
    let client =
        [("x-a", "client"), ("Accept", "text/html"), ("x-other", "o"), ("User-Agent", "u")];
    let exchange = Exchange::new("GET /?q=mapped&bad=%0a", &client);
    let check = |parameters: &[(&str, &str)], name: &str, expected: &str| {
        let sent = fields(&exchange, &with_parameters(&exchange, "http://b/", parameters));
        let lower: Vec<_> =
            sent.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        assert_eq!(value_of(&lower, name).as_deref(), Some(expected), "{parameters:?}");
    };
    let header = "integration.request.header.X-A";
    check(&[(header, "method.request.querystring.q")], "x-a", "mapped");
    check(&[(header, "method.request.querystring.q")], "x-other", "o");
    check(&[(header, "method.request.querystring.none")], "x-a", "client");
    check(&[(header, "method.request.querystring.bad")], "x-a", "client");
    check(&[("integration.request.header.Accept", "'a/b'")], "accept", "a/b");
    check(&[("integration.request.header.user-agent", "'mine'")], "user-agent", "mine");
    check(
        &[("integration.request.header.X-Forwarded-For", "'9.9.9.9'")],
        "x-forwarded-for",
        "9.9.9.9",
    );
    check(
        &[("integration.request.header.X-HTTP-Method-Override", "'PUT'")],
        "x-http-method-override",
        "PUT",
    );
}

#[test]
fn an_http_api_folds_what_it_knows_of_the_client() {
    let client = [
        ("X-Mine", "1"),
        ("Accept", "a"),
        ("X-Forwarded-For", "1.1.1.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil"),
        ("Forwarded", "for=2.2.2.2"),
        ("Via", "1.0 x"),
        ("Content-Encoding", "identity"),
    ];
    let exchange = Exchange::new("GET /pets/7", &client).http_api();
    let sent = fields(&exchange, &proxy(&exchange, |_| {}));
    let expected = [
        ("host", "backend.example.com"),
        ("x-mine", "1"),
        ("accept", "a"),
        ("content-encoding", "identity"),
        (
            "forwarded",
            "for=2.2.2.2, for=1.1.1.1, by=_tollgate;for=203.0.113.7;host=\"abcde12345.execute-api.us-east-1.example.com:8443\";proto=http",
        ),
        ("via", "1.0 x, HTTP/1.1 AmazonAPIGateway"),
        (
            "x-amzn-trace-id",
            "Root=1-552671f0-5a5a5a5a5a5a5a5a5a5a5a5a;Parent=5a5a5a5a5a5a5a5a;Sampled=0",
        ),
    ];
    assert_eq!(sent, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn an_http_api_appends_overwrites_and_removes() {
    let client = [("X-A", "client"), ("X-B", "keep"), ("User-Agent", "u")];
    let exchange = Exchange::new("GET /?a=1&b=2&a=3", &client).http_api();
    let check = |key: &str, value: &str, name: &str, expected: Option<&str>| {
        let proxy = with_parameters(&exchange, "http://b/", &[(key, value)]);
        let sent = fields(&exchange, &proxy);
        assert_eq!(value_of(&sent, name).as_deref(), expected, "{key}");
    };
    check("append:header.X-A", "new", "x-a", Some("client|new"));
    check("overwrite:header.X-A", "new", "x-a", Some("new"));
    check("overwrite:header.X-A", "$request.querystring.none", "x-a", Some("client"));
    check("remove:header.X-A", "''", "x-a", None);
    check("remove:header.x-a", "''", "x-b", Some("keep"));
    check("overwrite:header.User-Agent", "mine", "user-agent", Some("mine"));
    check("remove:header.User-Agent", "", "user-agent", None);
    let check = |key: &str, value: &str, expected: &str| {
        let proxy = with_parameters(&exchange, "http://b/x?u=0", &[(key, value)]);
        assert_eq!(target(&exchange, &proxy).as_deref(), Ok(expected), "{key}");
    };
    check("append:querystring.a", "4 &", "/x?u=0&a=1&b=2&a=3&a=4%20&");
    check("append:querystring.c", "$request.header.x-b", "/x?u=0&a=1&b=2&a=3&c=keep");
    check("overwrite:querystring.a", "$request.header.x-b", "/x?u=0&b=2&a=keep");
    check("overwrite:querystring.a", "$request.header.none", "/x?u=0&a=1&b=2&a=3");
    check("remove:querystring.a", "''", "/x?u=0&b=2");
}

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
        let mut integration = definition(IntegrationKind::HttpProxy);
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

#[test]
fn verbs_are_the_clients_or_the_definitions() {
    let check = |line: &str, method: &str, expected: (Verb, &str)| {
        let exchange = Exchange::new(line, &[]);
        let proxy = proxy(&exchange, |integration| integration.http_method = Some(method.into()));
        let found = proxy.verb(&exchange.facts());
        assert_eq!(found, (expected.0, expected.1.as_bytes()), "{line} {method}");
    };
    check("GET /", "ANY", (Verb::Get, "GET"));
    check("PURGE /", "ANY", (Verb::Other, "PURGE"));
    check("GET /", "POST", (Verb::Post, "POST"));
    let exchange = Exchange::new("POST /", &[("X-HTTP-Method-Override", "PATCH")]);
    assert_eq!(proxy(&exchange, |_| {}).verb(&exchange.facts()).0, Verb::Patch);
    let exchange = exchange.http_api();
    assert_eq!(proxy(&exchange, |_| {}).verb(&exchange.facts()).0, Verb::Post);
}

#[test]
fn only_what_has_no_effect_twice_is_retried() {
    let check = |line: &str, body: u64, expected| {
        let exchange = Exchange::new(line, &[]).with_body(body);
        let proxy = proxy(&exchange, |_| {});
        assert_eq!(proxy.is_retry_safe(&exchange.facts()), expected, "{line} {body}");
    };
    check("GET /", 0, true);
    check("DELETE /", 0, true);
    check("PUT /", 5, false);
    check("POST /", 0, false);
    check("PURGE /", 0, false);
}

#[test]
fn timeouts_have_aws_bounds() {
    let exchange = Exchange::new("GET /", &[]);
    assert_eq!(proxy(&exchange, |_| {}).timeout_ms(), 29_000);
    assert_eq!(proxy(&exchange, |i| i.timeout_ms = Some(50)).timeout_ms(), 50);
    refused(|i| i.timeout_ms = Some(49), "between 50 ms and 29000 ms");
    refused(|i| i.timeout_ms = Some(29_001), "between 50 ms and 29000 ms");
    let exchange = exchange.http_api();
    assert_eq!(proxy(&exchange, |_| {}).timeout_ms(), 30_000);
}

#[test]
fn what_cannot_be_served_says_so() {
    refused(|i| i.kind = IntegrationKind::AwsProxy, "\"AWS_PROXY\" is not supported");
    refused(|i| i.kind = IntegrationKind::Aws, "\"AWS\" is not supported");
    refused(|i| i.kind = IntegrationKind::Http, "\"HTTP\" is not supported");
    refused(|i| i.connection_type = definition::ConnectionType::VpcLink, "VPC_LINK");
    refused(|i| i.http_method = None, "httpMethod");
    refused(|i| i.http_method = Some("FETCH".into()), "\"FETCH\"");
    refused(|i| i.uri = None, "invalid HTTP endpoint");
    refused(|i| i.uri = Some("http://b/../x".into()), "\"..\" segment");
    let mapping = |key: &'static str, value: &'static str, message| {
        refused(|i| drop(i.request_parameters.insert(key.into(), value.into())), message);
    };
    mapping("integration.request.cookie.a", "'x'", "no request parameter");
    mapping("integration.request.header.a b", "'x'", "no header name");
    mapping("integration.request.header.a", "'x\r\ny'", "control character");
    mapping("integration.request.header.a", "method.request.body", "body is not supported");
}

#[test]
fn what_aws_fails_on_compiles_to_a_defect() {
    refused(|i| i.uri = Some("http://${stageVariables.none}/".into()), "Invalid endpoint address");
    refused(|i| i.uri = Some("http://b/{id}".into()), "nothing fills \"{id}\"");
    for name in
        ["Content-Length", "transfer-encoding", "X-Amzn-Trace-Id", "x-amzn-apigateway-api-id"]
    {
        let key = format!("integration.request.header.{name}");
        refused(|i| drop(i.request_parameters.insert(key, "'5'".into())), "header already present");
    }
}

#[test]
fn reserved_headers_of_http_apis_are_refused() {
    for name in ["Authorization", "x-amzn-a", "apigw-x", "Access-Control-Allow-Origin", "Via", "TE"]
    {
        let exchange = Exchange::new("GET /", &[]).http_api();
        let mut integration = definition(IntegrationKind::HttpProxy);
        integration.request_parameters.insert(format!("overwrite:header.{name}"), "x".into());
        let (compiled, _, problems) = compiled(&exchange, &integration);
        assert!(compiled.is_none(), "{name}: {problems:?}");
    }
}

#[test]
fn targets_are_shared() {
    let exchange = Exchange::new("GET /", &[]);
    let mut targets = Targets::new(false);
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    for uri in ["http://B.example.com/1", "http://b.example.com:80/2", "https://b.example.com/"] {
        let mut integration = definition(IntegrationKind::HttpProxy);
        integration.uri = Some(uri.into());
        compile(&integration, None, around, &mut targets, &mut Vec::new());
    }
    let list = targets.into_list();
    assert_eq!(list.len(), 2);
    assert_eq!((list[1].host.as_str(), list[1].port, list[1].is_tls), ("b.example.com", 443, true));
}

#[test]
fn trace_ids_are_continued() {
    let id = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    let exchange = Exchange::new("GET /", &[("x-amzn-trace-id", id)])
        .with_head(|head| head.version = Version::Http2);
    let sent = fields(&exchange, &proxy(&exchange, |_| {}));
    assert_eq!(value_of(&sent, "X-Amzn-Trace-Id").as_deref(), Some(id));
    assert_eq!(IDS.trace.len(), 20);
    assert!(KnownName::from_bytes(b"x-amzn-trace-id").is_some());
}

fn response(status: u16, pattern: Option<&str>, templates: &[(&str, &str)]) -> IntegrationResponse {
    IntegrationResponse {
        selection_pattern: pattern.map(Into::into),
        status,
        parameters: Default::default(),
        templates: templates.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        content_handling: None,
        place: Place::NONE,
    }
}

fn mock(requests: &[(&str, &str)], responses: Vec<IntegrationResponse>) -> definition::Integration {
    let mut integration = definition(IntegrationKind::Mock);
    integration.request_templates =
        requests.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    integration.responses = responses;
    integration
}

fn compiled_mock(integration: &definition::Integration) -> Mock {
    match compiled(&Exchange::new("GET /", &[]), integration) {
        (Some(Integration::Mock(mock)), _, _) => mock,
        (other, _, problems) => panic!("no mock: {other:?} {problems:?}"),
    }
}

const JSON: &str = "application/json";

#[test]
fn a_mock_selects_by_status() {
    let check = |template: &str, expected: Result<u16, Refusal>| {
        let responses = vec![
            response(200, None, &[]),
            response(201, Some("201"), &[]),
            response(500, Some("5\\d{2}"), &[]),
            response(599, Some("599"), &[]),
        ];
        // A second template keeps a mock that always fails from becoming a defect.
        let mock = compiled_mock(&mock(&[(JSON, template), ("x/y", "{statusCode: 1}")], responses));
        let exchange = Exchange::new("GET /", &[]);
        assert_eq!(mock.choose(&exchange.facts()).map(|r| r.status), expected, "{template}");
    };
    check("{\"statusCode\": 200}", Ok(200));
    check("{statusCode: 201}", Ok(201));
    check("{statusCode: 502}", Ok(500));
    check("{statusCode: 599}", Ok(500));
    check("{statusCode: 5021}", Ok(200));
    check("{statusCode: -5}", Ok(200));
    check("{\"statusCode\": $context.accountId}", Ok(200));
    check("{\"statusCode\": \"200\"}", Err(Refusal::MockWithoutStatus));
    check("statusCode: 200", Err(Refusal::MockWithoutStatus));
}

#[test]
fn content_types_choose_the_template_of_a_mock() {
    let check = |content_type: Option<&str>, behavior, requests: &[(&str, &str)], expected| {
        let mut integration = mock(requests, vec![response(200, None, &[])]);
        integration.passthrough_behavior = behavior;
        let mock = compiled_mock(&integration);
        let fields: Vec<_> =
            content_type.map(|value| ("Content-Type", value)).into_iter().collect();
        let exchange = Exchange::new("POST /", &fields);
        assert_eq!(mock.choose(&exchange.facts()).map(|r| r.status), expected, "{content_type:?}");
    };
    use PassthroughBehavior::{Never, WhenNoMatch, WhenNoTemplates};
    let json = [(JSON, "{statusCode: 200}")];
    check(None, Never, &json, Ok(200));
    check(Some("application/json; charset=utf-8"), Never, &json, Ok(200));
    check(Some("text/plain"), WhenNoMatch, &json, Err(Refusal::MockWithoutStatus));
    check(Some("text/plain"), WhenNoTemplates, &json, Err(Refusal::UnsupportedMediaType));
    check(Some("text/plain"), Never, &json, Err(Refusal::UnsupportedMediaType));
    check(None, Never, &[], Err(Refusal::UnsupportedMediaType));
    check(Some("text/plain"), Never, &[("$default", "{statusCode: 200}")], Ok(200));
}

#[test]
fn a_mock_that_always_fails_is_a_defect() {
    let check = |integration: &definition::Integration, message: &str| {
        let (compiled, _, problems) = compiled(&Exchange::new("GET /", &[]), integration);
        let Some(Integration::Defect(defect)) = compiled else {
            panic!("{compiled:?} {problems:?}")
        };
        assert!(defect.detail.contains(message), "{}", defect.detail);
        assert!(problems[0].message.contains("500"), "{problems:?}");
    };
    check(&mock(&[], vec![response(200, None, &[])]), "Unable to parse statusCode");
    check(&mock(&[(JSON, "{}")], vec![response(200, None, &[])]), "Unable to parse statusCode");
    check(&mock(&[(JSON, "{statusCode: 200}")], vec![]), "No match for output mapping");
    let patterned = vec![response(200, Some("404"), &[])];
    check(&mock(&[(JSON, "{statusCode: 200}")], patterned), "No match for output mapping");
}

#[test]
fn a_status_that_the_method_does_not_declare_fails() {
    let integration = mock(&[(JSON, "{statusCode: 200}")], vec![response(200, None, &[])]);
    let exchange = Exchange::new("GET /", &[]);
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let mut declared = std::collections::BTreeMap::new();
    let compile_with = |declared: &_| {
        compile(&integration, Some(declared), around, &mut Targets::new(false), &mut Vec::new())
    };
    assert!(matches!(compile_with(&declared), Some(Integration::Defect(_))));
    declared.insert(200, definition::MethodResponse::default());
    assert!(matches!(compile_with(&declared), Some(Integration::Mock(_))));
}

#[test]
fn mocks_that_need_the_template_language_are_refused() {
    let check = |integration: definition::Integration, message: &str| {
        let (compiled, _, problems) = compiled(&Exchange::new("GET /", &[]), &integration);
        assert!(compiled.is_none());
        assert!(problems.iter().any(|p| p.message.contains(message)), "{problems:?}");
    };
    let fine = [(JSON, "{statusCode: 200}")];
    check(mock(&[(JSON, "#set($a = 1){statusCode: 200}")], vec![]), "template language");
    check(
        mock(&fine, vec![response(200, None, &[(JSON, "$input.json('$')")])]),
        "template language",
    );
    check(mock(&fine, vec![response(200, Some("(?=x)"), &[])]), "selection pattern");
    check(mock(&fine, vec![response(200, Some("a)|(b"), &[])]), "selection pattern");
    check(mock(&fine, vec![response(42, None, &[])]), "42 is no status");
}
