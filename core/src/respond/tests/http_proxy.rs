//! Do a backend's fields reach the client under the names that AWS gives them?

use super::{Fields, answered, value_of};
use crate::context::testing::{Answered, Exchange};
use crate::definition::{self, IntegrationKind, Problem, Severity};
use crate::message::BodyLength;
use crate::respond::{Cors, ProxyResponses};
use crate::transform::Surroundings;

fn written(
    exchange: &Exchange,
    answer: &Answered,
    changes: &ProxyResponses,
    cors: Option<&Cors>,
) -> (u16, Fields) {
    answered(exchange, cors, |occasion, sink| {
        changes.write(answer.response(), occasion, &mut b"left over".to_vec(), sink)
    })
}

fn plain(exchange: &Exchange, status: u16, fields: &[(&str, &str)]) -> Fields {
    written(exchange, &Answered::new(status, fields), &ProxyResponses::default(), None).1
}

fn rest_api() -> Exchange {
    Exchange::new("GET /", &[("x-client", "c")])
}

#[test]
fn every_row_of_the_remap_table_holds() {
    for name in [
        "Connection",
        "Content-Length",
        "Date",
        "Server",
        "x-amzn-RequestId",
        "Authorization",
        "Content-MD5",
        "Max-Forwards",
        "WWW-Authenticate",
    ] {
        let fields = plain(&rest_api(), 200, &[(name, "7")]);
        assert_eq!(
            value_of(&fields, &format!("x-amzn-Remapped-{name}")).as_deref(),
            Some("7"),
            "{name}"
        );
        assert_ne!(value_of(&fields, name).as_deref(), Some("7"), "{name}");
    }
}

#[test]
fn every_row_of_the_drop_table_holds() {
    for name in [
        "Transfer-Encoding",
        "Via",
        "Expect",
        "Host",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Upgrade",
    ] {
        let fields = plain(&rest_api(), 200, &[(name, "7")]);
        assert!(!fields.iter().any(|(_, value)| value == "7"), "{name}: {fields:?}");
    }
    let fields = plain(&rest_api(), 200, &[("x-amz-apigw-id", "inner")]);
    assert_eq!(value_of(&fields, "x-amz-apigw-id").as_deref(), Some("JKJaXmPLvHcESHA="));
}

#[test]
fn every_other_field_passes() {
    for name in [
        "Age",
        "Cache-Control",
        "Content-Type",
        "ETag",
        "Location",
        "Pragma",
        "Referer",
        "Set-Cookie",
        "Vary",
        "Warn",
        "X-Amzn-Trace-Id",
        "User-Agent",
        "Access-Control-Allow-Origin",
    ] {
        let fields = plain(&rest_api(), 200, &[(name, "1"), (name, "2")]);
        assert_eq!(value_of(&fields, name).as_deref(), Some("1|2"), "{name}");
    }
}

#[test]
fn codings_cross_with_the_body_they_describe() {
    let check = |coding, expected: Option<&str>| {
        let fields = plain(&rest_api(), 200, &[("Content-Encoding", coding)]);
        assert_eq!(value_of(&fields, "Content-Encoding").as_deref(), expected, "{coding}");
    };
    check("gzip", Some("gzip"));
    check("br", Some("br"));
    check("identity", None);
    check("utf-8", None);
}

#[test]
fn rest_answers_have_ids_date_and_content_type() {
    let names = |fields: &Fields| fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let ids = ["x-amzn-RequestId", "x-amz-apigw-id", "Date"];
    let fields = plain(&rest_api(), 200, &[]);
    assert_eq!(names(&fields), [&["Content-Type"][..], &ids].concat());
    assert_eq!(value_of(&fields, "content-type").as_deref(), Some("application/json"));
    for status in [204, 304] {
        assert_eq!(names(&plain(&rest_api(), status, &[])), ids, "{status}");
    }
}

#[test]
fn what_connection_nominates_does_not_cross() {
    for exchange in [rest_api(), rest_api().http_api()] {
        let fields =
            plain(&exchange, 200, &[("Connection", "x-hop"), ("X-Hop", "1"), ("x-b", "2")]);
        assert_eq!(value_of(&fields, "x-hop"), None);
        assert_eq!(value_of(&fields, "x-b").as_deref(), Some("2"));
    }
}

