//! How do files become what workers execute?
//!
//! `serve`, `validate` and `routes` all come through [`load`], so they never disagree.

mod installation;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use tollgate_core::definition::{Problem, Severity};
use tollgate_core::limits::DEFINITION_BYTES_MAX;
use tollgate_core::manage::document::{Document, Surroundings};
use tollgate_core::manage::openapi::{self, ApiKind, KindChoice};
use tollgate_core::snapshot::{self, Rules, Snapshot};

use crate::options::{DefinitionOptions, Kind};

use super::watch::Stamp;
use installation::{Described, beginning_of, installation_of};

/// What, beside the files, decides how they are compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Manner {
    /// The access-log format of all stages, where access logs are on.
    pub(super) access_log_format: Option<String>,
    /// Whether some host may lead to link-local addresses; which one is checked where its
    /// addresses are known.
    pub(super) allows_link_local: bool,
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
    let mut problems = Vec::new();
    let (mut documents, mut kinds, mut described) = (Vec::new(), Vec::new(), Vec::new());
    for (number, file) in options.files.iter().enumerate() {
        let document = read(number, &file.path, &mut problems);
        let imported = import(number, document.as_ref(), options, &mut problems);
        let document = document.unwrap_or_else(|| empty(&file.path));
        if let Some(api) = imported.api {
            described.push(Described { file: number, api, text: document.text.clone() });
        }
        kinds.push(imported.kind);
        documents.push(document);
    }
    let format = manner.access_log_format.as_deref();
    let installation = installation_of(described, options, format, &mut problems);
    let rules = Rules { allows_link_local: manner.allows_link_local };
    let revision = previous.map_or(1, |previous| previous.revision + 1);
    let (snapshot, compile_problems) = snapshot::compile(&installation, revision, rules, previous);
    problems.extend(compile_problems);
    problems.sort_by_key(|problem| problem.place);
    problems.dedup();
    let has_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    Loaded { documents, kinds, problems, snapshot: snapshot.filter(|_| !has_errors) }
}

/// The states of the files now.
pub(super) fn stamps(options: &DefinitionOptions) -> Vec<Option<Stamp>> {
    options.files.iter().map(|file| Stamp::of(&file.path)).collect()
}

/// Reads one file, up to AWS's limit and one byte, so that what is longer is noticed.
fn read(number: usize, path: &Path, problems: &mut Vec<Problem>) -> Option<Document> {
    let limit = DEFINITION_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    match read {
        Err(error) => {
            let message = format!("\"{}\" cannot be read: {error}", path.display());
            problems.push(Problem::error(beginning_of(number), message));
            None
        }
        Ok(_) => {
            let place = beginning_of(number);
            let name = path.display().to_string();
            Some(Document::from_bytes(place.document, name, &bytes, problems))
        }
    }
}

fn empty(path: &Path) -> Document {
    Document { name: path.display().to_string(), text: String::new() }
}

fn import(
    number: usize,
    document: Option<&Document>,
    options: &DefinitionOptions,
    problems: &mut Vec<Problem>,
) -> openapi::Imported {
    let Some(document) = document else { return openapi::Imported::default() };
    let how = openapi::Options {
        kind: options.kind.map(|kind| match kind {
            Kind::Rest => ApiKind::Rest,
            Kind::Http => ApiKind::Http,
        }),
        surroundings: Surroundings { account_id: &options.account_id, region: &options.region },
        ..openapi::Options::default()
    };
    let mut imported = openapi::import(beginning_of(number).document, document, &how);
    problems.append(&mut imported.problems);
    imported
}
