//! Which header fields reach a backend, and which never do?

use proptest::prelude::*;

use super::{fields, proxy, target, value_of, with_parameters};
use crate::context::testing::Exchange;
use crate::message::{BodyLength, Version};
use crate::transform::field_value;

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
fn trace_ids_are_continued() {
    let id = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    let exchange = Exchange::new("GET /", &[("x-amzn-trace-id", id)])
        .with_head(|head| head.version = Version::Http2);
    let sent = fields(&exchange, &proxy(&exchange, |_| {}));
    assert_eq!(value_of(&sent, "X-Amzn-Trace-Id").as_deref(), Some(id));
}

proptest! {
    #[test]
    fn no_client_byte_splits_a_field(
        query in "[a-z%0-9&;=+]{0,30}", path in "[a-z%0-9]{0,12}", header in "[ -~\\t]{0,20}",
    ) {
        let path: &'static str = path.leak();
        let parameters = [
            ("integration.request.header.x-q", "method.request.querystring.q"),
            ("integration.request.header.x-qs", "method.request.multivaluequerystring.q"),
            ("integration.request.header.x-p", "method.request.path.p"),
            ("integration.request.header.x-h", "method.request.multivalueheader.x-in"),
        ];
        let line = format!("GET /?q={query}&q=%0d%0a&q={query}");
        let exchange = Exchange::new(&line, &[("x-in", header.trim())]).with_path(&[("p", path)]);
        for (name, value) in fields(&exchange, &with_parameters(&exchange, "http://b/", &parameters)) {
            prop_assert!(field_value::is_name(name.as_bytes()), "{name}");
            prop_assert_eq!(field_value::sendable(value.as_bytes()), Some(value.as_bytes()));
        }
    }
}
