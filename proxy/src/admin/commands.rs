//! What do the commands that serve nothing print?

use std::io::{self, Write};
use std::process::ExitCode;

use tollgate_core::manage::routes;
use tollgate_core::message::Verb;
use tollgate_core::snapshot::Snapshot;

use crate::options::{DefinitionOptions, RoutesOptions, ValidateOptions};

use super::definitions::{self, Loaded, Manner};
use super::report;

/// Checks definitions exactly as `serve` would.
pub fn validate(options: &ValidateOptions) -> ExitCode {
    let loaded = load(&options.definition);
    let manner = report::Manner::of_stdout();
    print(&report::guesses(&loaded, manner));
    print(&report::problems(&loaded, manner));
    print(&report::summary(&loaded, manner));
    if loaded.snapshot.is_some() { ExitCode::SUCCESS } else { report::invalid() }
}

/// Prints the compiled routes, or which one a request takes and why.
pub fn routes(options: &RoutesOptions) -> ExitCode {
    let loaded = load(&options.definition);
    let Some(snapshot) = &loaded.snapshot else {
        report::tell_all(&loaded, None);
        return report::invalid();
    };
    let manner = report::Manner::of_stdout();
    print(&match &options.why {
        None => table(snapshot, &loaded, manner),
        Some((verb, path)) => explanation(snapshot, verb, path, manner),
    });
    ExitCode::SUCCESS
}

/// Access logs and link-local addresses are matters of serving.
fn load(options: &DefinitionOptions) -> Loaded {
    definitions::load(options, &Manner::default(), None)
}

fn table(snapshot: &Snapshot, loaded: &Loaded, manner: report::Manner) -> String {
    let place_of = |place| report::place_text(place, &loaded.documents);
    match manner.is_for_people {
        true => routes::table_text(snapshot, place_of),
        false => format!("{}\n", routes::table_json(snapshot, place_of)),
    }
}

fn explanation(snapshot: &Snapshot, verb: &str, path: &str, manner: report::Manner) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let explanation = routes::why(snapshot, "", Verb::from_bytes(verb.as_bytes()), path);
    match manner.is_for_people {
        true => explanation.to_text(),
        false => format!("{}\n", explanation.to_json()),
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn print(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}
