//! Does what is told agree with what happened?

use std::net::IpAddr;

use proptest::prelude::*;

use crate::context::testing::{Exchange, stage};
use crate::context::{ApiKind, Outcome, Tls, Variable};
use crate::definition::{Place, Problem, Severity};
use crate::respond::Cause;

use super::access_log::{Format, Notation, render};
use super::{DecodedRecord, Needs, Record, RequestText, Whereabouts};

const AT: Whereabouts = Whereabouts { revision: 7, stage: Some(3), method: Some(5) };

const OUTCOME: Outcome<'static> = Outcome {
    status: 200,
    request_bytes: 10,
    response_bytes: 345,
    latency_us: 12_999,
    integration_latency_us: Some(9_001),
    integration_status: Some(201),
    integration_error: None,
    error: None,
};

fn compiled(text: &str, api_kind: ApiKind) -> (Option<Format>, Vec<Problem>) {
    let mut problems = Vec::new();
    let format = Format::compile(text, api_kind, Place::NONE, &mut problems);
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(format.is_none(), has_error, "{text}: {problems:?}");
    (format, problems)
}

/// The line of an exchange, over the wire and back.
fn line(exchange: &Exchange, outcome: &Outcome<'_>, cause: Option<Cause>, text: &str) -> String {
    let (format, problems) = compiled(text, exchange.stage.api_kind);
    let format = format.unwrap_or_else(|| panic!("{text}: {problems:?}"));
    let facts = exchange.facts();
    let mut bytes = b"other".to_vec();
    Record::of(&facts, outcome, cause, AT).encode(&facts, format.needs(), &mut bytes);
    let (record, rest) = DecodedRecord::decode(&bytes[5..]).expect("a whole record");
    assert!(rest.is_empty());
    let mut out = Vec::new();
    render(&format, &record, Some(&exchange.stage), Some(&exchange.method), &mut out);
    let out = String::from_utf8(out).expect("lines are UTF-8");
    assert_eq!(out.matches('\n').count(), 1, "one exchange, one line");
    out.trim_end().to_owned()
}

fn exchange() -> Exchange {
    Exchange::new("GET /pets/7?x=1", &[("User-Agent", "probe/2.0")])
}

#[test]
fn presets_are_aws_own() {
    let check = |name: &str, expected: &str| {
        assert_eq!(line(&exchange(), &OUTCOME, None, name), expected, "{name}");
    };
    check(
        "CLF",
        "203.0.113.7 - - [09/Apr/2015:12:34:56 +0000]\"GET /pets/{petId} HTTP/1.1\" 200 345 c6af9ac6-7b61-11e6-9a41-93e8deadbeef JKJaXmPLvHcESHA=",
    );
    check(
        "csv",
        "203.0.113.7,-,-,09/Apr/2015:12:34:56 +0000,GET,/pets/{petId},HTTP/1.1,200,345,c6af9ac6-7b61-11e6-9a41-93e8deadbeef,JKJaXmPLvHcESHA=",
    );
    check(
        "JSON",
        r#"{ "requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "extendedRequestId":"JKJaXmPLvHcESHA=","ip": "203.0.113.7", "caller":"-", "user":"-", "requestTime":"09/Apr/2015:12:34:56 +0000", "httpMethod":"GET", "resourcePath":"/pets/{petId}", "status":"200", "protocol":"HTTP/1.1", "responseLength":"345" }"#,
    );
    check(
        "XML",
        "<request id=\"c6af9ac6-7b61-11e6-9a41-93e8deadbeef\"> <extendedRequestId>JKJaXmPLvHcESHA=</extendedRequestId> <ip>203.0.113.7</ip> <caller>-</caller> <user>-</user> <requestTime>09/Apr/2015:12:34:56 +0000</requestTime> <httpMethod>GET</httpMethod> <resourcePath>/pets/{petId}</resourcePath> <status>200</status> <protocol>HTTP/1.1</protocol> <responseLength>345</responseLength> </request>",
    );
}

#[test]
fn presets_have_their_notation() {
    for (name, notation) in [
        ("CLF", Notation::Plain),
        ("CSV", Notation::Csv),
        ("JSON", Notation::Json),
        ("XML", Notation::Xml),
        ("$context.requestId", Notation::Plain),
        ("\"$context.requestId\", \"$context.path\"", Notation::Csv),
        ("$context.requestId, done", Notation::Plain),
    ] {
        let (format, _) = compiled(name, ApiKind::RestApi);
        assert_eq!(format.map(|format| format.notation()), Some(notation), "{name}");
    }
}

#[test]
fn formats_are_checked_as_aws_does() {
    let check = |text: &str, message: &str| {
        let (_, problems) = compiled(text, ApiKind::RestApi);
        let found = problems.iter().any(|problem| problem.message.contains(message));
        assert!(found, "{text}: {problems:?}");
    };
    check("", "must not be empty");
    check("\n", "must not be empty");
    check("$context.requestId\n$context.stage", "Access Log format must be single line");
    check("$context.requestId\rx", "Access Log format must be single line");
    check("$context.stage", "must contain \"$context.requestId\"");
    check(&format!("$context.requestId{}", "x".repeat(3072)), "more than 3072");
    check("$context.requestId $context.requestTyme", "no context variable");
    check("$context.requestId $context.routeKey", "not offered");
    for fine in ["$context.requestId\n", "$context.extendedRequestId\r\n", "${context.requestId}"] {
        assert_eq!(compiled(fine, ApiKind::RestApi).1, [], "{fine}");
    }
}

