//! Does an HTTP API answer preflights and mark answers as its CORS configuration says?

use crate::support::definition::{http, http_api_proxy, method};
use crate::support::recording_origin::answer_with;
use crate::support::{Gateway, Origin};

#[test]
fn preflights_are_answered_and_answers_marked() {
    let origin = Origin::answering(|_| {
        answer_with(200, "Access-Control-Allow-Origin: http://theirs\r\n", b"ok")
    });
    let any = "x-amazon-apigateway-any-method";
    let routes = http(&method("/$default", any, &http_api_proxy(&origin.url(), "")));
    let cors = "x-amazon-apigateway-cors: {allowOrigins: ['https://app.example'], allowMethods: [GET, POST], \
                allowHeaders: [x-a], exposeHeaders: [x-b], maxAge: 60, allowCredentials: true}\n";
    let gateway = Gateway::serving(&format!("{routes}{cors}"));
    let mut client = gateway.connect();
    let ours = "Origin: https://app.example\r\n";
    let preflight =
        client.ask("OPTIONS", "/x", &format!("{ours}Access-Control-Request-Method: GET\r\n"), b"");
    assert_eq!((preflight.status, preflight.body.len()), (204, 0), "{preflight:?}");
    assert_eq!(preflight.field("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(preflight.field("access-control-max-age"), Some("60"));
    assert_eq!(preflight.field("access-control-allow-credentials"), Some("true"));
    assert!(origin.requests().is_empty(), "a preflight stays here");

    let marked = client.ask("GET", "/x", ours, b"");
    assert_eq!(marked.field("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(marked.count("access-control-allow-origin"), 1);
    assert_eq!(marked.field("access-control-expose-headers"), Some("x-b"));

    let foreign = client.ask("GET", "/x", "Origin: https://evil.example\r\n", b"");
    assert_eq!((foreign.status, foreign.field("access-control-allow-origin")), (200, None));
}
