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

use super::watch::Stamp;

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
    let (sources, mut problems) = read_all(options);
    let imported = import_files(&sources, &settings(options, manner));
    let rules = Rules { allows_link_local: manner.allows_link_local };
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
            problems.push(Problem::error(place, format!("the file cannot be read: {error}")));
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