#[test]
fn every_value_has_its_place() {
    let mut exchange = exchange();
    exchange.client.tls = Some(Tls { version: "TLSv1.3", cipher_suite: "TLS_AES_128_GCM_SHA256" });
    let check = |name: &str, expected: &str| {
        let text = format!("$context.requestId [$context.{name}]");
        let line = line(&exchange, &OUTCOME, None, &text);
        assert_eq!(line.split_once(' ').map(|(_, rest)| rest), Some(expected), "{name}");
    };
    check("path", "[/hold/pets/7]");
    check("domainName", "[abcde12345.execute-api.us-east-1.example.com]");
    check("domainPrefix", "[abcde12345]");
    check("identity.userAgent", "[probe/2.0]");
    check("tlsVersion", "[TLSv1.3]");
    check("cipherSuite", "[TLS_AES_128_GCM_SHA256]");
    check("integrationLatency", "[9]");
    check("integration.status", "[201]");
    check("responseLatency", "[12]");
    check("error.message", "[-]");
    check("identity.caller", "[-]");
    check("nothing", "[-]");
    check("stage.json", "[hold.json]");
}

#[test]
fn errors_of_the_gateway_are_told() {
    let outcome = Outcome { status: 504, integration_status: None, ..OUTCOME };
    let check = |exchange: &Exchange, text: &str, expected: &str| {
        let text = format!("{text} $context.requestId");
        let line = line(exchange, &outcome, Some(Cause::UpstreamTimedOut), &text);
        assert!(line.starts_with(expected), "{text}: {line}");
    };
    check(&exchange(), "$context.error.message|", "Endpoint request timed out|");
    check(&exchange(), "$context.error.responseType|", "INTEGRATION_TIMEOUT|");
    check(&exchange(), "$context.integrationStatus|", "-|");
    let http_api = exchange().http_api();
    check(&http_api, "$context.error.message|", "Service Unavailable|");
    check(
        &http_api,
        "$context.integrationErrorMessage|",
        "The integration did not answer in time|",
    );
    check(&http_api, "$context.error.responseType|", "-|");
}

#[test]
fn json_stays_json_whatever_stands_where() {
    let evil = "a\"b\\c\r\n\t\u{1b}[2J\u{9b}x\u{7f}";
    let exchange = Exchange::new("GET /", &[("User-Agent", evil)]);
    let outcome = Outcome { integration_latency_us: None, ..OUTCOME };
    let text = concat!(
        r#"{"id":"$context.requestId","quoted":"$context.identity.userAgent","#,
        r#""bare":$context.identity.userAgent,"number":$context.status,"#,
        r#""none":$context.integrationLatency,"error":$context.error.messageString,"#,
        r#""quotedError":"$context.error.messageString","account":$context.accountId,"#,
        r#""escaped":"\"$context.stage"}"#,
    );
    let line = line(&exchange, &outcome, Some(Cause::NoSuchPath), text);
    let json: serde_json::Value =
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
    assert_eq!(json["quoted"], evil);
    assert_eq!(json["bare"], evil);
    assert_eq!(json["number"], 200);
    assert_eq!(json["none"], "-");
    assert_eq!(json["error"], "Missing Authentication Token");
    assert_eq!(json["quotedError"], "\"Missing Authentication Token\"");
    assert_eq!(json["account"], 123_456_789_012_u64);
    assert_eq!(json["escaped"], "\"hold");
}

