//! Are documents imported as their authors mean them, and is everything else said with its place?
//!
//! The expected texts lie in `tests/cases/manage`. With `UPDATE_CASES=1` in the environment the
//! tests write them anew; read the difference before you commit it.

mod listing;

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::definition::{Problem, Severity};
use crate::limits::{DEFINITION_BYTES_MAX, DEFINITION_PROBLEMS_MAX};
use crate::snapshot;

/// A sample with the listing of what it becomes.
struct Sample {
    name: &'static str,
    text: &'static str,
    expected: &'static str,
}

macro_rules! samples {
    ($($name:literal),* $(,)?) => {
        [$(Sample {
            name: $name,
            text: include_str!(concat!("../../../../deploy/samples/", $name)),
            expected: include_str!(concat!("../../../tests/cases/manage/good/", $name, ".txt")),
        }),*]
    };
}

const SAMPLES: [Sample; 16] = samples![
    "bookshop-unicode.yaml",
    "branded-errors.yaml",
    "catalogue.json",
    "city-300-routes.json",
    "edge-rewrite.yaml",
    "hello.yaml",
    "legacy-proxy.yaml",
    "library.yaml",
    "notes.json",
    "orders.yaml",
    "petstore.json",
    "reports.yaml",
    "search.yaml",
    "storefront.yaml",
    "tenants.json",
    "webhooks.yaml",
];

/// What the gateway cannot execute is imported all the same.
const FEATURES: [Sample; 2] = [
    Sample {
        name: "features-http.yaml",
        text: include_str!("../../../tests/cases/manage/good/features-http.yaml"),
        expected: include_str!("../../../tests/cases/manage/good/features-http.yaml.txt"),
    },
    Sample {
        name: "features-rest.yaml",
        text: include_str!("../../../tests/cases/manage/good/features-rest.yaml"),
        expected: include_str!("../../../tests/cases/manage/good/features-rest.yaml.txt"),
    },
];

/// Files of bad documents, each with the problems it has.
const BAD: [(&str, &str); 8] = [
    ("documents.txt", include_str!("../../../tests/cases/manage/bad/documents.txt")),
    ("http_api.txt", include_str!("../../../tests/cases/manage/bad/http_api.txt")),
    ("integrations.txt", include_str!("../../../tests/cases/manage/bad/integrations.txt")),
    ("mappings.txt", include_str!("../../../tests/cases/manage/bad/mappings.txt")),
    ("models.txt", include_str!("../../../tests/cases/manage/bad/models.txt")),
    ("paths.txt", include_str!("../../../tests/cases/manage/bad/paths.txt")),
    ("root.txt", include_str!("../../../tests/cases/manage/bad/root.txt")),
    ("security.txt", include_str!("../../../tests/cases/manage/bad/security.txt")),
];

fn source(name: &str, text: &str) -> Source {
    let document = Document { name: name.into(), text: text.into() };
    Source { document, base_path: String::new() }
}

fn import_text(name: &str, text: &str) -> ImportedFiles {
    import_files(&[source(name, text)], &Settings::default())
}

fn short_lines(problems: &[Problem], name: &str, text: &str) -> String {
    let documents = [Document { name: name.into(), text: text.into() }];
    let lines = problems.iter().map(|problem| diagnose::short_line(problem, &documents) + "\n");
    lines.collect()
}

/// Compares with, or writes, an expected text.
#[track_caller]
fn check(actual: &str, expected: &str, file: &str) {
    if std::env::var_os("UPDATE_CASES").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/manage").join(file);
        std::fs::write(path, actual).expect("the folder of cases is there");
    } else {
        assert_eq!(actual, expected, "{file}");
    }
}

#[test]
fn samples_are_imported_without_a_problem() {
    for sample in SAMPLES {
        assert_eq!(import_text(sample.name, sample.text).problems, [], "{}", sample.name);
    }
}

#[test]
fn samples_can_be_served() {
    for sample in SAMPLES {
        let mut installation = import_text(sample.name, sample.text).installation;
        // What `orders.yaml` asks for in its first line.
        installation.stages[0].variables.insert("tier".into(), "gold".into());
        let (_, problems) = snapshot::compile(&installation, 1, snapshot::Rules::default(), None);
        assert_eq!(problems, [], "{}", sample.name);
    }
}

