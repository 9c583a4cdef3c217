//! Does every variable have the value that AWS documents?

use std::net::IpAddr;

use super::testing::{Exchange, IDS};
use super::{Facts, GatewayError, Outcome, Tls, Variable};

fn value(facts: &Facts<'_>, name: &str) -> Option<String> {
    let variable = Variable::from_name(name).expect("a known name");
    let mut out = b"before ".to_vec();
    let is_available = facts.write(variable, &mut out);
    let text = String::from_utf8(out).expect("test values are UTF-8");
    let text = text.strip_prefix("before ").expect("values are appended").to_owned();
    assert!(is_available || text.is_empty(), "{name} is unavailable and yet wrote {text:?}");
    is_available.then_some(text)
}

fn check(facts: &Facts<'_>, name: &str, expected: Option<&str>) {
    assert_eq!(value(facts, name).as_deref(), expected, "{name}");
}

fn exchange() -> Exchange {
    Exchange::new("GET /pets/7?x=1", &[("User-Agent", "probe/2.0")])
}

#[test]
fn request_variables_come_from_the_head_and_the_connection() {
    let mut exchange = exchange();
    exchange.client.tls = Some(Tls { version: "TLSv1.3", cipher_suite: "TLS_AES_128_GCM_SHA256" });
    let facts = exchange.facts();
    check(&facts, "httpMethod", Some("GET"));
    check(&facts, "path", Some("/hold/pets/7"));
    check(&facts, "protocol", Some("HTTP/1.1"));
    check(&facts, "domainName", Some("abcde12345.execute-api.us-east-1.example.com"));
    check(&facts, "domainPrefix", Some("abcde12345"));
    check(&facts, "identity.sourceIp", Some("203.0.113.7"));
    check(&facts, "identity.userAgent", Some("probe/2.0"));
    check(&facts, "requestTime", Some("09/Apr/2015:12:34:56 +0000"));
    check(&facts, "requestTimeEpoch", Some("1428582896123"));
    check(&facts, "tlsVersion", Some("TLSv1.3"));
    check(&facts, "cipherSuite", Some("TLS_AES_128_GCM_SHA256"));
}

#[test]
fn stage_and_method_variables_come_from_the_snapshot() {
    let exchange = exchange();
    let facts = exchange.facts();
    check(&facts, "accountId", Some("123456789012"));
    check(&facts, "apiId", Some("abcde12345"));
    check(&facts, "stage", Some("hold"));
    check(&facts, "deploymentId", Some("dep001"));
    check(&facts, "endpointType", Some("REGIONAL"));
    check(&facts, "resourceId", Some("res0000001"));
    check(&facts, "resourcePath", Some("/pets/{petId}"));
    check(&facts, "routeKey", None);
    check(&facts, "requestId", Some("c6af9ac6-7b61-11e6-9a41-93e8deadbeef"));
    check(&facts, "extendedRequestId", Some("JKJaXmPLvHcESHA="));
}

#[test]
fn http_apis_have_one_id_and_a_route_key() {
    let exchange = exchange().http_api();
    let facts = exchange.facts();
    check(&facts, "requestId", Some("JKJaXmPLvHcESHA="));
    check(&facts, "extendedRequestId", Some("JKJaXmPLvHcESHA="));
    check(&facts, "routeKey", Some("GET /pets/{petId}"));
}

#[test]
fn the_outcome_is_told_once_there_is_one() {
    let exchange = exchange();
    check(&exchange.facts(), "status", None);
    let outcome = Outcome {
        status: 200,
        request_bytes: 10,
        response_bytes: 345,
        latency_us: 12_999,
        integration_latency_us: Some(9_001),
        integration_status: Some(201),
        integration_error: Some("reset"),
        error: None,
    };
    let facts = exchange.facts_with(&outcome);
    check(&facts, "status", Some("200"));
    check(&facts, "responseLength", Some("345"));
    check(&facts, "responseLatency", Some("12"));
    check(&facts, "dataProcessed", Some("355"));
    for name in ["integrationLatency", "integration.latency"] {
        check(&facts, name, Some("9"));
    }
    for name in ["integrationStatus", "integration.status", "integration.integrationStatus"] {
        check(&facts, name, Some("201"));
    }
    for name in ["integrationErrorMessage", "integration.error"] {
        check(&facts, name, Some("reset"));
    }
    check(&facts, "error.message", None);
}

#[test]
fn errors_are_told_bare_and_as_json() {
    let exchange = exchange();
    let error = GatewayError {
        message: Some("say \"please\""),
        response_type: Some("UNAUTHORIZED"),
        validation: None,
    };
    let outcome = Outcome { error: Some(error), ..Default::default() };
    let facts = exchange.facts_with(&outcome);
    check(&facts, "error.message", Some("say \"please\""));
    check(&facts, "error.messageString", Some(r#""say \"please\"""#));
    check(&facts, "error.responseType", Some("UNAUTHORIZED"));
    check(&facts, "error.validationErrorString", None);
    let outcome = Outcome { error: Some(GatewayError { message: None, ..error }), ..outcome };
    check(&exchange.facts_with(&outcome), "error.messageString", Some("null"));
}

#[test]
fn what_is_not_located_has_no_stage() {
    let exchange = exchange();
    let facts = Facts { stage: None, method: None, base_path: b"", path: b"", ..exchange.facts() };
    check(&facts, "path", Some("/pets/7"));
    check(&facts, "stage", None);
    check(&facts, "resourcePath", None);
    check(&facts, "requestId", Some(std::str::from_utf8(&IDS.request_id).expect("ASCII")));
}

#[test]
fn features_that_do_not_exist_are_unavailable() {
    let exchange = exchange();
    let facts = exchange.facts();
    for name in ["authorizer.principalId", "identity.caller", "waf.status", "connectionId"] {
        check(&facts, name, None);
    }
}

#[test]
fn ports_are_no_part_of_a_domain_name() {
    let exchange = exchange();
    let check = |authority: &[u8], expected: &str| {
        let values = super::Values { authority, ..exchange.facts().values() };
        let mut out = Vec::new();
        values.write(Variable::DomainName, &mut out);
        assert_eq!(out, expected.as_bytes());
    };
    check(b"example.com", "example.com");
    check(b"example.com:80", "example.com");
    check(b"[::1]:80", "[::1]");
    check(b"[::1]", "[::1]");
    check(b"[2001:db8::]", "[2001:db8::]");
}

#[test]
fn ipv6_clients_are_spelled_shortly() {
    let mut exchange = exchange();
    exchange.client.ip = "2001:db8:0:0:1::1".parse::<IpAddr>().expect("an address");
    check(&exchange.facts(), "identity.sourceIp", Some("2001:db8::1:0:0:1"));
}
