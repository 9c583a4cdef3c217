//! What does the gateway serve, and why does a request go where it goes?
//!
//! Renders what `tollgate routes` and `tollgate routes --why GET /path` print. Both read a
//! compiled snapshot, so they show what is served, not what somebody meant to write.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::context::ApiKind;
use crate::definition::{Integration, IntegrationKind, Place};
use crate::limits::{HTTP_API_INTEGRATION_TIMEOUT_MS_MAX, REST_API_INTEGRATION_TIMEOUT_MS_MAX};
use crate::locate;
use crate::message::Verb;
use crate::route::{self, Candidate, Verdict};
use crate::snapshot::{Snapshot, Stage, methods_of};

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `GET` …, `ANY`; `$default` for that route.
    pub verb: String,
    /// The path; empty for `$default`.
    pub path: String,
    /// `HTTP_PROXY`, `MOCK` …
    pub integration: &'static str,
    /// The integration's URI as written; empty where it has none.
    pub target: String,
    /// Milliseconds until the integration must have answered; `None` where nothing is called.
    pub timeout_ms: Option<u32>,
    /// Where it stands, such as `pets.yaml:12:5`; empty where no document wrote it.
    pub place: String,
}

/// The routes of a stage, in the order of their definition. `place_of` spells a place.
pub fn rows(stage: &Stage, place_of: impl Fn(Place) -> Option<String>) -> Vec<Row> {
    let methods = methods_of(&stage.definition().api);
    let rows = methods.iter().map(|method| Row {
        verb: method.verb.map_or("$default", |verb| verb.as_str()).to_owned(),
        path: method.path.to_owned(),
        integration: method.integration.map_or("", |integration| name_of(integration.kind)),
        target: method.integration.and_then(|own| own.uri.clone()).unwrap_or_default(),
        timeout_ms: method.integration.and_then(|own| timeout_ms(stage.facts.api_kind, own)),
        place: place_of(method.place).unwrap_or_default(),
    });
    rows.collect()
}

fn name_of(kind: IntegrationKind) -> &'static str {
    match kind {
        IntegrationKind::Aws => "AWS",
        IntegrationKind::AwsProxy => "AWS_PROXY",
        IntegrationKind::Http => "HTTP",
        IntegrationKind::HttpProxy => "HTTP_PROXY",
        IntegrationKind::Mock => "MOCK",
    }
}

fn timeout_ms(api_kind: ApiKind, integration: &Integration) -> Option<u32> {
    let default = match api_kind {
        ApiKind::RestApi => REST_API_INTEGRATION_TIMEOUT_MS_MAX,
        ApiKind::HttpApi => HTTP_API_INTEGRATION_TIMEOUT_MS_MAX,
    };
    let is_called = integration.kind != IntegrationKind::Mock;
    is_called.then(|| integration.timeout_ms.unwrap_or(default))
}

/// The table of all stages as text, one aligned block per stage.
pub fn table_text(snapshot: &Snapshot, place_of: impl Fn(Place) -> Option<String>) -> String {
    let blocks = snapshot.stages.iter().map(|stage| {
        let rows = rows(stage, &place_of);
        let mut lines =
            vec![["VERB", "PATH", "INTEGRATION", "TARGET", "TIME-OUT", "PLACE"].map(str::to_owned)];
        lines.extend(rows.into_iter().map(|row| {
            let timeout = row.timeout_ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
            [row.verb, row.path, row.integration.to_owned(), row.target, timeout, row.place]
        }));
        format!("{}\n{}", title(stage), aligned(&lines))
    });
    blocks.collect::<Vec<_>>().join("\n")
}

/// The table of all stages as JSON.
pub fn table_json(snapshot: &Snapshot, place_of: impl Fn(Place) -> Option<String>) -> Value {
    let stages = snapshot.stages.iter().map(|stage| {
        let rows = rows(stage, &place_of).into_iter().map(|row| {
            json!({
                "verb": row.verb,
                "path": row.path,
                "integration": row.integration,
                "target": row.target,
                "timeoutMs": row.timeout_ms,
                "place": row.place,
            })
        });
        let mut block = stage_json(stage);
        block["routes"] = rows.collect();
        block
    });
    json!({ "stages": stages.collect::<Vec<_>>() })
}

fn title(stage: &Stage) -> String {
    let name = stage.definition().api.name();
    let kind = kind_of(stage);
    format!("stage \"{}\" of {kind} \"{name}\" ({})", stage.facts.stage, stage.facts.api_id)
}

