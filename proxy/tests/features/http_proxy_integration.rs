//! What does HTTP_PROXY send to the backend, and what comes back?

use crate::support::definition::{everything, http, http_api_proxy, method, rest};
use crate::support::recording_origin::answer_with;
use crate::support::{Gateway, Origin, recording_origin};

#[test]
fn a_rest_api_drops_what_aws_drops_and_keeps_the_rest() {
    let origin = recording_origin::start();
    let gateway = Gateway::serving(&everything(&origin.url()));
    let dropped = [
        ("Content-MD5", "x"),
        ("Max-Forwards", "1"),
        ("Proxy-Authenticate", "x"),
        ("Server", "x"),
        ("TE", "trailers"),
        ("Trailer", "x"),
        ("Upgrade", "x"),
        ("Via", "1.1 x"),
        ("WWW-Authenticate", "x"),
        ("Content-Encoding", "identity"),
    ];
    let kept = [
        ("User-Agent", "curl/8"),
        ("Accept-Encoding", "gzip"),
        ("Authorization", "Bearer a"),
        ("Accept", "text/html"),
        ("Cookie", "a=b"),
        ("X-Custom", "Value"),
        ("Content-Type", "application/json"),
    ];
    let lines: String =
        dropped.iter().chain(&kept).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut client = gateway.connect();
    assert_eq!(client.ask("POST", "/x", &lines, b"{}").status, 200);
    let seen = origin.only_request();
    for (name, _) in dropped {
        assert_eq!(seen.field(name), None, "{name} in {}", seen.text());
    }
    for (name, value) in kept {
        assert_eq!(seen.values(name), [value], "{name} in {}", seen.text());
    }
    assert_eq!(seen.field("host"), Some(origin.address.to_string()));
    assert_eq!(seen.field("connection"), None);
    for name in [
        "x-amzn-trace-id",
        "x-amzn-apigateway-api-id",
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
    ] {
        assert_eq!(seen.values(name).len(), 1, "{name} in {}", seen.text());
    }
}

#[test]
fn what_the_backend_says_of_its_connection_is_renamed() {
    let fields = "Date: Fri, 20 Nov 2026 06:02:09 GMT\r\nServer: apache\r\nx-amzn-RequestId: theirs\r\n\
                  X-Custom: Value\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n";
    let origin = Origin::answering(move |_| answer_with(201, fields, b"made"));
    let gateway = Gateway::serving(&everything(&origin.url()));
    let response = gateway.get("/x");
    assert_eq!((response.status, response.text().as_str()), (201, "made"));
    let check =
        |name: &str, value: &str| assert_eq!(response.field(name), Some(value), "{response:?}");
    check("x-amzn-Remapped-Date", "Fri, 20 Nov 2026 06:02:09 GMT");
    check("x-amzn-Remapped-Server", "apache");
    check("x-amzn-Remapped-x-amzn-RequestId", "theirs");
    check("x-custom", "Value");
    assert_eq!(response.count("set-cookie"), 2);
    assert_eq!((response.count("date"), response.field("server")), (1, None));
    assert_ne!(response.field("x-amzn-requestid"), Some("theirs"));
}

#[test]
fn an_answer_without_content_type_is_json() {
    let origin = Origin::answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec());
    let gateway = Gateway::serving(&everything(&origin.url()));
    assert_eq!(gateway.get("/x").field("content-type"), Some("application/json"));
}

