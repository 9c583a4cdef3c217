//! Do mappings and templates take what they say from an exchange?

use proptest::prelude::*;

use crate::context::testing::{Answered, Exchange};
use crate::context::{GatewayError, Outcome};
use crate::definition::{Place, Problem, Severity};
use crate::message::Version;

use super::{
    Expression, Side, Surroundings, compile_expression, compile_gateway_template,
    compile_mapping_template,
};

fn compile(exchange: &Exchange, side: Side, text: &str) -> (Option<Expression>, Vec<Problem>) {
    let mut problems = Vec::new();
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let expression = compile_expression(text, side, around, Place::NONE, &mut problems);
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(expression.is_none(), has_error, "{text}: {problems:?}");
    (expression, problems)
}

/// Compiles and evaluates on the request side.
fn value(exchange: &Exchange, text: &str) -> Option<String> {
    let (expression, problems) = compile(exchange, Side::Request, text);
    let expression = expression.unwrap_or_else(|| panic!("{text}: {problems:?}"));
    let mut out = b"before ".to_vec();
    let range = expression.write_field_value(&exchange.facts(), None, &mut out)?;
    Some(String::from_utf8(out[range].to_vec()).expect("test values are UTF-8"))
}

fn check(exchange: &Exchange, text: &str, expected: Option<&str>) {
    assert_eq!(value(exchange, text).as_deref(), expected, "{text}");
}

fn refused(exchange: &Exchange, side: Side, text: &str, message: &str) {
    let (_, problems) = compile(exchange, side, text);
    let found = problems.iter().any(|problem| problem.message.contains(message));
    assert!(found && !problems.is_empty(), "{text}: {problems:?}");
}

fn rest() -> Exchange {
    let fields = [("x-many", "a1"), ("x-many", "b2"), ("X-Case", "yes"), ("Host", "h.example.com")];
    Exchange::new("POST /pets/7?inq=blue&inq=two+words&bad=a%0D%0Ab&%71=enc", &fields)
        .with_path(&[("id", "p7%2Fx"), ("proxy", "a/b%20c")])
}

#[test]
fn rest_expressions_take_from_the_request() {
    let exchange = rest();
    check(&exchange, "'constant value'", Some("constant value"));
    check(&exchange, "''", Some(""));
    check(&exchange, "method.request.querystring.inq", Some("two words"));
    check(&exchange, "method.request.multivaluequerystring.inq", Some("blue,two words"));
    check(&exchange, "method.request.querystring.q", Some("enc"));
    check(&exchange, "method.request.querystring.none", None);
    check(&exchange, "method.request.path.id", Some("p7/x"));
    check(&exchange, "method.request.path.proxy", Some("a/b c"));
    check(&exchange, "method.request.header.x-many", Some("b2"));
    check(&exchange, "method.request.multivalueheader.x-many", Some("a1,b2"));
    check(&exchange, "method.request.header.Host", Some("h.example.com"));
    check(&exchange, "stageVariables.tone", Some("warm"));
    check(&exchange, "context.stage", Some("hold"));
    check(&exchange, "context.identity.sourceIp", Some("203.0.113.7"));
    check(&exchange, "context.identity.caller", None);
}

#[test]
fn names_of_headers_are_case_sensitive_in_rest_mappings() {
    let exchange = rest();
    check(&exchange, "method.request.header.X-Case", Some("yes"));
    check(&exchange, "method.request.header.x-case", None);
    let exchange = exchange.with_head(|head| head.version = Version::Http2);
    check(&exchange, "method.request.header.x-case", Some("yes"));
}

#[test]
fn host_is_the_authority_where_no_field_carries_it() {
    let authority = "abcde12345.execute-api.us-east-1.example.com:8443";
    check(&Exchange::new("GET /", &[]), "method.request.header.Host", Some(authority));
}

#[test]
fn decoded_control_bytes_drop_the_mapping() {
    check(&rest(), "method.request.querystring.bad", None);
}

#[test]
fn rest_expressions_that_cannot_be_served_are_problems() {
    let exchange = rest();
    let request = |text, message| refused(&exchange, Side::Request, text, message);
    request("method.request.body", "body is not supported");
    request("method.request.body.a.b[0]", "body is not supported");
    request("method.request.header.a b", "invalid mapping expression");
    request("method.request.header.", "invalid mapping expression");
    request("method.request.cookie.a", "invalid mapping expression");
    request("integration.response.header.a", "invalid mapping expression");
    request("$context.stage", "invalid mapping expression");
    request("text", "invalid mapping expression");
    request("context.nothing", "no context variable");
    request("stageVariables.none", "defines no variable");
    request("method.request.path.none", "no variable");
    request("method.request.header.Connection", "taken from the request");
    refused(&exchange, Side::Response, "method.request.header.a", "invalid mapping expression");
    refused(&exchange, Side::Response, "integration.response.body", "body is not supported");
}