fn stage_json(stage: &Stage) -> Value {
    json!({
        "apiId": stage.facts.api_id,
        "apiName": stage.definition().api.name(),
        "apiKind": kind_of(stage),
        "stage": stage.facts.stage,
    })
}

fn kind_of(stage: &Stage) -> &'static str {
    match stage.facts.api_kind {
        ApiKind::RestApi => "REST API",
        ApiKind::HttpApi => "HTTP API",
    }
}

/// Lines whose columns start below each other, two blanks apart, without blanks at their ends.
fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for line in lines {
        let mut padded = String::from(" ");
        for (cell, width) in line.iter().zip(&widths) {
            // Writing to a string can't fail.
            let _ = write!(padded, " {cell:width$} ");
        }
        text.push_str(padded.trim_end());
        text.push('\n');
    }
    text
}

/// What becomes of one request, step by step.
#[derive(Debug)]
pub struct Explanation<'s> {
    /// The verb asked for.
    pub verb: Verb,
    /// The path in its normal form; as asked where it has none.
    pub path: String,
    /// The stage that is addressed.
    pub stage: Option<&'s Stage>,
    /// What `locate` took off the path.
    pub base_path: String,
    /// The key of the route that takes the request, or why none does.
    pub outcome: Result<String, String>,
    /// Names and values of the path variables.
    pub path_parameters: Vec<(String, String)>,
    /// Each route of the stage and what became of it, the nearest first.
    pub candidates: Vec<(String, Verdict)>,
}

/// Explains which route takes `verb` on `path` at `authority`, and why the others do not.
///
/// An empty authority asks the catch-all domain, as a plain `curl http://127.0.0.1:8080` does.
pub fn why<'s>(snapshot: &'s Snapshot, authority: &str, verb: Verb, path: &str) -> Explanation<'s> {
    let mut explanation = Explanation {
        verb,
        path: path.to_owned(),
        stage: None,
        base_path: String::new(),
        outcome: Err(String::new()),
        path_parameters: Vec::new(),
        candidates: Vec::new(),
    };
    let mut scratch = Vec::new();
    let located = locate::normalise(path.as_bytes(), &mut scratch).and_then(|path| {
        explanation.path = text(path);
        locate::locate_at(authority.as_bytes(), || None, path, &snapshot.domains)
    });
    match located {
        Err(refusal) => explanation.outcome = Err(reason_of_locate(refusal).to_owned()),
        Ok(located) => {
            explanation.base_path = text(located.base_path());
            let stage = snapshot.stage(located.stage()).map(AsRef::as_ref);
            explanation.stage = stage;
            if let Some(stage) = stage {
                explanation.fill_in_route(stage, located.path());
            }
        }
    }
    explanation
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn reason_of_locate(refusal: locate::Refusal) -> &'static str {
    use locate::Refusal;
    match refusal {
        Refusal::MalformedPath => "the path does not start with / or holds a bad escape",
        Refusal::HostTooLong => "the host is longer than 253 bytes",
        Refusal::UnknownApi => "no API has the id that host or path name",
        Refusal::UnknownStage => "the API has no stage of the path's first segment",
        Refusal::UnknownHttpApiStage => {
            "the API has no stage of the path's first segment, and no stage $default"
        }
        Refusal::NoMapping => "no domain claims the host, or its mappings leave the path out",
        Refusal::EndpointDisabled(_) => "the API disables its default endpoint",
        Refusal::ReservedForHealthChecks => {
            "/ping and /sping answer health checks on a custom domain"
        }
    }
}

