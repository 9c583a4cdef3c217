//! Which answer does a mock choose?

use super::{compiled, integration_of};
use crate::context::testing::Exchange;
use crate::definition::{self, IntegrationKind, IntegrationResponse, PassthroughBehavior, Place};
use crate::integrate::{Integration, Mock, Refusal, Targets, compile};
use crate::transform::Surroundings;

fn response(status: u16, pattern: Option<&str>, templates: &[(&str, &str)]) -> IntegrationResponse {
    IntegrationResponse {
        selection_pattern: pattern.map(Into::into),
        status,
        parameters: Default::default(),
        templates: templates.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        content_handling: None,
        place: Place::NONE,
    }
}

fn mock(requests: &[(&str, &str)], responses: Vec<IntegrationResponse>) -> definition::Integration {
    let mut integration = integration_of(IntegrationKind::Mock);
    integration.request_templates =
        requests.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    integration.responses = responses;
    integration
}

fn compiled_mock(integration: &definition::Integration) -> Mock {
    match compiled(&Exchange::new("GET /", &[]), integration) {
        (Some(Integration::Mock(mock)), _, _) => mock,
        (other, _, problems) => panic!("no mock: {other:?} {problems:?}"),
    }
}

const JSON: &str = "application/json";

#[test]
fn a_mock_selects_by_status() {
    let check = |template: &str, expected: Result<u16, Refusal>| {
        let responses = vec![
            response(200, None, &[]),
            response(201, Some("201"), &[]),
            response(500, Some("5\\d{2}"), &[]),
            response(599, Some("599"), &[]),
        ];
        // A second template keeps a mock that always fails from becoming a defect.
        let mock = compiled_mock(&mock(&[(JSON, template), ("x/y", "{statusCode: 1}")], responses));
        let exchange = Exchange::new("GET /", &[]);
        assert_eq!(mock.choose(&exchange.facts()).map(|r| r.status), expected, "{template}");
    };
    check("{\"statusCode\": 200}", Ok(200));
    check("{statusCode: 201}", Ok(201));
    check("{statusCode: 502}", Ok(500));
    check("{statusCode: 599}", Ok(500));
    check("{statusCode: 5021}", Ok(200));
    check("{statusCode: -5}", Ok(200));
    check("{\"statusCode\": $context.accountId}", Ok(200));
    check("{\"statusCode\": \"200\"}", Err(Refusal::MockWithoutStatus));
    check("statusCode: 200", Err(Refusal::MockWithoutStatus));
}

#[test]
fn content_types_choose_the_template_of_a_mock() {
    let check = |content_type: Option<&str>, behavior, requests: &[(&str, &str)], expected| {
        let mut integration = mock(requests, vec![response(200, None, &[])]);
        integration.passthrough_behavior = behavior;
        let mock = compiled_mock(&integration);
        let fields: Vec<_> =
            content_type.map(|value| ("Content-Type", value)).into_iter().collect();
        let exchange = Exchange::new("POST /", &fields);
        assert_eq!(mock.choose(&exchange.facts()).map(|r| r.status), expected, "{content_type:?}");
    };
    use PassthroughBehavior::{Never, WhenNoMatch, WhenNoTemplates};
    let json = [(JSON, "{statusCode: 200}")];
    check(None, Never, &json, Ok(200));
    check(Some("application/json; charset=utf-8"), Never, &json, Ok(200));
    check(Some("text/plain"), WhenNoMatch, &json, Err(Refusal::MockWithoutStatus));
    check(Some("text/plain"), WhenNoTemplates, &json, Err(Refusal::UnsupportedMediaType));
    check(Some("text/plain"), Never, &json, Err(Refusal::UnsupportedMediaType));
    check(None, Never, &[], Err(Refusal::UnsupportedMediaType));
    check(Some("text/plain"), Never, &[("$default", "{statusCode: 200}")], Ok(200));
}

#[test]
fn a_mock_that_always_fails_is_a_defect() {
    let check = |integration: &definition::Integration, message: &str| {
        let (compiled, _, problems) = compiled(&Exchange::new("GET /", &[]), integration);
        let Some(Integration::Defect(defect)) = compiled else {
            panic!("{compiled:?} {problems:?}")
        };
        assert!(defect.detail.contains(message), "{}", defect.detail);
        assert!(problems[0].message.contains("500"), "{problems:?}");
    };
    check(&mock(&[], vec![response(200, None, &[])]), "Unable to parse statusCode");
    check(&mock(&[(JSON, "{}")], vec![response(200, None, &[])]), "Unable to parse statusCode");
    check(&mock(&[(JSON, "{statusCode: 200}")], vec![]), "No match for output mapping");
    let patterned = vec![response(200, Some("404"), &[])];
    check(&mock(&[(JSON, "{statusCode: 200}")], patterned), "No match for output mapping");
}

#[test]
fn a_status_that_the_method_does_not_declare_fails() {
    let integration = mock(&[(JSON, "{statusCode: 200}")], vec![response(200, None, &[])]);
    let exchange = Exchange::new("GET /", &[]);
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let mut declared = std::collections::BTreeMap::new();
    let compile_with = |declared: &_| {
        compile(&integration, Some(declared), around, &mut Targets::default(), &mut Vec::new())
    };
    assert!(matches!(compile_with(&declared), Some(Integration::Defect(_))));
    declared.insert(200, definition::MethodResponse::default());
    assert!(matches!(compile_with(&declared), Some(Integration::Mock(_))));
}

#[test]
fn mocks_that_need_the_template_language_are_refused() {
    let check = |integration: definition::Integration, message: &str| {
        let (compiled, _, problems) = compiled(&Exchange::new("GET /", &[]), &integration);
        assert!(compiled.is_none());
        assert!(problems.iter().any(|p| p.message.contains(message)), "{problems:?}");
    };
    let fine = [(JSON, "{statusCode: 200}")];
    check(mock(&[(JSON, "#set($a = 1){statusCode: 200}")], vec![]), "template language");
    check(
        mock(&fine, vec![response(200, None, &[(JSON, "$input.json('$')")])]),
        "template language",
    );
    check(mock(&fine, vec![response(200, Some("(?=x)"), &[])]), "selection pattern");
    check(mock(&fine, vec![response(200, Some("a)|(b"), &[])]), "selection pattern");
    check(mock(&fine, vec![response(42, None, &[])]), "42 is no status that");
}