#[test]
fn parameters_are_mapped_from_path_query_header_and_context() {
    let origin = recording_origin::start();
    let parameters = "      parameters:\n        - {name: id, in: path, required: true, schema: {type: string}}\n        \
         - {name: page, in: query, schema: {type: string}}\n        - {name: X-Tenant, in: header, schema: {type: string}}\n";
    let integration = format!(
        "      x-amazon-apigateway-integration:\n        type: http_proxy\n        httpMethod: PUT\n        \
         uri: '{}/v1/{{key}}/end'\n        requestParameters:\n          \
         integration.request.path.key: method.request.path.id\n          \
         integration.request.querystring.p: method.request.querystring.page\n          \
         integration.request.header.X-Owner: method.request.header.X-Tenant\n          \
         integration.request.header.X-Stage: context.stage\n          \
         integration.request.header.X-Fixed: \"'fixed'\"\n",
        origin.url()
    );
    let definition = rest(&format!(
        "  /pets/{{id}}:\n    get:\n{parameters}      responses: {{'200': {{description: ok}}}}\n{integration}"
    ));
    let gateway = Gateway::serving(&definition);
    let mut client = gateway.connect();
    assert_eq!(client.ask("GET", "/pets/a%20b?page=7&q=1", "X-Tenant: me\r\n", b"").status, 200);
    let seen = origin.only_request();
    assert!(seen.line().starts_with("PUT /v1/a%20b/end?"), "{}", seen.line());
    for part in ["p=7", "page=7", "q=1"] {
        assert!(seen.target().contains(part), "{part} in {}", seen.target());
    }
    let field = |name| seen.field(name).unwrap_or_default();
    assert_eq!(
        (field("x-owner"), field("x-stage"), field("x-fixed")),
        ("me".into(), "prod".into(), "fixed".into())
    );
}

#[test]
fn an_http_api_says_forwarded_and_via() {
    let origin = recording_origin::start();
    let any = "x-amazon-apigateway-any-method";
    let definition = http(&method("/$default", any, &http_api_proxy(&origin.url(), "")));
    let gateway = Gateway::serving(&definition);
    let response = gateway.get("/x");
    assert_eq!(response.status, 200);
    assert!(response.field("apigw-requestid").is_some());
    assert_eq!(response.field("x-amzn-requestid"), None);
    let seen = origin.only_request();
    let forwarded = seen.field("forwarded").unwrap_or_default();
    assert!(forwarded.contains("for=127.0.0.1") && forwarded.contains("proto=http"), "{forwarded}");
    assert_eq!(seen.field("via"), Some("HTTP/1.1 AmazonAPIGateway".to_owned()));
}

#[test]
fn a_path_reaches_the_backend_once_decoded_and_once_encoded() {
    let origin = recording_origin::start();
    let gateway = Gateway::serving(&everything(&origin.url()));
    let mut client = gateway.connect();
    let mut check = |path: &str, expected: &str| {
        origin.forget();
        assert_eq!(client.get(path).status, 200, "{path}");
        assert_eq!(origin.only_request().target(), expected, "{path}");
    };
    check("/a/b", "/a/b");
    check("/a/b?c=d%20e&f", "/a/b?c=d%20e&f");
    check("/a%20b", "/a%20b");
    check("/%C3%A9", "/%C3%A9");
    check("/a/./b", "/a/b");
    check("/a/x/../b", "/a/b");
}

#[test]
fn dot_segments_in_disguise_never_climb() {
    let origin = recording_origin::start();
    let gateway = Gateway::serving(&everything(&format!("{}/base", origin.url())));
    let mut client = gateway.connect();
    for path in [
        "/../secret",
        "/a/../../secret",
        "/%2e%2e/secret",
        "/a/%2e%2e/%2e%2e/secret",
        "/..%2fsecret",
        "/a/..%2f..%2fsecret",
        "/%2e%2e%2fsecret",
        "/..%5csecret",
        "/a/..%5c..%5csecret",
        "/%252e%252e/secret",
        "/./../secret",
        "//../secret",
        "/a//../../../secret",
        "/..;/secret",
    ] {
        let response = client.get(path);
        let bytes =
            origin.requests().iter().map(crate::support::Recorded::target).collect::<Vec<_>>();
        for target in &bytes {
            assert!(target.starts_with("/base/"), "{path} became {target}");
            let decoded = target.replace("%2e", ".").replace("%2E", ".");
            let decoded = decoded
                .replace("%2f", "/")
                .replace("%2F", "/")
                .replace("%5c", "/")
                .replace("%5C", "/");
            assert!(
                !decoded.contains("/../") && !decoded.ends_with("/.."),
                "{path} became {target}"
            );
        }
        origin.forget();
        if response.closes() {
            client = gateway.connect();
        }
    }
}
