//! What do several documents make together: which stages, and where is each reached?

use std::collections::BTreeMap;

use crate::definition::{Api, BasePathMapping, Installation, Place, Problem, Severity, Stage};
use crate::limits::{ACCESS_LOG_FORMAT_BYTES_MAX, STAGE_VARIABLES_MAX};

use super::document::{Document, Surroundings};
use super::openapi::{self, ApiKind, BasePath, KindChoice, Options, derived_id};
use super::problems::quote;

/// A document to be served, and where.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The document.
    pub document: Document,
    /// The base path it is mapped at on the catch-all domain; empty for the root. Slashes at its
    /// ends do not count.
    pub base_path: String,
}

/// What all documents are served with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Account id, twelve digits.
    pub account_id: String,
    /// Region, such as `us-east-1`.
    pub region: String,
    /// The stage that each API is deployed to.
    pub stage: String,
    /// The kind of every API; read from each document where absent.
    pub kind: Option<ApiKind>,
    /// What becomes of the base path that a document names itself.
    pub document_base_path: BasePath,
    /// Stage variables of every stage.
    pub variables: BTreeMap<String, String>,
    /// Access-log format of every stage, where access logs are on.
    pub access_log_format: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account_id: "123456789012".into(),
            region: "us-east-1".into(),
            stage: "prod".into(),
            kind: None,
            document_base_path: BasePath::Ignore,
            variables: BTreeMap::new(),
            access_log_format: None,
        }
    }
}

/// What became of the documents.
#[derive(Clone, Debug, Default)]
pub struct ImportedFiles {
    /// Everything that could be read. Where [`has_errors`](Self::has_errors) it is fit to look for
    /// further problems and not to be served.
    pub installation: Installation,
    /// The kind of each document's API and why, for those that could be read at all.
    pub kinds: Vec<Option<KindChoice>>,
    /// Everything that is wrong; places count documents by their position.
    pub problems: Vec<Problem>,
}