#[test]
fn everything_that_is_written_is_imported() {
    for sample in SAMPLES.iter().chain(&FEATURES) {
        let imported = import_text(sample.name, sample.text);
        let kind = imported.kinds[0].as_ref().map(ToString::to_string).unwrap_or_default();
        let problems = short_lines(&imported.problems, sample.name, sample.text);
        let listing = format!("{kind}\n{problems}{}", listing::of(&imported.installation));
        check(&listing, sample.expected, &format!("good/{}.txt", sample.name));
    }
}

/// Cases are written as `===== name: sentence`, the document, `===== problems`, one per line.
#[test]
fn bad_documents_are_told_what_is_wrong_and_where() {
    let mut count = 0;
    for (file, cases) in BAD {
        let mut actual = String::new();
        for case in cases.split("===== ").skip(1).collect::<Vec<_>>().chunks(2) {
            let [document, _] = case else { panic!("{file}: a case without its problems") };
            let (title, text) = document.split_once('\n').expect("a title ends its line");
            let name = title.split_once(':').map_or(title, |(name, _)| name);
            let imported = import_text(name, text);
            let problems = short_lines(&imported.problems, name, text);
            assert!(!problems.is_empty(), "{file}: {title}: nothing is wrong");
            actual.push_str(&format!("===== {document}===== problems\n{problems}\n"));
            count += 1;
        }
        check(&actual, cases, &format!("bad/{file}"));
    }
    assert!(count >= 60, "{count}");
}

#[test]
fn problems_are_shown_with_their_source() {
    let text = include_str!("../../../tests/cases/manage/shown.yaml");
    let imported = import_text("shown.yaml", text);
    let documents = [source("shown.yaml", text).document];
    let shown = diagnose::render(&imported.problems, &documents, diagnose::Style::Plain);
    check(&shown, include_str!("../../../tests/cases/manage/shown.txt"), "shown.txt");
}

#[test]
fn several_files_are_served_side_by_side() {
    let petstore =
        SAMPLES.iter().find(|sample| sample.name == "petstore.json").expect("it is there");
    let catalogue =
        SAMPLES.iter().find(|sample| sample.name == "catalogue.json").expect("it is there");
    let mut sources =
        [source(petstore.name, petstore.text), source(catalogue.name, catalogue.text)];
    sources[1].base_path = "/shop/v1/".into();
    let settings = Settings { stage: "live".into(), ..Settings::default() };
    let imported = import_files(&sources, &settings);
    assert_eq!(imported.problems, []);
    let mappings = imported.installation.mappings.iter();
    let mappings: Vec<_> =
        mappings.map(|it| (it.domain.as_str(), it.base_path.as_str(), it.stage.as_str())).collect();
    assert_eq!(mappings, [("*", "", "live"), ("*", "shop/v1", "live")]);
    let ids = imported.installation.stages.iter().map(|stage| stage.api.id());
    assert!(ids.eq(imported.installation.mappings.iter().map(|it| it.api_id.as_str())));
    assert_eq!(imported.installation.stages[0].deployment_id.len(), 6);
}

/// The messages for sources and settings that do not go together.
#[track_caller]
fn check_messages(sources: &[Source], settings: &Settings, expected: &[&str]) {
    let imported = import_files(sources, settings);
    let messages: Vec<_> = imported.problems.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages, expected);
    assert!(imported.has_errors());
}

const SMALL: &str = "openapi: 3.0.1\nx-tollgate-kind: rest\npaths: {/: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n";

#[test]
fn files_that_do_not_go_together_are_told_so() {
    let settings = Settings::default();
    check_messages(
        &[source("a.yaml", SMALL), source("b.yaml", SMALL)],
        &settings,
        &["\"a.yaml\" and \"b.yaml\" are served at the same base path"],
    );
    let with_id = SMALL.replace("paths", "x-tollgate-id: abcdefghij\npaths");
    let (mut a, b) = (source("a.yaml", &with_id), source("b.yaml", &with_id));
    a.base_path = "a".into();
    check_messages(&[a, b], &settings, &["\"a.yaml\" has the same id \"abcdefghij\""]);
    let mut odd = source("a.yaml", SMALL);
    odd.base_path = "/a b".into();
    check_messages(&[odd], &settings, &["the base path \"/a b\" is not allowed"]);
}

