//! Can the gateway's own answers be changed?

use crate::support::Gateway;
use crate::support::definition::{method, mock, rest};

fn with_responses(responses: &str) -> Gateway {
    let paths = rest(&method("/x", "get", &mock(200, "ok")));
    Gateway::serving(&format!("{paths}x-amazon-apigateway-gateway-responses:\n{responses}"))
}

#[test]
fn a_type_has_its_own_status_fields_and_text() {
    let gateway = with_responses(
        "  MISSING_AUTHENTICATION_TOKEN:\n    statusCode: '404'\n    responseParameters:\n      \
         gatewayresponse.header.Cache-Control: \"'no-store'\"\n      \
         gatewayresponse.header.X-Id: context.requestId\n    responseTemplates:\n      \
         application/json: '{\"path\":\"$context.path\",\"type\":\"$context.error.responseType\"}'\n",
    );
    let response = gateway.get("/nowhere");
    assert_eq!(response.status, 404);
    assert_eq!(response.text(), r#"{"path":"/nowhere","type":"MISSING_AUTHENTICATION_TOKEN"}"#);
    assert_eq!(response.field("cache-control"), Some("no-store"));
    assert_eq!(response.field("x-id"), response.field("x-amzn-requestid"));
    assert_eq!(response.field("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
}

#[test]
fn a_default_covers_its_class() {
    let gateway = with_responses(
        "  DEFAULT_4XX:\n    statusCode: 418\n    responseTemplates:\n      application/json: '{\"error\":$context.error.messageString}'\n",
    );
    let response = gateway.get("/nowhere");
    assert_eq!(
        (response.status, response.text().as_str()),
        (418, r#"{"error":"Missing Authentication Token"}"#)
    );
}
