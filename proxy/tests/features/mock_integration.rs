//! Does MOCK answer by itself?

use crate::support::Gateway;
use crate::support::definition::{method, mock, rest};

#[test]
fn a_mock_answers_its_status_and_text() {
    let gateway = Gateway::serving(&rest(
        &[
            method("/made", "get", &mock(201, "made")),
            method("/missing", "get", &mock(404, "nowhere")),
        ]
        .concat(),
    ));
    let mut client = gateway.connect();
    let made = client.get("/made");
    assert_eq!((made.status, made.text().as_str()), (201, "made"));
    assert_eq!(made.field("content-type"), Some("application/json"));
    for name in ["x-amzn-requestid", "x-amz-apigw-id", "date", "content-length"] {
        assert_eq!(made.count(name), 1, "{name} in {made:?}");
    }
    for name in ["x-amzn-trace-id", "server", "x-amzn-errortype"] {
        assert_eq!(made.count(name), 0, "{name} in {made:?}");
    }
    assert_eq!(client.get("/missing").status, 404);
}

#[test]
fn a_mock_without_status_is_a_configuration_error() {
    let integration = "{type: mock, requestTemplates: {application/json: '{}'}, responses: {default: {statusCode: '200'}}}";
    let gateway = Gateway::serving(&rest(&method("/x", "get", integration)));
    let response = gateway.get("/x");
    assert_eq!(
        (response.status, response.text().as_str()),
        (500, r#"{"message":"Internal server error"}"#)
    );
    assert_eq!(response.field("x-amzn-errortype"), Some("InternalServerErrorException"));
}

#[test]
fn a_mock_reads_and_forgets_the_body() {
    let gateway = Gateway::serving(&rest(&method("/x", "post", &mock(200, "done"))));
    let mut client = gateway.connect();
    let body = "x".repeat(20_000);
    for _ in 0..3 {
        let lines = "Content-Type: application/json\r\n";
        assert_eq!(client.ask("POST", "/x", lines, body.as_bytes()).text(), "done");
    }
}
