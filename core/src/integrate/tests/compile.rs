//! What can be served, what fails on every call, and what is refused?

use super::{compiled, integration_of, proxy, refused};
use crate::context::testing::Exchange;
use crate::definition::{ConnectionType, IntegrationKind};
use crate::integrate::{Targets, compile};
use crate::message::Verb;
use crate::transform::Surroundings;

#[test]
fn verbs_are_the_clients_or_the_definitions() {
    let check = |line: &str, method: &str, expected: (Verb, &str)| {
        let exchange = Exchange::new(line, &[]);
        let proxy = proxy(&exchange, |integration| integration.http_method = Some(method.into()));
        let found = proxy.verb(&exchange.facts());
        assert_eq!(found, (expected.0, expected.1.as_bytes()), "{line} {method}");
    };
    check("GET /", "ANY", (Verb::Get, "GET"));
    check("PURGE /", "ANY", (Verb::Other, "PURGE"));
    check("GET /", "POST", (Verb::Post, "POST"));
    let exchange = Exchange::new("POST /", &[("X-HTTP-Method-Override", "PATCH")]);
    assert_eq!(proxy(&exchange, |_| {}).verb(&exchange.facts()).0, Verb::Patch);
    let exchange = exchange.http_api();
    assert_eq!(proxy(&exchange, |_| {}).verb(&exchange.facts()).0, Verb::Post);
}

#[test]
fn only_what_has_no_effect_twice_is_retried() {
    let check = |line: &str, body: u64, expected| {
        let exchange = Exchange::new(line, &[]).with_body(body);
        let proxy = proxy(&exchange, |_| {});
        assert_eq!(proxy.is_retry_safe(&exchange.facts()), expected, "{line} {body}");
    };
    check("GET /", 0, true);
    check("DELETE /", 0, true);
    check("PUT /", 5, false);
    check("POST /", 0, false);
    check("PURGE /", 0, false);
}

#[test]
fn timeouts_have_aws_bounds() {
    let exchange = Exchange::new("GET /", &[]);
    assert_eq!(proxy(&exchange, |_| {}).timeout_ms(), 29_000);
    assert_eq!(proxy(&exchange, |i| i.timeout_ms = Some(50)).timeout_ms(), 50);
    refused(|i| i.timeout_ms = Some(49), "between 50 ms and 29000 ms");
    refused(|i| i.timeout_ms = Some(29_001), "between 50 ms and 29000 ms");
    let exchange = exchange.http_api();
    assert_eq!(proxy(&exchange, |_| {}).timeout_ms(), 30_000);
}

#[test]
fn what_cannot_be_served_says_so() {
    refused(|i| i.kind = IntegrationKind::AwsProxy, "\"AWS_PROXY\" is not supported");
    refused(|i| i.kind = IntegrationKind::Aws, "\"AWS\" is not supported");
    refused(|i| i.kind = IntegrationKind::Http, "\"HTTP\" is not supported");
    refused(|i| i.connection_type = ConnectionType::VpcLink, "VPC_LINK");
    refused(|i| i.http_method = None, "httpMethod");
    refused(|i| i.http_method = Some("FETCH".into()), "\"FETCH\"");
    refused(|i| i.uri = None, "invalid HTTP endpoint");
    refused(|i| i.uri = Some("http://b/../x".into()), "\"..\" segment");
    let mapping = |key: &'static str, value: &'static str, message| {
        refused(|i| drop(i.request_parameters.insert(key.into(), value.into())), message);
    };
    mapping("integration.request.cookie.a", "'x'", "no request parameter");
    mapping("integration.request.header.a b", "'x'", "no header name");
    mapping("integration.request.header.a", "'x\r\ny'", "control character");
    mapping("integration.request.header.a", "method.request.body", "body is not supported");
}

#[test]
fn what_aws_fails_on_compiles_to_a_defect() {
    refused(|i| i.uri = Some("http://${stageVariables.none}/".into()), "Invalid endpoint address");
    refused(|i| i.uri = Some("http://b/{id}".into()), "nothing fills \"{id}\"");
    for name in
        ["Content-Length", "transfer-encoding", "X-Amzn-Trace-Id", "x-amzn-apigateway-api-id"]
    {
        let key = format!("integration.request.header.{name}");
        refused(|i| drop(i.request_parameters.insert(key, "'5'".into())), "header already present");
    }
}

#[test]
fn reserved_headers_of_http_apis_are_refused() {
    for name in ["Authorization", "x-amzn-a", "apigw-x", "Access-Control-Allow-Origin", "Via", "TE"]
    {
        let exchange = Exchange::new("GET /", &[]).http_api();
        let mut integration = integration_of(IntegrationKind::HttpProxy);
        integration.request_parameters.insert(format!("overwrite:header.{name}"), "x".into());
        let (compiled, _, problems) = compiled(&exchange, &integration);
        assert!(compiled.is_none(), "{name}: {problems:?}");
    }
}

#[test]
fn targets_are_shared() {
    let exchange = Exchange::new("GET /", &[]);
    let mut targets = Targets::default();
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    for uri in ["http://B.example.com/1", "http://b.example.com:80/2", "https://b.example.com/"] {
        let mut integration = integration_of(IntegrationKind::HttpProxy);
        integration.uri = Some(uri.into());
        compile(&integration, None, around, &mut targets, &mut Vec::new());
    }
    let list = targets.into_list();
    assert_eq!(list.len(), 2);
    assert_eq!((list[1].host.as_str(), list[1].port, list[1].is_tls), ("b.example.com", 443, true));
}
