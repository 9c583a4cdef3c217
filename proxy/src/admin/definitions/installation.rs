//! Which stages and mappings do the files on the command line make?

use std::collections::BTreeMap;

use tollgate_core::definition::{Api, BasePathMapping, Installation, Place, Problem, Stage};

use crate::options::DefinitionOptions;

/// The domain that takes every host nobody claims, so that a plain `curl` is answered.
const CATCH_ALL: &str = "*";

/// An API that one of the files describes.
#[derive(Debug)]
pub(super) struct Described {
    /// The file's position on the command line.
    pub(super) file: usize,
    /// What it describes.
    pub(super) api: Api,
    /// The file's text, from which the deployment's id is made.
    pub(super) text: String,
}

/// Deploys each API to the stage, and maps it at its file's base path of the catch-all domain.
pub(super) fn installation_of(
    described: Vec<Described>,
    options: &DefinitionOptions,
    access_log_format: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Installation {
    let variables: BTreeMap<String, String> = options
        .stage_variables
        .iter()
        .map(|variable| (variable.name.clone(), variable.value.clone()))
        .collect();
    check_base_paths(options, problems);
    let mut installation = Installation {
        account_id: options.account_id.clone(),
        region: options.region.clone(),
        ..Installation::default()
    };
    for Described { file, api, text } in described {
        check_stage(&api, file, &options.stage, problems);
        installation.mappings.push(BasePathMapping {
            domain: CATCH_ALL.to_owned(),
            base_path: options.files[file].base_path.clone(),
            api_id: api.id().to_owned(),
            stage: options.stage.clone(),
        });
        installation.stages.push(Stage {
            deployment_id: deployment_id(&text),
            name: options.stage.clone(),
            variables: variables.clone(),
            access_log_format: access_log_format.map(str::to_owned),
            place: beginning_of(file),
            api,
        });
    }
    installation
}

/// The place of what concerns a whole file.
pub(super) fn beginning_of(file: usize) -> Place {
    Place { document: u32::try_from(file).unwrap_or(u32::MAX), start: 0, end: 0 }
}

/// Two files cannot answer the same paths.
fn check_base_paths(options: &DefinitionOptions, problems: &mut Vec<Problem>) {
    let mut first_with = BTreeMap::new();
    for (position, file) in options.files.iter().enumerate() {
        let Some(first) = first_with.insert(&file.base_path, file) else { continue };
        let first = first.path.display();
        let path = file.path.display();
        let message = match file.base_path.as_str() {
            "" => format!("both \"{first}\" and \"{path}\" are served at the root"),
            base => format!("both \"{first}\" and \"{path}\" are served at \"/{base}\""),
        };
        let stem = file.path.file_stem().unwrap_or_default().to_string_lossy();
        problems.push(
            Problem::error(beginning_of(position), message)
                .suggest(format!("give it a base path of its own, such as {path}=/{stem}")),
        );
    }
}

/// Only HTTP APIs have the stage `$default`.
fn check_stage(api: &Api, file: usize, stage: &str, problems: &mut Vec<Problem>) {
    if matches!(api, Api::Rest(_)) && stage == "$default" {
        problems.push(
            Problem::error(
                beginning_of(file),
                format!("\"{}\" is a REST API and cannot have the stage \"$default\"", api.name()),
            )
            .suggest("--stage prod, or --kind http if it is an HTTP API"),
        );
    }
}

/// Six characters of `[a-z0-9]` that change whenever the text does. FNV-1a: nobody gains from a
/// collision, and it is the same wherever the file is served.
fn deployment_id(text: &str) -> String {
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash ^= hash >> 32;
    (0..6)
        .map(|_| {
            let digit = b"abcdefghijklmnopqrstuvwxyz0123456789"[(hash % 36) as usize];
            hash /= 36;
            char::from(digit)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tollgate_core::definition::{HttpApi, RestApi};

    use super::*;
    use crate::options::{Arguments, Command};

    fn options(line: &[&str]) -> DefinitionOptions {
        let line = [&["tollgate", "validate"], line].concat();
        match Arguments::try_parse_from(line).map(|arguments| arguments.command) {
            Ok(Command::Validate(options)) => options.definition,
            other => panic!("{other:?}"),
        }
    }

    fn described(file: usize, api: Api) -> Described {
        Described { file, api, text: file.to_string() }
    }

    fn rest(id: &str) -> Api {
        Api::Rest(RestApi { id: id.to_owned(), name: id.to_owned(), ..RestApi::default() })
    }

    /// The messages and suggestions that come of these options and APIs.
    fn problems_of(line: &[&str], described: Vec<Described>) -> Vec<String> {
        let mut problems = Vec::new();
        installation_of(described, &options(line), None, &mut problems);
        problems
            .into_iter()
            .map(|p| format!("{} | {}", p.message, p.suggestion.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn each_file_becomes_a_stage_at_its_base_path() {
        let options = options(&["a.yaml", "b.yaml=/v1", "--stage=dev", "--stage-variable=x=1"]);
        let apis = vec![described(0, rest("a")), described(1, rest("b"))];
        let mut problems = Vec::new();
        let installation =
            installation_of(apis, &options, Some("$context.requestId"), &mut problems);
        assert_eq!(problems, []);
        let mapped: Vec<_> = installation
            .mappings
            .iter()
            .map(|m| (m.domain.as_str(), m.base_path.as_str(), m.api_id.as_str(), m.stage.as_str()))
            .collect();
        assert_eq!(mapped, [("*", "", "a", "dev"), ("*", "v1", "b", "dev")]);
        assert_eq!(installation.stages[1].variables["x"], "1");
        assert_eq!(installation.stages[1].place.document, 1);
        assert_ne!(installation.stages[0].deployment_id, installation.stages[1].deployment_id);
        assert!(installation.stages[0].access_log_format.is_some());
    }

    #[test]
    fn files_at_the_same_base_path_are_refused_with_the_fix() {
        let found = problems_of(&["a.yaml", "x/b.yaml", "c.yaml=/v1", "d.yaml=/v1"], Vec::new());
        assert_eq!(
            found,
            [
                "both \"a.yaml\" and \"x/b.yaml\" are served at the root | \
                 give it a base path of its own, such as x/b.yaml=/b",
                "both \"c.yaml\" and \"d.yaml\" are served at \"/v1\" | \
                 give it a base path of its own, such as d.yaml=/d",
            ]
        );
    }

    #[test]
    fn only_an_http_api_has_the_default_stage() {
        let line = ["a.yaml", "--stage=$default"];
        let found = problems_of(&line, vec![described(0, rest("a"))]);
        assert_eq!(found.len(), 1, "{found:?}");
        let http = Api::Http(HttpApi { id: "a".to_owned(), ..HttpApi::default() });
        assert_eq!(problems_of(&line, vec![described(0, http)]), Vec::<String>::new());
    }
}