impl ImportedFiles {
    /// Whether anything keeps the installation from being served.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Imports `sources` and maps each on the catch-all domain: what `serve` and `validate` do.
pub fn import_files(sources: &[Source], settings: &Settings) -> ImportedFiles {
    let mut imported = ImportedFiles {
        installation: Installation {
            account_id: settings.account_id.clone(),
            region: settings.region.clone(),
            ..Installation::default()
        },
        ..ImportedFiles::default()
    };
    check_settings(settings, &mut imported.problems);
    let mut claimed = Claimed::default();
    for (number, source) in sources.iter().enumerate() {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        import_one(number, source, settings, &mut claimed, &mut imported);
    }
    imported
}

/// Ids and base paths that documents have taken, with the documents' names.
#[derive(Default)]
struct Claimed {
    ids: BTreeMap<String, String>,
    base_paths: BTreeMap<String, String>,
}

fn import_one(
    number: u32,
    source: &Source,
    settings: &Settings,
    claimed: &mut Claimed,
    imported: &mut ImportedFiles,
) {
    let options = Options {
        kind: settings.kind,
        base_path: settings.document_base_path,
        surroundings: Surroundings { account_id: &settings.account_id, region: &settings.region },
    };
    let one = openapi::import(number, &source.document, &options);
    imported.problems.extend(one.problems);
    imported.kinds.push(one.kind);
    let Some(mut api) = one.api else { return };
    let place = api_place(&api);
    claim_id(&mut api, &source.document, claimed, place, &mut imported.problems);
    if settings.stage == "$default" && matches!(api, Api::Rest(_)) {
        let message = "a REST API has no stage \"$default\"";
        imported.problems.push(Problem::error(place, message).suggest("such as \"--stage prod\""));
    }
    let name = &source.document.name;
    if let Some(base_path) = base_path(source, place, &mut imported.problems) {
        if let Some(first) = claimed.base_paths.insert(base_path.clone(), name.clone()) {
            let message =
                format!("{} and {} are served at the same base path", quote(&first), quote(name));
            let problem =
                Problem::error(place, message).suggest(format!("write \"{name}=/base-path\""));
            imported.problems.push(problem);
        }
        imported.installation.mappings.push(BasePathMapping {
            domain: "*".into(),
            base_path,
            api_id: api.id().to_owned(),
            stage: settings.stage.clone(),
        });
    }
    imported.installation.stages.push(Stage {
        name: settings.stage.clone(),
        // A new text is a new deployment, and the same text the same, on every node.
        deployment_id: derived_id(&[api.id(), &source.document.text])[..6].to_owned(),
        variables: settings.variables.clone(),
        access_log_format: settings.access_log_format.clone(),
        place,
        api,
    });
}

fn api_place(api: &Api) -> Place {
    match api {
        Api::Rest(api) => api.place,
        Api::Http(api) => api.place,
    }
}

/// Files of the same name and title derive the same id; the later one gets another. Two that
/// declare the same id cannot both have it.
fn claim_id(
    api: &mut Api,
    document: &Document,
    claimed: &mut Claimed,
    place: Place,
    problems: &mut Vec<Problem>,
) {
    let is_declared = document.text.contains("x-tollgate-id");
    if let Some(first) = claimed.ids.get(api.id()) {
        if is_declared {
            let message = format!("{} has the same id {}", quote(first), quote(api.id()));
            problems
                .push(Problem::error(place, message).suggest("give one another \"x-tollgate-id\""));
        }
        let id = derived_id(&[&document.name, api.name(), &claimed.ids.len().to_string()]);
        match api {
            Api::Rest(api) => api.id = id,
            Api::Http(api) => api.id = id,
        }
    }
    claimed.ids.insert(api.id().to_owned(), document.name.clone());
}

/// The base path without slashes at its ends, where it is one.
///
/// "Path chars `[A-Za-z0-9$_.+!*'()/-]`, ≤300 chars."
fn base_path(source: &Source, place: Place, problems: &mut Vec<Problem>) -> Option<String> {
    const BASE_PATH_CHARS_MAX: usize = 300;
    let base_path = source.base_path.trim_matches('/');
    let is_good = base_path.len() <= BASE_PATH_CHARS_MAX
        && !base_path.contains("//")
        && base_path.bytes().all(|b| b.is_ascii_alphanumeric() || b"$_.+!*'()/-".contains(&b));
    if is_good {
        return Some(base_path.to_owned());
    }
    let message = format!("the base path {} is not allowed", quote(&source.base_path));
    let suggestion = "base paths consist of letters, digits and $ _ . + ! * ' ( ) / -";
    problems.push(Problem::error(place, message).suggest(suggestion));
    None
}

fn check_settings(settings: &Settings, problems: &mut Vec<Problem>) {
    let mut refuse = |message: String| problems.push(Problem::error(Place::NONE, message));
    let stage = &settings.stage;
    let is_stage_byte = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let is_named = (1..=128).contains(&stage.len()) && stage.bytes().all(is_stage_byte);
    if stage != "$default" && !is_named {
        refuse(format!(
            "the stage name {} is not 1 to 128 of a-z, A-Z, 0-9, _ and -",
            quote(stage)
        ));
    }
    if settings.account_id.len() != 12 || !settings.account_id.bytes().all(|b| b.is_ascii_digit()) {
        refuse(format!("the account id {} is not twelve digits", quote(&settings.account_id)));
    }
    if settings.variables.len() > STAGE_VARIABLES_MAX {
        refuse(format!("a stage has at most {STAGE_VARIABLES_MAX} variables"));
    }
    for (name, value) in &settings.variables {
        let is_name = !name.is_empty()
            && name.len() <= 64
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let is_value = value.len() <= 512
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&b));
        if !is_name {
            refuse(format!("the name of the stage variable {} is not allowed", quote(name)));
        }
        if !is_value {
            refuse(format!("the value of the stage variable {} is not allowed", quote(name)));
        }
    }
    if settings.access_log_format.as_ref().is_some_and(|it| it.len() > ACCESS_LOG_FORMAT_BYTES_MAX)
    {
        refuse(format!("an access-log format has at most {ACCESS_LOG_FORMAT_BYTES_MAX} bytes"));
    }
}