#[test]
fn responses_are_read_on_their_side() {
    let answered = Answered::new(200, &[("X-From", "lead"), ("x-from", "tail")]);
    let check = |exchange: &Exchange, text: &str, expected: Option<&str>| {
        let (expression, _) = compile(exchange, Side::Response, text);
        let mut out = Vec::new();
        let range = expression.expect("compiles").write_field_value(
            &exchange.facts(),
            Some(answered.response()),
            &mut out,
        );
        let found = range.map(|range| String::from_utf8_lossy(&out[range]).into_owned());
        assert_eq!(found.as_deref(), expected, "{text}");
    };
    check(&rest(), "integration.response.header.x-from", Some("tail"));
    check(&rest(), "integration.response.multivalueheader.x-from", Some("lead,tail"));
    check(&rest(), "integration.response.header.none", None);
    check(&rest().http_api(), "$response.header.X-FROM", Some("lead,tail"));
    check(&rest().http_api(), "from ${response.header.none}!", Some("from !"));
}

#[test]
fn http_api_expressions_mix_text_and_selections() {
    let exchange = rest().http_api();
    check(&exchange, "static text", Some("static text"));
    check(&exchange, "$request.header.X-MANY", Some("a1,b2"));
    check(&exchange, "$request.querystring.inq", Some("blue,two words"));
    check(&exchange, "$request.querystring.INQ", None);
    check(&exchange, "$request.path", Some("/pets/7"));
    check(&exchange, "$request.path.id", Some("p7/x"));
    check(&exchange, "$context.stage", Some("hold"));
    check(&exchange, "$stageVariables.tone", Some("warm"));
    check(
        &exchange,
        "${request.path.id}-${context.stage}-${stageVariables.tone}",
        Some("p7/x-hold-warm"),
    );
    check(&exchange, "${request.header.none}", None);
    check(&exchange, "a${request.header.none}b", Some("ab"));
    check(&exchange, " ${request.querystring.bad}", None);
    let request = |text, message| refused(&exchange, Side::Request, text, message);
    request("$request.body", "body is not supported");
    request("$request.body.a", "body is not supported");
    request("$request.nothing.a", "invalid mapping expression");
    request("${request.header.a", "invalid mapping expression");
    request("$response.header.a", "invalid mapping expression");
}

/// Renders a gateway response's template.
fn gateway(text: &str, warnings: usize) -> String {
    let exchange = rest();
    let mut problems = Vec::new();
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let template = compile_gateway_template(text, around, Place::NONE, &mut problems);
    assert_eq!(problems.len(), warnings, "{text}: {problems:?}");
    let error = GatewayError {
        message: Some("no \"entry\""),
        response_type: Some("ACCESS_DENIED"),
        validation: None,
    };
    let outcome = Outcome { status: 403, error: Some(error), ..Default::default() };
    let mut out = Vec::new();
    template.render(&exchange.facts_with(&outcome), &mut out);
    String::from_utf8(out).expect("test values are UTF-8")
}

