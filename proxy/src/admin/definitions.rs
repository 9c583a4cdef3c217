//! How do files become what workers execute?
//!
//! `serve`, `validate` and `routes` all come through [`load`], so they never disagree.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tollgate_core::definition::{Place, Problem, Severity};
use tollgate_core::limits::DEFINITION_BYTES_MAX;
use tollgate_core::manage::openapi::{ApiKind, KindChoice};
use tollgate_core::manage::{Document, Settings, Source, import_files};
use tollgate_core::snapshot::{self, Rules, Snapshot};

use crate::options::{DefinitionOptions, Kind};

use super::report;
use super::watch::Stamp;

/// What, beside the files, decides how they are compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Manner {
    /// The access-log format of all stages, where access logs are on.
    pub(super) access_log_format: Option<String>,
    /// Hosts that may be, or lead to, link-local and metadata addresses.
    pub(super) link_local_hosts: Vec<String>,
}

/// What became of the files.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The files' texts, in the order of the command line.
    pub(super) documents: Vec<Document>,
    /// What kind of API each file describes, and why; `None` for an unreadable one.
    pub(super) kinds: Vec<Option<KindChoice>>,
    /// Everything that is wrong.
    pub(super) problems: Vec<Problem>,
    /// What is served, unless one of the problems is an error.
    pub(super) snapshot: Option<Snapshot>,
}

impl Loaded {
    /// How many problems keep the files from being served.
    pub(super) fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }
}

/// Reads, imports and compiles all files. Stages that did not change are shared with `previous`.
pub(super) fn load(
    options: &DefinitionOptions,
    manner: &Manner,
    previous: Option<&Snapshot>,
) -> Loaded {
    let (sources, mut problems) = read_all(options);
    let imported = import_files(&sources, &settings(options, manner));
    let rules = Rules { link_local_hosts: &manner.link_local_hosts };
    let revision = previous.map_or(1, |previous| previous.revision + 1);
    let (snapshot, found) = snapshot::compile(&imported.installation, revision, rules, previous);
    let snapshot = snapshot.filter(|_| problems.is_empty() && !imported.has_errors());
    // A file that could not be read stands in as an empty one; what is wrong with that is no news.
    let unread: Vec<u32> = problems.iter().map(|problem| problem.place.document).collect();
    let is_news = |problem: &Problem| !unread.contains(&problem.place.document);
    problems.extend(imported.problems.into_iter().chain(found).filter(is_news));
    problems.sort_by_key(|problem| problem.place);
    problems.dedup();
    let documents = sources.into_iter().map(|source| source.document).collect();
    Loaded { documents, kinds: imported.kinds, problems, snapshot }
}

/// The states of the files now.
pub(super) fn stamps(options: &DefinitionOptions) -> Vec<Option<Stamp>> {
    options.files.iter().map(|file| Stamp::of(&file.path)).collect()
}

fn settings(options: &DefinitionOptions, manner: &Manner) -> Settings {
    let variables = options.stage_variables.iter();
    Settings {
        account_id: options.account_id.clone(),
        region: options.region.clone(),
        stage: options.stage.clone(),
        kind: options.kind.map(|kind| match kind {
            Kind::Rest => ApiKind::Rest,
            Kind::Http => ApiKind::Http,
        }),
        variables: variables.map(|own| (own.name.clone(), own.value.clone())).collect(),
        access_log_format: manner.access_log_format.clone(),
        ..Settings::default()
    }
}

fn read_all(options: &DefinitionOptions) -> (Vec<Source>, Vec<Problem>) {
    let mut problems = Vec::new();
    let sources = options.files.iter().enumerate().map(|(number, file)| {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let bytes = read(&file.path).unwrap_or_else(|error| {
            let place = Place { document: number, start: 0, end: 0 };
            let problem = Problem::error(place, format!("the file cannot be read: {error}"));
            problems.push(problem.suggest(report::advice_on_file(&error)));
            Vec::new()
        });
        let name = file.path.display().to_string();
        let document = Document::from_bytes(number, name, &bytes, &mut problems);
        Source { document, base_path: file.base_path.clone() }
    });
    (sources.collect(), problems)
}

