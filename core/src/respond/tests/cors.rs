//! Are pages of other origins told what the API's configuration says?

use super::{Fields, answered, owned, value_of};
use crate::context::testing::{Answered, Exchange};
use crate::definition::{self, Place, Problem};
use crate::respond::{Cause, Cors, GatewayResponses, ProxyResponses};

fn compiled(origins: &[&str], credentials: bool) -> (Cors, Vec<Problem>) {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let cors = definition::Cors {
        allow_origins: own(origins),
        allow_methods: own(&["GET", "POST"]),
        allow_headers: own(&["x-a", "*"]),
        expose_headers: own(&["x-b"]),
        max_age_s: Some(300),
        allow_credentials: credentials,
    };
    let mut problems = Vec::new();
    (Cors::compile(&cors, Place::NONE, &mut problems), problems)
}

fn from(origin: &str, line: &str) -> Exchange {
    let fields = [("Origin", origin), ("Access-Control-Request-Method", "GET")];
    Exchange::new(line, &fields).http_api()
}

fn preflight(cors: &Cors, origin: &str) -> Fields {
    let exchange = from(origin, "OPTIONS /");
    let (answer, fields) =
        answered(&exchange, Some(cors), |occasion, sink| cors.write_preflight(occasion, sink));
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(value_of(&fields, "apigw-requestid").as_deref(), Some("JKJaXmPLvHcESHA="));
    fields.into_iter().filter(|(n, _)| n.starts_with("access-") || n == "vary").collect()
}

#[test]
fn preflights_are_told_by_three_signs() {
    let check = |line: &str, fields: &[(&str, &str)], expected| {
        let exchange = Exchange::new(line, fields);
        assert_eq!(Cors::is_preflight(exchange.request()), expected, "{line} {fields:?}");
    };
    let origin = ("Origin", "https://a.example");
    let method = ("Access-Control-Request-Method", "GET");
    check("OPTIONS /", &[origin, method], true);
    check("OPTIONS /", &[origin], false);
    check("OPTIONS /", &[method], false);
    check("GET /", &[origin, method], false);
}

#[test]
fn an_allowed_origin_is_told_everything() {
    let (cors, problems) = compiled(&["https://a.example", "http://*"], true);
    assert_eq!(problems, []);
    for origin in ["https://a.example", "http://any.example:8080"] {
        let expected = [
            ("access-control-allow-origin", origin),
            ("vary", "Origin"),
            ("access-control-allow-methods", "GET,POST"),
            ("access-control-allow-headers", "x-a,*"),
            ("access-control-max-age", "300"),
            ("access-control-allow-credentials", "true"),
        ];
        assert_eq!(preflight(&cors, origin), owned(&expected));
    }
}

#[test]
fn any_origin_is_not_echoed() {
    let (cors, _) = compiled(&["*"], false);
    let fields = preflight(&cors, "https://b.example");
    assert_eq!(value_of(&fields, "access-control-allow-origin").as_deref(), Some("*"));
    assert_eq!(value_of(&fields, "vary"), None);
    assert_eq!(value_of(&fields, "access-control-allow-credentials"), None);
}

#[test]
fn other_origins_are_told_nothing() {
    let (cors, _) = compiled(&["https://a.example", "http://*"], false);
    for origin in
        ["https://b.example", "https://a.example.evil", "https://a.exampl", "null", "http://", ""]
    {
        assert_eq!(preflight(&cors, origin), owned(&[("vary", "Origin")]), "{origin}");
    }
}

#[test]
fn actual_answers_replace_what_the_backend_says() {
    let (cors, _) = compiled(&["https://a.example"], true);
    let backend = Answered::new(
        200,
        &[
            ("Access-Control-Allow-Origin", "*"),
            ("access-control-allow-methods", "PUT"),
            ("x-b", "1"),
        ],
    );
    let write = |exchange: &Exchange, cors: Option<&Cors>| {
        let (_, fields) = answered(exchange, cors, |occasion, sink| {
            ProxyResponses::default().write(backend.response(), occasion, &mut Vec::new(), sink)
        });
        fields
            .into_iter()
            .filter(|(n, _)| n.to_lowercase().starts_with("access-"))
            .collect::<Fields>()
    };
    let expected = owned(&[
        ("access-control-allow-origin", "https://a.example"),
        ("access-control-expose-headers", "x-b"),
        ("access-control-allow-credentials", "true"),
    ]);
    assert_eq!(write(&from("https://a.example", "GET /"), Some(&cors)), expected);
    assert_eq!(write(&from("https://b.example", "GET /"), Some(&cors)), []);
    assert_eq!(write(&Exchange::new("GET /", &[]).http_api(), Some(&cors)), []);
    assert_eq!(write(&from("https://b.example", "GET /"), None).len(), 2);
}

#[test]
fn refusals_are_readable_for_allowed_origins_too() {
    let (cors, _) = compiled(&["https://a.example"], false);
    let exchange = from("https://a.example", "GET /");
    let (answer, fields) = answered(&exchange, Some(&cors), |occasion, sink| {
        GatewayResponses::PLAIN.write(Cause::NoSuchPath, occasion, sink)
    });
    assert_eq!(answer.status, 404);
    let origin = value_of(&fields, "access-control-allow-origin");
    assert_eq!(origin.as_deref(), Some("https://a.example"));
}

#[test]
fn wrong_configurations_are_problems() {
    let check = |origins: &[&str], credentials, message: &str| {
        let (_, problems) = compiled(origins, credentials);
        assert!(problems.iter().any(|p| p.message.contains(message)), "{origins:?}: {problems:?}");
    };
    check(&["*"], true, "allowCredentials");
    check(&["example.com"], false, "no origin");
    check(&["https://*.example.com"], false, "no origin");
    check(&["https://a.example/path"], false, "no origin");
    check(&["https://a\r\nX: y"], false, "no origin");
    let cors = definition::Cors {
        allow_headers: vec!["a b".into()],
        max_age_s: Some(-2),
        ..Default::default()
    };
    let mut problems = Vec::new();
    Cors::compile(&cors, Place::NONE, &mut problems);
    assert_eq!(problems.len(), 2, "{problems:?}");
}
