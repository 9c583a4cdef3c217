//! Which route of an HTTP API takes a request?

use crate::support::definition::{http, http_api_proxy, method};
use crate::support::{Gateway, Origin, recording_origin};

/// The example set of the developer guide, each route with a path of its own at the origin.
fn table(origin: &Origin) -> String {
    let route = |path: &str, verb: &str, name: &str| {
        method(path, verb, &http_api_proxy(&origin.url(), &format!("/{name}")))
    };
    http(
        &[
            route("/pets/dog/1", "get", "static"),
            route("/pets/dog/{id}", "get", "variable"),
            route("/pets/{proxy+}", "get", "greedy"),
            route("/{proxy+}", "x-amazon-apigateway-any-method", "any"),
        ]
        .concat(),
    )
}

#[test]
fn the_most_specific_route_wins() {
    let origin = recording_origin::start();
    let gateway = Gateway::serving(&table(&origin));
    let mut client = gateway.connect();
    let mut check = |verb: &str, path: &str, expected: &str| {
        origin.forget();
        assert_eq!(client.ask(verb, path, "", b"").status, 200, "{verb} {path}");
        assert!(origin.only_request().target().starts_with(expected), "{verb} {path}");
    };
    check("GET", "/pets/dog/1", "/static");
    check("GET", "/pets/dog/2", "/variable");
    check("GET", "/pets/cat/1", "/greedy");
    check("POST", "/test/5", "/any");
    check("POST", "/pets/dog/1", "/any");
}

#[test]
fn what_nobody_takes_is_not_found() {
    let origin = recording_origin::start();
    let definition = http(&method("/pets", "get", &http_api_proxy(&origin.url(), "/pets")));
    let gateway = Gateway::serving(&definition);
    let mut client = gateway.connect();
    for (verb, path) in [("GET", "/"), ("POST", "/pets"), ("GET", "/pets/1")] {
        let response = client.ask(verb, path, "", b"");
        assert_eq!(
            (response.status, response.text().as_str()),
            (404, r#"{"message":"Not Found"}"#)
        );
        assert!(response.field("apigw-requestid").is_some());
        assert_eq!(response.field("x-amzn-requestid"), None);
    }
}

#[test]
fn the_default_route_takes_what_is_left() {
    let origin = recording_origin::start();
    let any = "x-amazon-apigateway-any-method";
    let definition = http(&method("/$default", any, &http_api_proxy(&origin.url(), "")));
    let gateway = Gateway::serving(&definition);
    let mut client = gateway.connect();
    let response = client.ask("PUT", "/a/b?c=d", "", b"hello");
    assert_eq!(response.status, 200);
    assert!(response.field("apigw-requestid").is_some());
    let seen = origin.only_request();
    assert_eq!((seen.target().as_str(), seen.body.as_slice()), ("/a/b?c=d", &b"hello"[..]));
}
