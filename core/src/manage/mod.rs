//! What does the operator want, and what is wrong with how it is written?
//!
//! Documents become a [`definition::Installation`](crate::definition::Installation) here:
//! [`import_files`] is all that `serve` and `validate` need, and [`diagnose`] shows what is wrong.
//! The room runs on the admin thread and may be slow, but not slower than its input is long.
//!
//! It assumes nothing of the documents: any bytes give an answer, with problems in it, in bounded
//! time and space. `import_never_panics` states that for fuzzing.
//!
//! Absent on purpose: files and terminals. Texts come in as values and go out as strings.

pub mod diagnose;
pub mod document;
mod installation;
pub mod openapi;
mod problems;
pub mod routes;
mod spelling;

#[cfg(test)]
mod tests;

pub use document::Document;
pub use installation::{ImportedFiles, Settings, Source, import_files};

/// Imports `bytes` in every way there is and shows what is wrong; fuzzing calls this.
pub fn import_never_panics(bytes: &[u8]) {
    for name in ["api.json", "api.yaml"] {
        let mut problems = Vec::new();
        let document = Document::from_bytes(0, name, bytes, &mut problems);
        let documents = [document.clone()];
        for kind in [None, Some(openapi::ApiKind::Rest), Some(openapi::ApiKind::Http)] {
            let source = Source { document: document.clone(), base_path: String::new() };
            let settings = Settings {
                kind,
                document_base_path: openapi::BasePath::Split,
                ..Settings::default()
            };
            problems.extend(import_files(&[source], &settings).problems);
        }
        problems.truncate(20);
        diagnose::render(&problems, &documents, diagnose::Style::Plain);
        for problem in &problems {
            diagnose::json_line(problem, &documents);
        }
    }
}
