//! Do recorded and documented behaviours of the service hold here?
//!
//! The cases are those that need no template language; `cases.json` has one behaviour each.

use serde_json::Value;

use super::{answered, body, value_of};
use crate::context::testing::{Answered, Exchange};
use crate::definition::{self, IntegrationKind, IntegrationResponse, PassthroughBehavior, Place};
use crate::integrate::{Integration, Targets, compile};
use crate::message::FieldBlock;
use crate::respond::{Cause, GatewayResponses, ProxyResponses, write_mock};
use crate::transform::Surroundings;

const CASES: &str = include_str!("cases.json");

#[test]
fn cases_hold() {
    let cases: Vec<Value> = serde_json::from_str(CASES).expect("valid JSON");
    assert!(cases.len() > 25, "{}", cases.len());
    for case in &cases {
        check(case);
    }
}

fn check(case: &Value) {
    let id = text(&case["id"]);
    let exchange = exchange(case);
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let mut problems = Vec::new();
    let integration =
        compile(&integration(case), None, around, &mut Targets::default(), &mut problems);
    let integration = integration.unwrap_or_else(|| panic!("{id}: {problems:?}"));
    let expect = &case["expect"];
    let mut sent = None;
    let (answer, fields) = answered(&exchange, None, |occasion, sink| {
        let mut scratch = Vec::new();
        let refused = |cause: Cause, sink: &mut FieldBlock| {
            let answer = GatewayResponses::PLAIN.write(cause, occasion, sink);
            (answer.status, Some(body(&answer)))
        };
        match &integration {
            Integration::Defect(_) => refused(Cause::IntegrationDefect, sink),
            Integration::Mock(mock) => match write_mock(mock, occasion, &mut scratch, sink) {
                Ok(answer) => (answer.status, Some(body(&answer))),
                Err(refusal) => refused(refusal.into(), sink),
            },
            Integration::HttpProxy(proxy) => {
                let mut target = Vec::new();
                proxy.write_target(occasion.facts, &mut target).expect(id);
                let mut block = FieldBlock::default();
                proxy.write_fields(occasion.facts, &mut scratch, &mut block);
                sent = Some((String::from_utf8(target).expect(id), pairs(&block)));
                let backend = backend(case);
                let response = backend.response();
                let status =
                    ProxyResponses::default().write(response, occasion, &mut scratch, sink);
                (status, None)
            }
        }
    });
    assert_eq!(u64::from(answer.0), expect["status"].as_u64().unwrap_or(200), "{id}");
    if let (Some(expected), Some(found)) = (expect["body"].as_str(), &answer.1) {
        assert_eq!(found, expected, "{id}");
    }
    if let (false, Some(found)) = (expect["json"].is_null(), &answer.1) {
        assert_eq!(serde_json::from_str::<Value>(found).expect(id), expect["json"], "{id}");
    }
    for (name, value) in members(&expect["headers"]) {
        assert_eq!(
            value_of(&fields, name).as_deref(),
            value.as_str(),
            "{id}: {name} in {fields:?}"
        );
    }
    check_backend(id, &expect["backend"], sent);
}

fn check_backend(id: &str, expect: &Value, sent: Option<(String, super::Fields)>) {
    let Some((target, fields)) = sent else {
        assert!(expect.is_null() || expect == "not called", "{id}: the backend was not called");
        return;
    };
    assert_ne!(expect, "not called", "{id}");
    for (name, value) in members(&expect["headers"]) {
        assert_eq!(value_of(&fields, name).as_deref(), value.as_str(), "{id}: {name}");
    }
    for name in expect["absent"].as_array().into_iter().flatten() {
        assert_eq!(value_of(&fields, text(name)), None, "{id}: {name}");
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    if let Some(expected) = expect["path"].as_str() {
        assert_eq!(path, expected, "{id}");
    }
    for (name, values) in members(&expect["query"]) {
        let prefix = format!("{name}=");
        let found: Vec<_> =
            query.split('&').filter_map(|pair| pair.strip_prefix(&prefix)).collect();
        assert_eq!(Value::from(found), *values, "{id}: {name}");
    }
}

fn exchange(case: &Value) -> Exchange {
    let request = &case["request"];
    let path = request["path"].as_str().unwrap_or("/k");
    let query = request["query"].as_str().map(|query| format!("?{query}")).unwrap_or_default();
    let given: Option<Vec<(&str, &str)>> = request["headers"]
        .as_array()
        .map(|list| list.iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect());
    let fields = given.unwrap_or_else(|| vec![("Content-Type", "application/json")]);
    let mut exchange = Exchange::new(&format!("POST {path}{query}"), &fields);
    exchange.client.ip = [127, 0, 0, 1].into();
    exchange.base_path = "/hold";
    let resource = case["resource"].as_str().unwrap_or("/k");
    let mut variables = Vec::new();
    for (segment, value) in resource.split('/').zip(path.split('/')) {
        if let Some(name) = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            variables.push((name, &*value.to_owned().leak()));
        }
    }
    exchange.with_path(&variables)
}

fn integration(case: &Value) -> definition::Integration {
    let kind = match text(&case["integration"]) {
        "MOCK" => IntegrationKind::Mock,
        _ => IntegrationKind::HttpProxy,
    };
    let mut integration = definition::Integration::new(kind);
    integration.http_method = Some("ANY".into());
    integration.uri = Some(format!("http://backend{}", case["uri"].as_str().unwrap_or("/")));
    integration.request_parameters = strings(&case["requestParameters"]).into_iter().collect();
    integration.request_templates = strings(&case["requestTemplates"]);
    if let Some(template) = case["requestTemplate"].as_str() {
        integration.request_templates = vec![("application/json".into(), template.into())];
    }
    integration.passthrough_behavior = match case["passthroughBehavior"].as_str() {
        Some("NEVER") => PassthroughBehavior::Never,
        Some("WHEN_NO_TEMPLATES") => PassthroughBehavior::WhenNoTemplates,
        _ => PassthroughBehavior::WhenNoMatch,
    };
    if kind == IntegrationKind::Mock {
        integration.responses = responses(case);
    }
    integration
}

fn responses(case: &Value) -> Vec<IntegrationResponse> {
    let response = |status: u16, pattern: Option<&str>, templates| IntegrationResponse {
        selection_pattern: pattern.map(Into::into),
        status,
        parameters: strings(&case["responseParameters"]).into_iter().collect(),
        templates,
        content_handling: None,
        place: Place::NONE,
    };
    match case["integrationResponses"].as_array() {
        Some(list) => list
            .iter()
            .map(|written| {
                let status = text(&written["statusCode"]).parse().expect("a status");
                let pattern = written["selectionPattern"].as_str();
                response(status, pattern, strings(&written["responseTemplates"]))
            })
            .collect(),
        None => {
            let template = case["responseTemplate"].as_str();
            let template = template.map(|text| ("application/json".into(), text.into()));
            vec![response(200, None, template.into_iter().collect())]
        }
    }
}

fn backend(case: &Value) -> Answered {
    let fields: Vec<_> =
        members(&case["backend"]["headers"]).map(|(name, value)| (name, text(value))).collect();
    let status = case["backend"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    Answered::new(status.unwrap_or(200), &fields)
}

fn pairs(block: &FieldBlock) -> super::Fields {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    block.pairs().map(|(name, value)| (text(name), text(value))).collect()
}

fn strings(value: &Value) -> Vec<(String, String)> {
    members(value).map(|(key, value)| (key.to_owned(), text(value).to_owned())).collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