#[test]
fn files_of_one_name_get_ids_of_their_own() {
    let (mut a, mut b) = (source("a/api.yaml", SMALL), source("b/api.yaml", SMALL));
    a.base_path = "a".into();
    b.base_path = "b".into();
    let imported = import_files(&[a, b], &Settings::default());
    assert_eq!(imported.problems, []);
    let stages = &imported.installation.stages;
    assert_ne!(stages[0].api.id(), stages[1].api.id());
}

#[test]
fn settings_that_no_stage_can_have_are_refused() {
    let variables = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
    let default = Settings::default;
    let sources = [source("a.yaml", SMALL)];
    for (settings, expected) in [
        (
            Settings { stage: "a b".into(), ..default() },
            "the stage name \"a b\" is not 1 to 128 of a-z, A-Z, 0-9, _ and -",
        ),
        (
            Settings { stage: String::new(), ..default() },
            "the stage name \"\" is not 1 to 128 of a-z, A-Z, 0-9, _ and -",
        ),
        (
            Settings { stage: "$default".into(), ..default() },
            "a REST API has no stage \"$default\"",
        ),
        (
            Settings { account_id: "1".into(), ..default() },
            "the account id \"1\" is not twelve digits",
        ),
        (
            Settings { variables: variables("a-b", "x"), ..default() },
            "the name of the stage variable \"a-b\" is not allowed",
        ),
        (
            Settings { variables: variables("a", "<"), ..default() },
            "the value of the stage variable \"a\" is not allowed",
        ),
        (
            Settings { access_log_format: Some("x".repeat(4000)), ..default() },
            "an access-log format has at most 3072 bytes",
        ),
    ] {
        check_messages(&sources, &settings, &[expected]);
    }
}

