//! Does a mock answer what its integration responses say?

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Fields, answered, body, owned, value_of};
use crate::context::testing::Exchange;
use crate::definition::{self, IntegrationKind, IntegrationResponse, Place};
use crate::integrate::{Integration, Mock, Targets, compile};
use crate::respond::{Answer, write_mock};
use crate::transform::Surroundings;

fn mock(parameters: &[(&str, &str)], templates: &[(&str, &str)]) -> Mock {
    mock_of(200, parameters, templates)
}

fn mock_of(status: u16, parameters: &[(&str, &str)], templates: &[(&str, &str)]) -> Mock {
    let own = |pair: &(&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
    let mut integration = definition::Integration::new(IntegrationKind::Mock);
    integration.request_templates = vec![("application/json".into(), "{statusCode: 200}".into())];
    integration.responses = vec![IntegrationResponse {
        selection_pattern: None,
        status,
        parameters: parameters.iter().map(own).collect::<BTreeMap<_, _>>(),
        templates: templates.iter().map(own).collect(),
        content_handling: None,
        place: Place::NONE,
    }];
    let exchange = Exchange::new("GET /", &[]);
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let mut problems = Vec::new();
    match compile(&integration, None, around, &mut Targets::default(), &mut problems) {
        Some(Integration::Mock(mock)) => mock,
        other => panic!("no mock: {other:?} {problems:?}"),
    }
}

fn written<'m>(mock: &'m Mock, exchange: &Exchange) -> (Answer<'m>, Fields) {
    answered(exchange, None, |occasion, sink| {
        write_mock(mock, occasion, &mut b"left over".to_vec(), sink).expect("the mock answers")
    })
}

#[test]
fn constant_answers_are_written_beforehand() {
    let mock = mock(
        &[
            ("method.response.header.Access-Control-Allow-Origin", "'*'"),
            ("method.response.header.X-Var", "stageVariables.tone"),
        ],
        &[("application/json", "{\"tone\": \"$stageVariables.tone\"}")],
    );
    let (answer, fields) = written(&mock, &Exchange::new("OPTIONS /", &[]));
    assert!(matches!(answer.body, Cow::Borrowed(_)));
    assert_eq!(body(&answer), "{\"tone\": \"warm\"}");
    let expected = [
        ("Content-Type", "application/json"),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Var", "warm"),
        ("x-amzn-RequestId", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"),
        ("x-amz-apigw-id", "JKJaXmPLvHcESHA="),
        ("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
    ];
    assert_eq!(fields, owned(&expected));
}

#[test]
fn what_differs_is_rendered() {
    let mock = mock(
        &[
            ("method.response.header.X-Path", "context.path"),
            ("method.response.header.X-Missing", "integration.response.header.none"),
        ],
        &[("text/plain", "$context.httpMethod $context.stage")],
    );
    let (answer, fields) = written(&mock, &Exchange::new("GET /pets", &[]));
    assert_eq!(body(&answer), "GET hold");
    assert_eq!(value_of(&fields, "content-type").as_deref(), Some("text/plain"));
    assert_eq!(value_of(&fields, "x-path").as_deref(), Some("/hold/pets"));
    assert_eq!(value_of(&fields, "x-missing"), None);
}

#[test]
fn accept_chooses_the_template() {
    let templates =
        [("text/html", "html"), ("application/json", "json"), ("application/xml", "xml")];
    let mock = mock(&[], &templates);
    let check = |accepts: &[&str], expected: &str| {
        let fields: Vec<_> = accepts.iter().map(|accept| ("Accept", *accept)).collect();
        let (answer, _) = written(&mock, &Exchange::new("GET /", &fields));
        assert_eq!(body(&answer), expected, "{accepts:?}");
    };
    check(&[], "json");
    check(&["application/xml"], "xml");
    check(&["text/html", "application/xml"], "xml");
    check(&["*/*"], "json");
    check(&["text/html, application/xml"], "json");
}

#[test]
fn without_template_the_body_is_empty() {
    let mock = mock(&[("method.response.header.Content-Type", "'image/png'")], &[]);
    let (answer, fields) = written(&mock, &Exchange::new("GET /", &[]));
    assert_eq!(body(&answer), "");
    assert_eq!(value_of(&fields, "content-type").as_deref(), Some("image/png"));
}

#[test]
fn a_status_without_content_has_no_body() {
    for (status, expected) in [(200, "text"), (204, ""), (205, ""), (304, ""), (404, "text")] {
        let mock = mock_of(status, &[], &[("text/plain", "text")]);
        let (answer, _) = written(&mock, &Exchange::new("GET /", &[]));
        assert_eq!((answer.status, body(&answer).as_str()), (status, expected));
    }
}

#[test]
fn reserved_names_are_remapped() {
    for name in [
        "Authorization",
        "Connection",
        "Content-Length",
        "Content-MD5",
        "Date",
        "Expect",
        "Host",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Server",
        "Trailer",
        "Upgrade",
        "User-Agent",
        "WWW-Authenticate",
    ] {
        let key = format!("method.response.header.{name}");
        let mock = mock(&[(key.as_str(), "'7'")], &[]);
        let (_, fields) = written(&mock, &Exchange::new("GET /", &[]));
        let remapped = value_of(&fields, &format!("x-amzn-Remapped-{name}"));
        assert_eq!(remapped.as_deref(), Some("7"), "{name}");
        assert_ne!(value_of(&fields, name).as_deref(), Some("7"), "{name}");
    }
    let mock = mock(&[("method.response.header.Transfer-Encoding", "'chunked'")], &[]);
    let (_, fields) = written(&mock, &Exchange::new("GET /", &[]));
    assert!(!fields.iter().any(|(_, value)| value == "chunked"), "{fields:?}");
}
