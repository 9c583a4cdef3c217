//! Which method of a REST API takes a request?

use crate::support::definition::{http_proxy, method, mock, rest};
use crate::support::gateway::Setup;
use crate::support::{Gateway, recording_origin};

/// A method that answers its own name.
fn named(path: &str, verb: &str, name: &str) -> String {
    method(path, verb, &mock(200, name))
}

fn table() -> String {
    rest(
        &[
            named("/pets", "get", "pets"),
            named("/pets/{id}", "get", "one"),
            named("/pets/dog", "get", "dog"),
            named("/pets/dog/{proxy+}", "get", "greedy-dog"),
            named("/files/{proxy+}", "x-amazon-apigateway-any-method", "any-file"),
            named("/any", "x-amazon-apigateway-any-method", "any"),
        ]
        .concat(),
    )
}

#[test]
fn the_most_specific_resource_wins() {
    let gateway = Gateway::serving(&table());
    let mut client = gateway.connect();
    let mut check = |verb: &str, path: &str, expected: &str| {
        let response = client.ask(verb, path, "", b"");
        assert_eq!((response.status, response.text().as_str()), (200, expected), "{verb} {path}");
    };
    check("GET", "/pets", "pets");
    check("GET", "/pets/", "pets");
    check("GET", "/pets?id=1", "pets");
    check("GET", "/pets/dog", "dog");
    check("GET", "/pets/cat", "one");
    check("GET", "/pets/d%6Fg", "dog");
    check("GET", "/pets/dog/a/b", "greedy-dog");
    check("GET", "/files/a", "any-file");
    check("DELETE", "/files/a/b/c", "any-file");
    check("PATCH", "/any", "any");
}

#[test]
fn what_nobody_takes_misses_its_authentication_token() {
    let gateway = Gateway::serving(&table());
    let mut client = gateway.connect();
    for (verb, path) in
        [("GET", "/"), ("GET", "/Pets"), ("POST", "/pets"), ("GET", "/pets/a/b"), ("GET", "/files")]
    {
        let response = client.ask(verb, path, "", b"");
        assert_eq!(response.status, 403, "{verb} {path}");
        assert_eq!(response.text(), r#"{"message":"Missing Authentication Token"}"#);
        assert_eq!(response.field("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
        assert!(response.field("x-amzn-requestid").is_some());
        assert!(response.field("x-amz-apigw-id").is_some_and(|id| id.ends_with('=')));
        assert_eq!(response.field("server"), None);
    }
}

#[test]
fn an_api_is_found_by_host_and_by_path() {
    let origin = recording_origin::start();
    let definition = rest(&method("/pets", "get", &http_proxy(&origin.url(), "/found")));
    let gateway = Gateway::serving(&definition);
    let mut client = gateway.connect();
    assert_eq!(client.get("/pets").status, 200);
    let id = origin.only_request().field("x-amzn-apigateway-api-id").expect("an id");

    let status = |client: &mut crate::support::Client, host: &str, path: &str| {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        client.response().status
    };
    let host = format!("{id}.execute-api.us-east-1.amazonaws.com");
    assert_eq!(status(&mut client, &host, "/prod/pets"), 200);
    assert_eq!(status(&mut client, &host.to_uppercase(), "/prod/pets"), 200);
    assert_eq!(status(&mut client, &host, "/pets"), 403);
    assert_eq!(status(&mut client, &host, "/other/pets"), 403);
    assert_eq!(
        status(&mut client, "zzzzzzzzzz.execute-api.us-east-1.amazonaws.com", "/prod/pets"),
        403
    );
    assert_eq!(status(&mut client, "x", &format!("/_aws/execute-api/{id}/prod/pets")), 200);
    assert_eq!(status(&mut client, "x", &format!("/restapis/{id}/prod/_user_request_/pets")), 200);
    assert_eq!(status(&mut client, "x", &format!("/_aws/execute-api/{id}/nostage/pets")), 403);
}

#[test]
fn several_documents_share_a_listener_under_base_paths() {
    let gateway = Setup::of(&rest(&named("/pets", "get", "first")))
        .root_at("one")
        .file("two.yaml", "two/deep", &rest(&named("/pets", "get", "second")))
        .start();
    let mut client = gateway.connect();
    assert_eq!(client.get("/one/pets").text(), "first");
    assert_eq!(client.get("/two/deep/pets").text(), "second");
    let stray = client.get("/pets");
    assert_eq!((stray.status, stray.text().as_str()), (403, r#"{"message":"Forbidden"}"#));
    assert_eq!(client.get("/one").status, 403);
    // Where a mapping has several levels, "matching is by string prefix" (`/ordersandmore` selects
    // `orders`), and the rest is the API's path.
    assert_eq!(client.get("/onepets").text(), "first");
}