#[test]
fn an_api_keeps_its_id_and_a_text_its_deployment() {
    let first = import_text("api.yaml", SMALL).installation;
    let again = import_text("elsewhere/api.yaml", SMALL).installation;
    let changed = import_text("api.yaml", &SMALL.replace("mock", "MOCK")).installation;
    let id = first.stages[0].api.id();
    assert_eq!(id, again.stages[0].api.id());
    assert_eq!(id, changed.stages[0].api.id());
    assert!(id.len() == 10 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    assert_eq!(first.stages[0].deployment_id, again.stages[0].deployment_id);
    assert_ne!(first.stages[0].deployment_id, changed.stages[0].deployment_id);
}

#[test]
fn base_paths_are_ignored_prepended_or_split() {
    let rest = SMALL.replace(
        "paths",
        "servers: [{url: 'https://h/{basePath}/c', variables: {basePath: {default: /a/b}}}]\npaths",
    );
    let swagger = SMALL.replace("openapi: 3.0.1", "swagger: '2.0'\nbasePath: /a/b/c");
    for text in [rest, swagger] {
        for (base_path, expected) in [
            (openapi::BasePath::Ignore, "/"),
            (openapi::BasePath::Prepend, "/a/b/c"),
            (openapi::BasePath::Split, "/b/c"),
        ] {
            let settings = Settings { document_base_path: base_path, ..Settings::default() };
            let imported = import_files(&[source("a.yaml", &text)], &settings);
            assert_eq!(imported.problems, []);
            let crate::definition::Api::Rest(api) = &imported.installation.stages[0].api else {
                panic!("it is a REST API")
            };
            assert_eq!(api.resources[0].path, expected);
        }
    }
}

#[test]
fn a_sea_of_mistakes_is_reported_up_to_a_bound() {
    let wrong = (0..5000).map(|n| format!("wrong{n}: 1\n"));
    let text = SMALL.to_owned() + &wrong.collect::<String>();
    let imported = import_text("a.yaml", &text);
    assert_eq!(imported.problems.len(), DEFINITION_PROBLEMS_MAX + 1);
    let last = imported.problems.last().expect("there are some");
    assert_eq!(last.message, "4000 more problems are not shown");
    assert_eq!(last.severity, Severity::Warning);
    let text = text.replace("type: mock", "type: muck") + "openapi: 3.0.1\n";
    assert!(import_text("a.yaml", &text).has_errors());
}

/// Documents of half a megabyte and more, each built to make some step slow. There is no clock here:
/// a step that takes the square of its input does not end while anyone waits.
#[test]
fn no_document_takes_the_square_of_its_size() {
    let fill = |bytes: usize, head: &str, unit: &dyn Fn(usize) -> String, tail: &str| {
        let mut text = head.to_owned();
        let mut number = 0;
        while text.len() + 400 < bytes {
            text.push_str(&unit(number));
            number += 1;
        }
        text + tail
    };
    const HALF: usize = 512 * 1024;
    let get = "{get: {x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://a/'}}}";
    let head = "openapi: 3.0.1\n";
    let paths = "openapi: 3.0.1\npaths:\n";
    let one = "openapi: 3.0.1\npaths: {/: {get: {";
    let documents = [
        fill(4 * HALF, paths, &|n| format!("  /p{n}: {get}\n"), ""),
        fill(HALF, paths, &|n| format!("  /p/{{v{n}}}: {get}\n"), ""),
        fill(HALF, paths, &|n| format!("  /a{n}: {{$ref: '#/paths/~1a{}'}}\n", n + 1), ""),
        fill(HALF, paths, &|_| "  /b: &b {get: {}}\n".into(), ""),
        fill(HALF, &format!("{head}security: ["), &|n| format!("{{s{n}: []}},"), "]\npaths: {}\n"),
        fill(
            HALF,
            &format!("{one}parameters: ["),
            &|n| format!("{{name: n{n}, in: query}},"),
            "]}}}\n",
        ),
        fill(
            HALF,
            &format!("{head}components: {{schemas: {{A: {{"),
            &|n| format!("k{n}: {{$ref: M{n}}},"),
            "}}}\n",
        ),
        fill(
            HALF,
            "{\"openapi\":\"3.0.1\",\"paths\":{",
            &|n| format!("\"/q{n}\":{{\"get\":{{}}}},"),
            "\"/\":{}}}",
        ),
        fill(DEFINITION_BYTES_MAX, &format!("{one}description: '"), &|_| "é 😀 ".into(), "'}}}\n"),
        fill(HALF, "a: &a x\nb:\n", &|_| "- *a\n".into(), ""),
        fill(HALF, "", &|_| "- - - - - - - - - -\n".into(), ""),
        fill(HALF, "", &|_| "? ".into(), ""),
    ];
    for text in documents {
        let imported = import_text("large", &text);
        assert!(!imported.problems.is_empty() || imported.installation.stages.len() == 1);
    }
}

/// A document of many paths that all refer to one large target would be that target's size times
/// their number.
#[test]
fn references_expand_to_a_bound() {
    let parameters: String = (0..10_000).map(|n| format!("{{name: n{n}, in: query}},")).collect();
    let paths: String = (0..200).map(|n| format!("  /p{n}: {{$ref: '#/x'}}\n")).collect();
    let text =
        format!("openapi: 3.0.1\npaths:\n{paths}x: {{get: {{parameters: [{parameters}]}}}}\n");
    let imported = import_text("a.yaml", &text);
    let is_bound = |it: &Problem| it.message.starts_with("references and repetitions expand");
    assert!(imported.problems.iter().any(is_bound));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn import_survives_mutated_documents(
        sample in 0..SAMPLES.len(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "[\\PC\n]{0,6}"), 1..6),
    ) {
        // The largest sample is left to the fuzzer.
        let text = if SAMPLES[sample].text.len() > 20_000 { SMALL } else { SAMPLES[sample].text };
        let mut bytes = text.as_bytes().to_vec();
        for (at, length, insert) in cuts {
            let at = at.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, insert.bytes());
        }
        import_never_panics(&bytes);
    }

    #[test]
    fn import_survives_shuffled_values(
        sample in 0..SAMPLES.len(),
        swaps in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..8),
    ) {
        let text = if SAMPLES[sample].text.len() > 20_000 { SMALL } else { SAMPLES[sample].text };
        let mut words: Vec<&str> = text.split_inclusive([' ', '\n', ':', ',', '{', '}']).collect();
        for (a, b) in swaps {
            let (a, b) = (a.index(words.len()), b.index(words.len()));
            words.swap(a, b);
        }
        import_never_panics(words.concat().as_bytes());
    }
}