#[test]
fn http_apis_rename_nothing() {
    let exchange = rest_api().http_api();
    let backend = [
        ("Server", "s"),
        ("Date", "d"),
        ("Content-Length", "5"),
        ("Connection", "close"),
        ("Apigw-Requestid", "inner"),
        ("x-amzn-RequestId", "kept"),
        ("WWW-Authenticate", "kept"),
        ("Content-Encoding", "identity"),
    ];
    let fields = plain(&exchange, 200, &backend);
    let expected = [
        ("x-amzn-RequestId", "kept"),
        ("WWW-Authenticate", "kept"),
        ("Content-Encoding", "identity"),
        ("date", "Tue, 15 Nov 1994 08:12:31 GMT"),
        ("apigw-requestid", "JKJaXmPLvHcESHA="),
    ];
    assert_eq!(fields, super::owned(&expected));
}

fn changes(parameters: &[(&str, &str)]) -> (ProxyResponses, Vec<Problem>) {
    let exchange = rest_api().http_api();
    let mut integration = definition::Integration::new(IntegrationKind::HttpProxy);
    let parameters = parameters.iter().map(|(key, value)| ((*key).into(), (*value).into()));
    integration.response_parameters.insert(200, parameters.collect());
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let mut problems = Vec::new();
    (ProxyResponses::compile(&integration, around, &mut problems), problems)
}

#[test]
fn response_parameters_append_overwrite_and_remove() {
    let check = |key: &str, value: &str, name: &str, expected: Option<&str>| {
        let (changes, problems) = changes(&[(key, value)]);
        assert_eq!(problems, [], "{key}");
        let answer = Answered::new(200, &[("X-A", "backend"), ("x-b", "b"), ("x-bad", "a")]);
        let (status, fields) = written(&rest_api().http_api(), &answer, &changes, None);
        assert_eq!(status, 200);
        assert_eq!(value_of(&fields, name).as_deref(), expected, "{key} {value}");
    };
    check("append:header.x-a", "new", "x-a", Some("backend|new"));
    check("overwrite:header.x-a", "new", "x-a", Some("new"));
    check("overwrite:header.x-a", "$response.header.x-b", "x-a", Some("b"));
    check("overwrite:header.x-a", "$response.header.none", "x-a", Some("backend"));
    check("overwrite:header.x-a", "${context.stage}/${response.header.x-b}", "x-a", Some("hold/b"));
    check("remove:header.x-a", "''", "x-a", None);
    check("remove:header.x-a", "''", "x-b", Some("b"));
}

#[test]
fn statuses_are_overwritten_by_the_integrations_status() {
    let check = |value: &str, backend: u16, expected: u16| {
        let (changes, _) = changes(&[("overwrite:statuscode", value)]);
        let answer =
            Answered::new(backend, &[("x-status", "418"), ("x-bad", "99"), ("x-text", "ok")]);
        assert_eq!(written(&rest_api().http_api(), &answer, &changes, None).0, expected, "{value}");
    };
    check("403", 200, 403);
    check("403", 201, 201);
    check("$response.header.x-status", 200, 418);
    check("$response.header.x-bad", 200, 200);
    check("$response.header.x-text", 200, 200);
    check("$response.header.none", 200, 200);
}

#[test]
fn a_status_without_content_is_not_put_over_a_body() {
    let (changes, _) = changes(&[("overwrite:statuscode", "204")]);
    let check = |body, expected| {
        let mut answer = Answered::new(200, &[]);
        answer.with_head(|head| head.body = body);
        assert_eq!(
            written(&rest_api().http_api(), &answer, &changes, None).0,
            expected,
            "{body:?}"
        );
    };
    check(BodyLength::Sized(5), 200);
    check(BodyLength::Chunked, 200);
    check(BodyLength::Sized(0), 204);
    check(BodyLength::None, 204);
}

#[test]
fn wrong_response_parameters_are_problems() {
    let check = |key: &str, value: &str, message: &str| {
        let (_, problems) = changes(&[(key, value)]);
        let is_error = |p: &Problem| p.severity == Severity::Error && p.message.contains(message);
        assert!(problems.iter().any(is_error), "{key}: {problems:?}");
    };
    check("overwrite:statuscode", "99", "no status");
    check("overwrite:statuscode", "101", "no status");
    check("append:header.Connection", "x", "may not change");
    check("append:header.x-amzn-a", "x", "may not change");
    check("append:header.a b", "x", "may not change");
    check("append:querystring.a", "x", "no response parameter");
    check("replace:header.a", "x", "no response parameter");
    check("append:header.a", "$response.body.x", "body is not supported");
    check("append:header.a", "$request.header.x", "invalid mapping expression");
    check("append:header.a", "x\ny", "control character");
}