#[test]
fn gateway_templates_substitute_and_nothing_more() {
    let check = |text: &str, expected: &str| assert_eq!(gateway(text, 0), expected, "{text}");
    check(r#"{"message":$context.error.messageString}"#, r#"{"message":"no \"entry\""}"#);
    check("$context.error.message ${context.error.responseType}", "no \"entry\" ACCESS_DENIED");
    check("$context.stage.json $context.stage.", "hold.json hold.");
    check("#set($x = 1) costs $5 \\$ ${", "#set($x = 1) costs $5 \\$ ${");
    check("$stageVariables.tone $stageVariables['host_part']", "warm north");
    check("$method.request.header.x-many $method.request.path.id", "b2 p7/x");
    check("[$method.request.querystring.none]", "[]");
    check("", "");
}

#[test]
fn undefined_variables_render_empty_with_a_warning() {
    assert_eq!(gateway("[$context.nothing][$stageVariables.none]", 2), "[][]");
    assert_eq!(gateway("[$context.requestID]", 1), "[]");
}

#[test]
fn mapping_templates_substitute_plain_references() {
    let exchange = rest();
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let check = |text: &str, expected: Option<&str>| {
        let mut problems = Vec::new();
        let template = compile_mapping_template(text, around, Place::NONE, &mut problems);
        let rendered = template.map(|template| {
            let mut out = Vec::new();
            template.render(&exchange.facts(), &mut out);
            String::from_utf8(out).expect("test values are UTF-8")
        });
        assert_eq!(rendered.as_deref(), expected, "{text}");
        assert_eq!(problems.iter().any(|p| p.severity == Severity::Error), expected.is_none());
    };
    check("fine", Some("fine"));
    check(
        "{\"s\": \"$context.stage\", \"t\": \"$!{stageVariables.tone}\"}",
        Some("{\"s\": \"hold\", \"t\": \"warm\"}"),
    );
    check("$stageVariables.get('host_part')", Some("north"));
    check("[$undefined][$context.nothing]", Some("[][]"));
    check(
        "costs $5, color: #fff; #evaluate($x) #macro",
        Some("costs $5, color: #fff; #evaluate() #macro"),
    );
    check("#set($a = 1)", None);
    check("#if($a)x#{else}y#end", None);
    check("## comment", None);
    check("$input.json('$')", None);
    check("$util.escapeJavaScript('x')", None);
    check("$context.path.substring(1)", None);
    check("$stageVariables", None);
    check("\\$context.stage", None);
}

#[test]
fn gateway_responses_name_path_variables_of_whatever_route_was_taken() {
    let exchange = rest();
    let method = crate::context::MethodFacts::default();
    let around = Surroundings { stage: &exchange.stage, method: &method };
    let mut problems = Vec::new();
    let text = "method.request.path.proxy";
    let expression =
        compile_expression(text, Side::GatewayResponse, around, Place::NONE, &mut problems);
    let mut out = Vec::new();
    let expression = expression.expect("compiles");
    let range = expression.write_field_value(&exchange.facts(), None, &mut out).expect("a value");
    assert_eq!((&out[range], problems), (&b"a/b c"[..], vec![]));
}

#[test]
fn a_value_is_trimmed_and_nothing_else_is_touched() {
    let exchange = Exchange::new("GET /?q=%20%09a%20b%20&blank=%20&nul=a%00", &[]);
    check(&exchange, "method.request.querystring.q", Some("a b"));
    check(&exchange, "method.request.querystring.blank", Some(""));
    check(&exchange, "method.request.querystring.nul", None);
}

/// A naive reading of a query: split, decode each part, compare.
fn naive_values(query: &str, name: &str) -> Vec<Vec<u8>> {
    let decoded = |part: &str| {
        let mut out = Vec::new();
        super::escaped::decode_form(part.as_bytes(), &mut out);
        out
    };
    let pairs = query.split(['&', ';']).filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decoded(name), decoded(value))
    });
    pairs.filter(|(known, _)| known == name.as_bytes()).map(|(_, value)| value).collect()
}

proptest! {
    #[test]
    fn queries_are_read_as_a_naive_reader_does(query in "[ab%612=&;+]{0,24}", name in "[ab ]{0,2}") {
        let mut joined = Vec::new();
        let exchange = Exchange::new(&format!("GET /?{query}"), &[]);
        let source = super::Source::Query(name.as_bytes().into(), super::Take::Joined);
        let is_found = source.write(&exchange.facts(), None, &mut joined);
        let naive = naive_values(&query, &name);
        prop_assert_eq!(is_found, !naive.is_empty());
        prop_assert_eq!(joined, naive.join(&b","[..]));
        let mut last = Vec::new();
        super::Source::Query(name.as_bytes().into(), super::Take::Last)
            .write(&exchange.facts(), None, &mut last);
        prop_assert_eq!(last, naive.last().cloned().unwrap_or_default());
    }

    #[test]
    fn no_text_makes_compiling_panic(text in "\\PC{0,40}|[$.{}()a-z'\\[\\]!]{0,20}", http_api in any::<bool>()) {
        let mut exchange = rest();
        if http_api {
            exchange = exchange.http_api();
        }
        let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
        let mut problems = Vec::new();
        let mut out = Vec::new();
        for prefix in ["", "$", "${", "$context.", "$stageVariables", "method.request.", "#"] {
            let text = format!("{prefix}{text}");
            for side in [Side::Request, Side::Response, Side::GatewayResponse] {
                compile(&exchange, side, &text);
            }
            compile_gateway_template(&text, around, Place::NONE, &mut problems)
                .render(&exchange.facts(), &mut out);
            if let Some(template) = compile_mapping_template(&text, around, Place::NONE, &mut problems) {
                template.render(&exchange.facts(), &mut out);
            }
        }
    }

    #[test]
    fn text_without_references_renders_as_it_is(text in "[^$#\\\\]{0,40}") {
        let exchange = rest();
        let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
        let mut problems = Vec::new();
        let gateway = compile_gateway_template(&text, around, Place::NONE, &mut problems);
        let mapping = compile_mapping_template(&text, around, Place::NONE, &mut problems);
        prop_assert_eq!(gateway.as_text(), Some(text.as_bytes()));
        prop_assert_eq!(mapping.as_ref().and_then(|template| template.as_text()), Some(text.as_bytes()));
        prop_assert_eq!(problems, vec![]);
    }
}