/// Reads one file, up to AWS's limit and one byte, so that what is longer is noticed.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(DEFINITION_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::options::{Arguments, Command};

    /// A document of one method.
    const DOCUMENT: &str = r#"{"openapi": "3.0.1", "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET",
        "payloadFormatVersion": "1.0", "uri": "http://127.0.0.1:8080/"}}}}}"#;

    /// Writes files, and loads them with these further words of the command line.
    fn check(files: &[(&str, &[u8])], words: &[&str], manner: &Manner) -> Loaded {
        let folder = tempfile::tempdir().expect("a folder");
        let mut line = vec!["tollgate".to_owned(), "validate".to_owned()];
        for (name, content) in files {
            let (file, _) = name.split_once('=').unwrap_or((name, ""));
            if !content.is_empty() {
                std::fs::write(folder.path().join(file), content).expect("written");
            }
            line.push(format!("{}/{name}", folder.path().display()));
        }
        line.extend(words.iter().map(|word| (*word).to_owned()));
        match Arguments::try_parse_from(line).map(|arguments| arguments.command) {
            Ok(Command::Validate(options)) => load(&options.definition, manner, None),
            other => panic!("{other:?}"),
        }
    }

    fn messages(loaded: &Loaded) -> Vec<&str> {
        loaded.problems.iter().map(|problem| problem.message.as_str()).collect()
    }

    #[test]
    fn files_become_stages_at_their_base_paths() {
        let files = [("a.json", DOCUMENT.as_bytes()), ("b.json=/b", DOCUMENT.as_bytes())];
        let loaded = check(&files, &["--kind=http", "--stage=dev"], &Manner::default());
        assert_eq!(loaded.errors(), 0, "{:?}", loaded.problems);
        let snapshot = loaded.snapshot.expect("it is valid");
        let stages: Vec<_> = snapshot.stages.iter().map(|stage| &*stage.facts.stage).collect();
        assert_eq!(stages, ["dev", "dev"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_one_problem_and_the_rest_is_checked() {
        let files = [("absent.json", &b""[..]), ("b.json=/b", b"{")];
        let loaded = check(&files, &[], &Manner::default());
        let found = messages(&loaded);
        assert!(found[0].starts_with("the file cannot be read: No such file"), "{found:?}");
        assert!(loaded.problems[1..].iter().all(|problem| problem.place.document == 1));
        assert!(found.len() > 1 && loaded.snapshot.is_none(), "{found:?}");
    }

    #[test]
    fn what_would_make_a_file_readable_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let check = |name: &str, expected: &str| {
            let path = format!("{}/{name}", folder.path().display());
            let line = Arguments::try_parse_from(["tollgate", "validate", &path]);
            let Ok(Command::Validate(options)) = line.map(|arguments| arguments.command) else {
                panic!("{path}");
            };
            let loaded = load(&options.definition, &Manner::default(), None);
            let suggestions: Vec<_> =
                loaded.problems.iter().map(|problem| problem.suggestion.as_deref()).collect();
            assert_eq!(suggestions, [Some(expected)], "{path}");
        };
        check("absent.yaml", "check the path; it begins where tollgate was started");
        check("", "name a file in this folder");
    }

    #[test]
    fn bytes_that_are_no_document_are_refused() {
        let huge = vec![b' '; DEFINITION_BYTES_MAX + 1];
        for bytes in [&b"\xff\xfe"[..], b"{", b"[]", b"a: b", &huge] {
            let loaded = check(&[("a.yaml", bytes)], &[], &Manner::default());
            assert!(loaded.errors() > 0 && loaded.snapshot.is_none(), "{:?}", bytes.first());
        }
    }

    #[test]
    fn an_access_log_format_is_compiled_into_every_stage() {
        let files = [("a.json", DOCUMENT.as_bytes())];
        let with = |format: &str| Manner {
            access_log_format: Some(format.to_owned()),
            ..Manner::default()
        };
        let loaded = check(&files, &["--kind=http"], &with("JSON"));
        let snapshot = loaded.snapshot.expect("it is valid");
        assert!(snapshot.stages[0].access_log.is_some());
        let loaded = check(&files, &["--kind=http"], &with("$context.status"));
        assert!(loaded.errors() == 1 && loaded.snapshot.is_none(), "{:?}", loaded.problems);
    }

    #[test]
    fn what_is_wrong_with_the_command_line_together_is_a_problem_too() {
        let same = [("a.json", DOCUMENT.as_bytes()), ("b.json", DOCUMENT.as_bytes())];
        let loaded = check(&same, &["--kind=http"], &Manner::default());
        assert!(loaded.errors() > 0, "two files at the root");
        let loaded = check(&same[..1], &["--kind=rest", "--stage=$default"], &Manner::default());
        assert!(loaded.errors() > 0, "a REST API has no such stage");
    }
}
