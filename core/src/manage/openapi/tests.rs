//! Is the kind of an API found, and told with its reason?

use super::*;

fn import_text(text: &str, kind: Option<ApiKind>) -> Imported {
    let document = Document { name: "api.yaml".into(), text: text.into() };
    import(0, &document, &Options { kind, ..Options::default() })
}

#[track_caller]
fn check_kind(text: &str, expected: &str) {
    let text = format!("openapi: 3.0.1\n{text}");
    let kind = import_text(&text, None).kind.map(|kind| kind.to_string()).unwrap_or_default();
    assert_eq!(kind.split(';').next(), Some(expected), "{text}");
}

/// One path with an integration.
fn with_integration(integration: &str) -> String {
    format!("paths: {{/: {{get: {{x-amazon-apigateway-integration: {{{integration}}}}}}}}}\n")
}

#[test]
fn what_the_document_declares_wins_over_what_it_looks_like() {
    check_kind("x-tollgate-kind: http\n", "HTTP API by x-tollgate-kind");
    let mock = with_integration("type: mock");
    check_kind(&format!("x-tollgate-kind: HTTP\n{mock}"), "HTTP API by x-tollgate-kind");
    check_kind("x-tollgate-kind: rest\npaths: {/$default: {}}\n", "REST API by x-tollgate-kind");
}

#[test]
fn what_the_operator_says_wins_over_the_document() {
    let text = "openapi: 3.0.1\nx-tollgate-kind: http\npaths: {/: {get: {}}}\n";
    let imported = import_text(text, Some(ApiKind::Rest));
    assert!(matches!(imported.api, Some(Api::Rest(_))));
    assert_eq!(imported.kind.map(|kind| kind.reason), Some(KindReason::Told));
}

#[test]
fn features_of_one_kind_decide() {
    for (text, expected) in [
        ("paths: {/$default: {}}\n".to_owned(), "HTTP API, a guess from the path \"/$default\""),
        (with_integration("type: MOCK"), "REST API, a guess from an integration of type \"MOCK\""),
        (with_integration("type: aws"), "REST API, a guess from an integration of type \"aws\""),
        (
            with_integration("requestParameters: {'overwrite:path': $request.path}"),
            "HTTP API, a guess from the mapping \"overwrite:path\"",
        ),
        (
            with_integration("requestParameters: {integration.request.header.x: \"'y'\"}"),
            "REST API, a guess from the mapping \"integration.request.header.x\"",
        ),
        (
            with_integration("integrationSubtype: SQS-SendMessage"),
            "HTTP API, a guess from \"integrationSubtype\"",
        ),
        (
            "components: {x-amazon-apigateway-integrations: {}}\n".to_owned(),
            "HTTP API, a guess from x-amazon-apigateway-integrations",
        ),
        (
            "tags: [{name: 'httpapi:createdBy'}]\n".to_owned(),
            "HTTP API, a guess from the tag \"httpapi:createdBy\"",
        ),
        (
            "components: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: jwt}}}}\n"
                .to_owned(),
            "HTTP API, a guess from an authorizer of type \"jwt\"",
        ),
        (
            "x-amazon-apigateway-gateway-responses: {}\n".to_owned(),
            "REST API, a guess from x-amazon-apigateway-gateway-responses",
        ),
    ] {
        check_kind(&text, expected);
    }
}

#[test]
fn stray_keys_of_the_other_kind_do_not_decide() {
    let text = with_integration("type: http_proxy, payloadFormatVersion: '2.0'")
        + "x-amazon-apigateway-cors: {}\nx-amazon-apigateway-importexport-version: '1.0'\n";
    check_kind(&text, "REST API, a guess as nothing says otherwise");
}

#[test]
fn a_default_route_decides_against_everything_else() {
    let text =
        "paths: {/$default: {}, /: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n";
    check_kind(text, "HTTP API, a guess from the path \"/$default\"");
}

#[test]
fn ids_spread_over_all_their_characters() {
    let ids: Vec<String> = (0..1000).map(|n| derived_id(&["api.yaml", &n.to_string()])).collect();
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    for position in 0..10 {
        let seen: std::collections::BTreeSet<_> =
            ids.iter().map(|id| id.as_bytes()[position]).collect();
        assert_eq!(seen.len(), 36, "character {position}");
    }
    assert_ne!(derived_id(&["ab", "c"]), derived_id(&["a", "bc"]));
}