impl Explanation<'_> {
    fn fill_in_route(&mut self, stage: &Stage, path: &[u8]) {
        let routes = stage.router.routes();
        let key = |method: route::MethodIndex| {
            routes.get(method.position()).map(route::Route::key).unwrap_or_default()
        };
        self.outcome = match route::route(&stage.router, self.verb, path) {
            Err(route::Refusal::NoSuchPath) => Err("no route has such a path".to_owned()),
            Err(route::Refusal::NoSuchVerb) => {
                Err("routes have such a path, but not the verb".to_owned())
            }
            Ok(routed) => {
                let names = routes.get(routed.method().position());
                let names = names.into_iter().flat_map(route::Route::variables);
                let values = routed.path_parameters().iter();
                self.path_parameters =
                    names.zip(values).map(|(name, value)| (name.to_owned(), text(value))).collect();
                Ok(key(routed.method()))
            }
        };
        let candidates = route::why(&stage.router, self.verb, path).into_iter();
        self.candidates =
            candidates.map(|Candidate { route, verdict }| (key(route), verdict)).collect();
    }

    /// As text for a terminal.
    pub fn to_text(&self) -> String {
        let mut facts = vec![["path".to_owned(), self.path.clone()]];
        if let Some(stage) = self.stage {
            facts.push(["stage".to_owned(), title(stage)]);
        }
        if !self.base_path.is_empty() {
            facts.push(["base path".to_owned(), self.base_path.clone()]);
        }
        facts.push(match &self.outcome {
            Ok(key) => ["route".to_owned(), key.clone()],
            Err(reason) => ["refused".to_owned(), reason.clone()],
        });
        for (name, value) in &self.path_parameters {
            facts.push([format!("{{{name}}}"), value.clone()]);
        }
        let mut text = format!("{} {}\n{}", self.verb.as_str(), self.path, aligned(&facts));
        if !self.candidates.is_empty() {
            let lines = self.candidates.iter().map(|(key, verdict)| {
                let mark = if *verdict == Verdict::Wins { "wins" } else { "lost" };
                [mark.to_owned(), key.clone(), verdict.to_string()]
            });
            text.push('\n');
            text.push_str(&aligned(&lines.collect::<Vec<_>>()));
        }
        text
    }

    /// As JSON for programs.
    pub fn to_json(&self) -> Value {
        let parameters = self.path_parameters.iter();
        let parameters: serde_json::Map<String, Value> =
            parameters.map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        let candidates = self.candidates.iter().map(|(key, verdict)| {
            json!({ "route": key, "wins": *verdict == Verdict::Wins, "why": verdict.to_string() })
        });
        json!({
            "verb": self.verb.as_str(),
            "path": self.path,
            "stage": self.stage.map(stage_json),
            "basePath": self.base_path,
            "route": self.outcome.as_ref().ok(),
            "refusal": self.outcome.as_ref().err(),
            "pathParameters": parameters,
            "candidates": candidates.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::{
        Api, BasePathMapping, Installation, Method, MethodVerb, Resource, RestApi,
    };
    use crate::snapshot::{Rules, compile};

    use super::*;

    fn snapshot() -> Snapshot {
        let proxy = |path: &str| Integration {
            uri: Some(format!("http://origin.example{path}")),
            http_method: Some("ANY".to_owned()),
            timeout_ms: Some(5_000),
            ..Integration::new(IntegrationKind::HttpProxy)
        };
        let resource = |verb, path: &str| {
            let place = Place { document: 0, start: 12, end: 20 };
            let integration = Some(proxy(path));
            let method = Method { integration, place, ..Method::default() };
            Resource { path: path.to_owned(), methods: [(verb, method)].into(), place }
        };
        let api = RestApi {
            id: "abcdef1234".to_owned(),
            name: "petstore".to_owned(),
            resources: vec![
                resource(MethodVerb::Verb(Verb::Get), "/pets/{petId}"),
                resource(MethodVerb::Any, "/{proxy+}"),
            ],
            ..RestApi::default()
        };
        let stage = crate::definition::Stage {
            api: Api::Rest(api),
            name: "prod".to_owned(),
            deployment_id: String::new(),
            variables: [].into(),
            access_log_format: None,
            place: Place::NONE,
        };
        let mapping = BasePathMapping {
            domain: "*".to_owned(),
            base_path: String::new(),
            api_id: "abcdef1234".to_owned(),
            stage: "prod".to_owned(),
        };
        let installation = Installation {
            stages: vec![stage],
            mappings: vec![mapping],
            ..Installation::default()
        };
        let (snapshot, problems) = compile(&installation, 1, Rules::default(), None);
        snapshot.unwrap_or_else(|| panic!("{problems:#?}"))
    }

    fn place_of(place: Place) -> Option<String> {
        (place != Place::NONE).then(|| format!("pets.yaml:{}", place.start))
    }

    #[test]
    fn the_table_is_aligned() {
        let expected = [
            "stage \"prod\" of REST API \"petstore\" (abcdef1234)",
            "  VERB  PATH           INTEGRATION  TARGET                               TIME-OUT  PLACE",
            "  GET   /pets/{petId}  HTTP_PROXY   http://origin.example/pets/{petId}  5000 ms   pets.yaml:12",
            "  ANY   /{proxy+}      HTTP_PROXY   http://origin.example/{proxy+}      5000 ms   pets.yaml:12",
        ];
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = table_text(&snapshot(), place_of);
        assert_eq!(text.lines().map(squeezed).collect::<Vec<_>>(), expected.map(squeezed));
        let starts: Vec<_> = text.lines().skip(1).map(|line| line.find("pets.yaml")).collect();
        assert_eq!(starts[1], starts[2]);
        assert_eq!(starts[1], text.lines().nth(1).and_then(|line| line.find("PLACE")));
    }

    #[test]
    fn the_table_is_there_for_programs() {
        let table = table_json(&snapshot(), |_| None);
        let stage = &table["stages"][0];
        assert_eq!(stage["apiKind"], "REST API");
        assert_eq!(stage["routes"][1]["verb"], "ANY");
        assert_eq!(stage["routes"][1]["timeoutMs"], 5_000);
        assert_eq!(stage["routes"][1]["place"], "");
    }

    #[test]
    fn a_request_is_explained_from_its_spelling_on() {
        let snapshot = snapshot();
        let explanation = why(&snapshot, "", Verb::Get, "/a/../%70ets/a%20b");
        assert_eq!(explanation.path, "/pets/a%20b");
        let text = explanation.to_text();
        for part in [
            "GET /pets/a%20b",
            "stage \"prod\" of REST API \"petstore\" (abcdef1234)",
            "{petId}  a%20b",
            "wins  GET /pets/{petId}  takes the request",
            "lost  ANY /{proxy+}",
            "a literal goes before a greedy variable at segment 1",
        ] {
            assert!(text.contains(part), "{text} lacks {part}");
        }
        let json = explanation.to_json();
        assert_eq!(json["route"], "GET /pets/{petId}");
        assert_eq!(json["refusal"], Value::Null);
        assert_eq!(json["pathParameters"]["petId"], "a%20b");
        assert_eq!(json["candidates"][0]["wins"], true);
    }

    #[test]
    fn a_refused_request_says_which_step_refused_it() {
        let snapshot = snapshot();
        for (authority, path, part) in [
            ("", "/%zz", "bad escape"),
            ("nobody.execute-api.x", "/prod", "no API has the id"),
            ("abcdef1234.execute-api.x", "/dev/pets", "no stage of the path's first segment"),
            ("abcdef1234.execute-api.x", "/prod", "no route has such a path"),
        ] {
            let explanation = why(&snapshot, authority, Verb::Get, path);
            assert!(explanation.to_text().contains(part), "{}", explanation.to_text());
            assert!(
                explanation.to_json()["refusal"].as_str().is_some_and(|own| own.contains(part))
            );
        }
        let explanation = why(&snapshot, "abcdef1234.execute-api.x", Verb::Get, "/prod/pets/7");
        assert_eq!(explanation.to_json()["basePath"], "/prod");
    }

    #[test]
    fn mocks_have_no_time_out_and_default_routes_no_path() {
        let default = crate::definition::Route {
            key: crate::definition::RouteKey::Default,
            operation_name: None,
            authorization_type: "NONE".to_owned(),
            integration: Some(Integration {
                uri: Some("http://origin.example".to_owned()),
                http_method: Some("ANY".to_owned()),
                ..Integration::new(IntegrationKind::HttpProxy)
            }),
            place: Place::NONE,
        };
        let api = crate::definition::HttpApi {
            id: "http".to_owned(),
            routes: vec![default],
            ..Default::default()
        };
        let stage = crate::definition::Stage {
            api: Api::Http(api),
            name: "$default".to_owned(),
            deployment_id: String::new(),
            variables: [].into(),
            access_log_format: None,
            place: Place::NONE,
        };
        let installation = Installation { stages: vec![stage], ..Installation::default() };
        let (snapshot, problems) = compile(&installation, 1, Rules::default(), None);
        let snapshot = snapshot.unwrap_or_else(|| panic!("{problems:#?}"));
        let rows = rows(&snapshot.stages[0], place_of);
        assert_eq!((rows[0].verb.as_str(), rows[0].path.as_str()), ("$default", ""));
        assert_eq!((rows[0].timeout_ms, rows[0].place.as_str()), (Some(30_000), ""));
        let mock = Integration::new(IntegrationKind::Mock);
        assert_eq!(timeout_ms(ApiKind::RestApi, &mock), None);
        let explanation = why(&snapshot, "http.execute-api.x", Verb::Get, "/anything");
        assert_eq!(explanation.outcome.as_deref(), Ok("$default"));
    }
}