#[test]
fn other_notations_keep_values_in_their_place() {
    let check = |text: &str, evil: &str, expected: &str| {
        let exchange = Exchange::new("GET /", &[("User-Agent", evil)]);
        let line = line(&exchange, &OUTCOME, None, text);
        assert!(line.contains(expected), "{text}: {line}");
    };
    let plain = "\"$context.identity.userAgent\" $context.requestId";
    check(plain, "a\"b\\c\nd", r#""a\x22b\x5Cc\x0Ad""#);
    check(plain, "caf\u{e9}\u{9b}", "\"caf\u{e9}\\xC2\\x9B\"");
    let csv = "$context.identity.userAgent,$context.requestId";
    check(csv, "a,b", "\"a,b\",");
    check(csv, "a\"b\n", "\"a\"\"b\\x0A\",");
    check(csv, "plain", "plain,");
    check("\"$context.identity.userAgent\",$context.requestId", "a,\"b", "\"a,\"\"b\",");
    let xml = "<a u=\"$context.identity.userAgent\">$context.requestId</a>";
    check(xml, "<&>\"'\n", "u=\"&lt;&amp;&gt;&quot;&apos;\u{fffd}\"");
}

#[test]
fn formats_ask_only_for_what_they_need() {
    let needs = |text: &str| compiled(text, ApiKind::RestApi).0.expect("compiles").needs();
    assert_eq!(needs("CLF").has(RequestText::UserAgent), false);
    assert!(needs("CLF").has(RequestText::Verb));
    assert_eq!(needs("$context.requestId $context.status"), Needs::default());
    let path = needs("$context.requestId $context.path");
    assert!(path.has(RequestText::Path) && path.has(RequestText::BasePath));
}

#[test]
fn records_survive_their_journey() {
    let mut exchange = exchange();
    for ip in ["203.0.113.7", "2001:db8::1", "::1"] {
        exchange.client.ip = ip.parse::<IpAddr>().expect("an address");
        for cause in Cause::ALL.into_iter().map(Some).chain([None]) {
            let outcome = Outcome { integration_status: None, ..OUTCOME };
            let record = Record::of(&exchange.facts(), &outcome, cause, AT);
            let mut bytes = Vec::new();
            record.encode(&exchange.facts(), Needs::ALL, &mut bytes);
            record.encode(&exchange.facts(), Needs::default(), &mut bytes);
            let (first, rest) = DecodedRecord::decode(&bytes).expect("the first");
            let (second, rest) = DecodedRecord::decode(rest).expect("the second");
            assert!(rest.is_empty());
            assert_eq!((first.record, second.record), (record, record));
            assert_eq!(first.text(RequestText::Path), b"/pets/7");
            assert_eq!(second.text(RequestText::Path), b"");
        }
    }
    let nowhere = Whereabouts { revision: 0, stage: None, method: None };
    let record = Record::of(&exchange.facts(), &OUTCOME, None, nowhere);
    let mut bytes = Vec::new();
    record.encode(&exchange.facts(), Needs::ALL, &mut bytes);
    assert_eq!(DecodedRecord::decode(&bytes).map(|(decoded, _)| decoded.record), Some(record));
}

#[test]
fn a_record_and_its_exchange_have_the_same_values() {
    let exchange = exchange();
    let facts = exchange.facts_with(&OUTCOME);
    let mut bytes = Vec::new();
    Record::of(&facts, &OUTCOME, None, AT).encode(&facts, Needs::ALL, &mut bytes);
    let (decoded, _) = DecodedRecord::decode(&bytes).expect("a record");
    let outcome = decoded.outcome(ApiKind::RestApi);
    let values = decoded.values(Some(&exchange.stage), Some(&exchange.method), &outcome);
    for name in [
        "path",
        "requestId",
        "status",
        "identity.userAgent",
        "requestTime",
        "stage",
        "httpMethod",
        "domainName",
        "integrationStatus",
        "identity.sourceIp",
        "responseLatency",
    ] {
        let variable = Variable::from_name(name).expect("a known name");
        let (mut live, mut later) = (Vec::new(), Vec::new());
        assert_eq!(facts.write(variable, &mut live), values.write(variable, &mut later), "{name}");
        assert_eq!(live, later, "{name}");
    }
}

#[test]
fn cut_records_are_not_read() {
    let exchange = exchange();
    let mut bytes = Vec::new();
    Record::of(&exchange.facts(), &OUTCOME, None, AT).encode(
        &exchange.facts(),
        Needs::ALL,
        &mut bytes,
    );
    for len in 0..bytes.len() {
        assert!(DecodedRecord::decode(&bytes[..len]).is_none(), "{len}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_decoding_panic(bytes in any::<Vec<u8>>(), len in 0_u32..300) {
        DecodedRecord::decode(&bytes);
        let framed = [&len.to_le_bytes()[..], &bytes].concat();
        DecodedRecord::decode(&framed);
    }

    #[test]
    fn no_user_agent_breaks_a_line(agent in "\\PC{0,20}|[\\x00-\\x7f]{0,20}", bare in any::<bool>()) {
        let exchange = Exchange::new("GET /", &[("User-Agent", &agent)]);
        let text = match bare {
            true => r#"{"id":"$context.requestId","u":$context.identity.userAgent}"#,
            false => r#"{"id":"$context.requestId","u":"$context.identity.userAgent"}"#,
        };
        let line = line(&exchange, &OUTCOME, None, text);
        let json: serde_json::Value = serde_json::from_str(&line).expect("valid JSON");
        let expected = if agent.is_empty() { "-".to_owned() } else { agent };
        let found = match &json["u"] {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        prop_assert_eq!(found, expected);
        for text in ["$context.requestId \"$context.identity.userAgent\"", "$context.requestId,$context.identity.userAgent", "<a>$context.requestId$context.identity.userAgent</a>"] {
            let line = super::tests::line(&exchange, &OUTCOME, None, text);
            prop_assert!(!line.chars().any(char::is_control));
        }
    }

    #[test]
    fn any_format_compiles_or_says_why(text in "[\\PC\n]{0,40}", kind in any::<bool>()) {
        let kind = if kind { ApiKind::RestApi } else { ApiKind::HttpApi };
        compiled(&text, kind);
        compiled(&format!("$context.requestId{text}"), stage(kind).api_kind);
    }
}
