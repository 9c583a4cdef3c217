//! Does every refusal and failure get AWS's answer, customised or not?

use std::collections::BTreeMap;

use super::{answered, body, owned, value_of};
use crate::context::ApiKind;
use crate::context::testing::{Exchange, stage};
use crate::definition::{GatewayResponse, GatewayResponseType as Type, Place, Problem, Severity};
use crate::respond::gateway_response::reply;
use crate::respond::{Cause, GatewayResponses};

fn exchange() -> Exchange {
    Exchange::new("GET /pets/7?q=blue", &[("X-Client", "c1"), ("User-Agent", "probe\"")])
}

fn customised(written: &[(Type, GatewayResponse)]) -> (GatewayResponses, Vec<Problem>) {
    let map: BTreeMap<_, _> = written.iter().cloned().collect();
    let mut problems = Vec::new();
    let compiled = GatewayResponses::compile(&map, &stage(ApiKind::RestApi), &mut problems);
    (compiled, problems)
}

fn response(
    status: Option<u16>,
    fields: &[(&str, &str)],
    templates: &[(&str, &str)],
) -> GatewayResponse {
    let own = |pair: &(&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
    GatewayResponse {
        status,
        parameters: fields.iter().map(own).collect(),
        templates: templates.iter().map(own).collect(),
        place: Place::NONE,
    }
}

#[test]
fn the_reference_holds_for_rest_apis() {
    let check = |cause, status, error_type: &str, message: &str| {
        let (answer, fields) = answered(&exchange(), None, |occasion, sink| {
            GatewayResponses::PLAIN.write(cause, occasion, sink)
        });
        assert_eq!(answer.status, status, "{cause:?}");
        assert_eq!(body(&answer), format!("{{\"message\":\"{message}\"}}"), "{cause:?}");
        let expected = owned(&[
            ("Content-Type", "application/json"),
            ("x-amzn-ErrorType", error_type),
            ("x-amzn-RequestId", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"),
            ("x-amz-apigw-id", "JKJaXmPLvHcESHA="),
            ("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
        ]);
        assert_eq!(fields, expected, "{cause:?}");
    };
    let internal = "InternalServerErrorException";
    let missing = "MissingAuthenticationTokenException";
    check(Cause::NoSuchPath, 403, missing, "Missing Authentication Token");
    check(Cause::NoSuchVerb, 403, missing, "Missing Authentication Token");
    check(Cause::UnknownApi, 403, "ForbiddenException", "Forbidden");
    check(Cause::UnknownStage, 403, "ForbiddenException", "Forbidden");
    check(Cause::NoMapping, 403, "ForbiddenException", "Forbidden");
    check(Cause::EndpointDisabled, 403, "ForbiddenException", "Forbidden");
    check(Cause::UnsupportedMediaType, 415, "BadRequestException", "Unsupported Media Type");
    check(Cause::IntegrationDefect, 500, internal, "Internal server error");
    check(Cause::MockWithoutStatus, 500, internal, "Internal server error");
    check(Cause::MockWithoutResponse, 500, internal, "Internal server error");
    check(Cause::NameNotResolved, 500, internal, "Internal server error");
    check(Cause::GatewayDefect, 500, internal, "Internal server error");
    check(Cause::ConnectFailed, 504, internal, "Network error communicating with endpoint");
    check(Cause::UpstreamReset, 504, internal, "Network error communicating with endpoint");
    check(Cause::UpstreamMalformed, 504, internal, "Network error communicating with endpoint");
    check(Cause::UpstreamTimedOut, 504, internal, "Endpoint request timed out");
    check(
        Cause::PayloadTooLarge,
        413,
        "RequestTooLargeException",
        "HTTP content length exceeded 10485760 bytes.",
    );
    check(Cause::DotSegment, 400, "BadRequestException", "Bad Request");
}

#[test]
fn the_reference_holds_for_http_apis() {
    let check = |cause, status, message: &str| {
        let (answer, fields) = answered(&exchange().http_api(), None, |occasion, sink| {
            GatewayResponses::PLAIN.write(cause, occasion, sink)
        });
        assert_eq!(answer.status, status, "{cause:?}");
        assert_eq!(body(&answer), format!("{{\"message\":\"{message}\"}}"), "{cause:?}");
        let expected = owned(&[
            ("Content-Type", "application/json"),
            ("date", "Tue, 15 Nov 1994 08:12:31 GMT"),
            ("apigw-requestid", "JKJaXmPLvHcESHA="),
        ]);
        assert_eq!(fields, expected, "{cause:?}");
    };
    check(Cause::NoSuchPath, 404, "Not Found");
    check(Cause::NoSuchVerb, 404, "Not Found");
    check(Cause::HttpApiStageUnknown, 404, "Not Found");
    check(Cause::HttpApiEndpointDisabled, 403, "Forbidden");
    check(Cause::PayloadTooLarge, 413, "Request Entity Too Large");
    check(Cause::IntegrationDefect, 500, "Internal Server Error");
    check(Cause::GatewayDefect, 500, "Internal Server Error");
    for cause in [
        Cause::ConnectFailed,
        Cause::NameNotResolved,
        Cause::UpstreamMalformed,
        Cause::UpstreamReset,
        Cause::UpstreamTimedOut,
        Cause::Overloaded,
    ] {
        check(cause, 503, "Service Unavailable");
    }
}

#[test]
fn every_answer_is_a_sentence_in_json() {
    for cause in Cause::ALL {
        let reply = reply(cause);
        for (status, text) in
            [(reply.status, reply.text), (reply.http_api_status, reply.http_api_text)]
        {
            if cause == Cause::ReservedForHealthChecks {
                assert_eq!((status, text.body), (200, "healthy"));
                continue;
            }
            assert!((400..=599).contains(&status), "{cause:?}");
            let json: serde_json::Value = serde_json::from_str(text.body).expect("valid JSON");
            assert_eq!(json, serde_json::json!({ "message": text.message }), "{cause:?}");
        }
        assert!(reply.response_type.is_none() || !reply.error_type.is_empty(), "{cause:?}");
    }
}

#[test]
fn a_customised_type_changes_status_fields_and_body() {
    let (responses, problems) = customised(&[(
        Type::MissingAuthenticationToken,
        response(
            Some(404),
            &[
                ("gatewayresponse.header.X-Static", "'s'"),
                ("gatewayresponse.header.X-Type", "context.error.responseType"),
                ("gatewayresponse.header.X-Client", "method.request.header.X-Client"),
                ("gatewayresponse.header.X-None", "method.request.header.none"),
                ("gatewayresponse.header.Date", "'remapped'"),
            ],
            &[
                ("text/html", "<b>$context.error.message</b>"),
                (
                    "application/json",
                    r#"{"m":$context.error.messageString,"q":"$method.request.querystring.q"}"#,
                ),
            ],
        ),
    )]);
    assert_eq!(problems, []);
    let (answer, fields) = answered(&exchange(), None, |occasion, sink| {
        responses.write(Cause::NoSuchPath, occasion, sink)
    });
    assert_eq!(answer.status, 404);
    assert_eq!(body(&answer), r#"{"m":"Missing Authentication Token","q":"blue"}"#);
    let check = |name, expected: Option<&str>| {
        assert_eq!(value_of(&fields, name).as_deref(), expected, "{name}")
    };
    check("Content-Type", Some("application/json"));
    check("x-amzn-ErrorType", Some("MissingAuthenticationTokenException"));
    check("X-Static", Some("s"));
    check("X-Type", Some("MISSING_AUTHENTICATION_TOKEN"));
    check("X-Client", Some("c1"));
    check("X-None", None);
    check("x-amzn-Remapped-Date", Some("remapped"));
    check("Date", Some("Tue, 15 Nov 1994 08:12:31 GMT"));
    let html = Exchange::new("GET /", &[("Accept", "text/html")]);
    let (answer, fields) =
        answered(&html, None, |occasion, sink| responses.write(Cause::NoSuchPath, occasion, sink));
    assert_eq!(body(&answer), "<b>Missing Authentication Token</b>");
    assert_eq!(value_of(&fields, "content-type").as_deref(), Some("text/html"));
}

#[test]
fn defaults_reach_every_type_of_their_class_that_has_none_of_its_own() {
    let (responses, _) = customised(&[
        (Type::Default4xx, response(Some(418), &[("gatewayresponse.header.x-d", "'4'")], &[])),
        (Type::Default5xx, response(None, &[("gatewayresponse.header.x-d", "'5'")], &[])),
        (Type::UnsupportedMediaType, response(None, &[], &[])),
    ]);
    let check = |cause, status, header: Option<&str>| {
        let (answer, fields) =
            answered(&exchange(), None, |occasion, sink| responses.write(cause, occasion, sink));
        assert_eq!(answer.status, status, "{cause:?}");
        assert_eq!(value_of(&fields, "x-d").as_deref(), header, "{cause:?}");
    };
    check(Cause::NoSuchPath, 418, Some("4"));
    check(Cause::DotSegment, 418, Some("4"));
    check(Cause::UnsupportedMediaType, 415, None);
    check(Cause::UpstreamTimedOut, 504, Some("5"));
    check(Cause::IntegrationDefect, 500, Some("5"));
    check(Cause::GatewayDefect, 500, Some("5"));
    check(Cause::PayloadTooLarge, 413, None);
    check(Cause::UnknownApi, 403, None);
}

#[test]
fn every_type_can_be_customised_but_one() {
    for kind in Type::ALL {
        let (responses, problems) = customised(&[(kind, response(Some(499), &[], &[]))]);
        let is_customised = responses.by_type[kind as usize].is_some();
        assert_eq!(is_customised, kind != Type::RequestTooLarge, "{kind:?}");
        assert_eq!(problems.is_empty(), is_customised, "{kind:?}");
        let others = match kind {
            Type::Default4xx => 14,
            Type::Default5xx => 6,
            Type::RequestTooLarge => 0,
            _ => 1,
        };
        assert_eq!(responses.by_type.iter().flatten().count(), others, "{kind:?}");
    }
}

#[test]
fn without_templates_the_default_one_is_used() {
    let (responses, _) = customised(&[(Type::Default5xx, response(None, &[], &[]))]);
    let (answer, _) = answered(&exchange(), None, |occasion, sink| {
        responses.write(Cause::UpstreamTimedOut, occasion, sink)
    });
    assert_eq!(body(&answer), r#"{"message":"Endpoint request timed out"}"#);
}

#[test]
fn wrong_customisations_are_problems() {
    let check = |written: GatewayResponse, severity, message: &str| {
        let (_, problems) = customised(&[(Type::Throttled, written)]);
        let found = problems.iter().any(|p| p.severity == severity && p.message.contains(message));
        assert!(found, "{message}: {problems:?}");
    };
    let field = |key, value| response(None, &[(key, value)], &[]);
    check(response(Some(99), &[], &[]), Severity::Error, "99 is no status");
    check(response(Some(101), &[], &[]), Severity::Error, "101 is no status");
    check(field("header.x", "'x'"), Severity::Error, "no response parameter");
    check(field("gatewayresponse.path.x", "'x'"), Severity::Warning, "no effect");
    check(field("gatewayresponse.header.a b", "'x'"), Severity::Error, "no header");
    check(field("gatewayresponse.header.Transfer-Encoding", "'x'"), Severity::Error, "no header");
    check(field("gatewayresponse.header.x", "'a\nb'"), Severity::Error, "control character");
    check(field("gatewayresponse.header.x", "method.request.body"), Severity::Error, "body");
    check(
        field("gatewayresponse.header.x", "method.input.params.x"),
        Severity::Error,
        "invalid mapping",
    );
}

#[test]
fn what_is_refused_before_an_api_is_known_is_plain() {
    for (status, cause) in [
        (400, Cause::BadRequest),
        (408, Cause::RequestTimedOut),
        (413, Cause::PayloadTooLarge),
        (414, Cause::TargetTooLong),
        (417, Cause::ExpectationFailed),
        (431, Cause::FieldsTooLarge),
        (501, Cause::NotImplemented),
        (505, Cause::VersionNotSupported),
    ] {
        assert_eq!(Cause::of_malformed(status), cause);
        assert_eq!(reply(cause).status, status);
        assert_eq!(reply(cause).http_api_status, status);
        assert_eq!(reply(cause).response_type, None);
    }
    assert_eq!(Cause::of_malformed(499), Cause::BadRequest);
}
