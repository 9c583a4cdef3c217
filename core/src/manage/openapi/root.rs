//! What does the root of a document say about the API as a whole?

use std::collections::BTreeMap;

use crate::definition::{Place, Problem};
use crate::manage::document::{Map, Value};
use crate::manage::problems::{did_you_mean, quote};

use super::keys;
use super::reader::{Dialect, Reader};
use super::{ApiKind, BasePath, Options};

/// Finds which specification the document follows; tells where that is none we know.
pub(super) fn read_dialect(reader: &mut Reader<'_>) -> bool {
    let root = reader.root;
    let (entry, dialect, is_version): (_, _, fn(&str) -> bool) =
        match (reader.member(root, "openapi"), reader.member(root, "swagger")) {
            (Some(entry), _) => {
                (entry, Dialect::OpenApi3, |text| text == "3.0" || text.starts_with("3.0."))
            }
            (None, Some(entry)) => (entry, Dialect::Swagger2, |text| text == "2.0" || text == "2"),
            (None, None) => {
                missing_dialect(reader);
                return false;
            }
        };
    reader.dialect = dialect;
    let Some(version) = reader.text(entry) else { return false };
    if !is_version(version) {
        let message = format!("version {} of the specification is not supported", quote(version));
        let problem = Problem::error(entry.value.place, message)
            .suggest("API Gateway imports OpenAPI 3.0 and Swagger 2.0");
        reader.problems.push(problem);
    }
    true
}

fn missing_dialect(reader: &mut Reader<'_>) {
    let template = ["AWSTemplateFormatVersion", "Resources", "Transform"];
    if let Some(entry) = template.iter().find_map(|key| reader.root.find(key)) {
        let message = "this is a CloudFormation template, not an OpenAPI document";
        reader.problems.error(entry.key_place, message);
        return;
    }
    let message = "the document has neither \"openapi\" nor \"swagger\"";
    let near = reader.root.entries().iter().find_map(|entry| {
        let suggestion = did_you_mean(&entry.key, ["openapi", "swagger"])?;
        Some(Problem::error(entry.key_place, message).suggest(suggestion))
    });
    reader.problems.push(near.unwrap_or_else(|| {
        Problem::error(reader.place, message).suggest("begin with \"openapi: 3.0.3\"")
    }));
}

/// Checks the keys of the root and of what stands in it for the whole document.
pub(super) fn check(reader: &mut Reader<'_>) {
    let root = reader.root;
    match reader.dialect {
        Dialect::OpenApi3 => reader.check_keys(root, &keys::OPENAPI_ROOT),
        Dialect::Swagger2 => reader.check_keys(root, &keys::SWAGGER_ROOT),
    }
    if let Some(info) = reader.map_member(root, "info") {
        reader.check_keys(info, &keys::INFO);
    }
    if reader.dialect == Dialect::OpenApi3
        && let Some(components) = reader.map_member(root, "components")
    {
        reader.check_keys(components, &keys::COMPONENTS);
    }
    if reader.kind == ApiKind::Http && reader.dialect == Dialect::Swagger2 {
        let message = "HTTP APIs are imported from OpenAPI 3.0, not from Swagger 2.0";
        reader.problems.error(reader.place, message);
    }
    check_ignored(reader);
}

/// Warns of what AWS acts on and this gateway leaves out.
fn check_ignored(reader: &mut Reader<'_>) {
    for (key, reason) in [
        ("x-amazon-apigateway-documentation", "documentation parts are not kept"),
        (
            "x-amazon-apigateway-security-policy",
            "TLS is settled by the listener, not by the API; this is ignored",
        ),
        (
            "x-amazon-apigateway-endpoint-access-mode",
            "TLS is settled by the listener, not by the API; this is ignored",
        ),
    ] {
        if reader.kind == ApiKind::Rest
            && let Some(entry) = reader.member(reader.root, key)
        {
            reader.problems.warning(entry.key_place, reason);
        }
    }
}

/// What both kinds of API take from the root.
pub(super) struct Identity {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) version: Option<String>,
}

/// Reads who the API is; `file` is the document's name.
///
/// `info` and `info.title` may be missing: with the management API's Put the name is elsewhere.
/// Then the file's name stands in.
pub(super) fn identity(reader: &mut Reader<'_>, file: &str) -> Identity {
    let root = reader.root;
    let info = reader.map_member(root, "info").unwrap_or(const { &Map::EMPTY });
    let title = reader.text_member(info, "title").filter(|title| !title.trim().is_empty());
    let name = title.unwrap_or_else(|| file_stem(file)).to_owned();
    let declared = reader.member(root, "x-tollgate-id").and_then(|entry| {
        let id = reader.text(entry)?;
        if id.len() == 10 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Some(id.to_owned());
        }
        let message = format!("the id {} is not ten letters a-z and digits", quote(id));
        let suggestion = format!("such as {}", quote(&derived_id(&[file_name(file), &name])));
        reader.problems.push(Problem::error(entry.value.place, message).suggest(suggestion));
        None
    });
    Identity {
        id: declared.unwrap_or_else(|| derived_id(&[file_name(file), &name])),
        name,
        description: reader.text_member(info, "description").map(str::to_owned),
        version: reader.text_member(info, "version").map(str::to_owned),
    }
}

fn file_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

fn file_stem(file: &str) -> &str {
    let name = file_name(file);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// Ten characters of `[a-z0-9]` that follow from `parts` alone, so that an API keeps its id when
/// the gateway starts anew. FNV-1a with 64 bits; 36^10 < 2^52, so every character counts.
pub(in crate::manage) fn derived_id(parts: &[&str]) -> String {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xFF]));
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // FNV leaves the upper bits of short inputs alike; one round of mixing spreads them.
    hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^= hash >> 29;
    let mut id = String::with_capacity(10);
    for _ in 0..10 {
        let digit = u32::try_from(hash % 36).unwrap_or_default();
        id.push(char::from_digit(digit, 36).unwrap_or('0'));
        hash /= 36;
    }
    id
}

/// What stands before each path, without a slash at its end: empty unless the options ask for it.
pub(super) fn path_prefix(reader: &mut Reader<'_>, options: &Options<'_>) -> String {
    let base = match (options.base_path, reader.dialect) {
        (BasePath::Ignore, _) => return String::new(),
        (_, Dialect::Swagger2) => {
            reader.text_member(reader.root, "basePath").unwrap_or_default().to_owned()
        }
        (_, Dialect::OpenApi3) => server_path(reader),
    };
    let segments = base.split('/').filter(|segment| !segment.is_empty());
    let kept = segments.skip(usize::from(options.base_path == BasePath::Split));
    kept.map(|segment| format!("/{segment}")).collect()
}

/// The path of `servers[0].url`, with the default of the variable `basePath` filled in.
fn server_path(reader: &mut Reader<'_>) -> String {
    let Some(server) = servers(reader).first().copied() else { return String::new() };
    let url = reader.text_member(server, "url").unwrap_or_default();
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = behind_scheme.find('/').map_or("", |slash| &behind_scheme[slash..]);
    let default = reader
        .map_member(server, "variables")
        .and_then(|variables| reader.map_member(variables, "basePath"))
        .and_then(|variable| reader.text_member(variable, "default"));
    path.replace("{basePath}", default.unwrap_or_default().trim_matches('/'))
}

/// The objects of `servers`.
pub(super) fn servers<'d>(reader: &mut Reader<'d>) -> Vec<&'d Map> {
    let root = reader.root;
    let Some(entry) =
        reader.member(root, "servers").filter(|_| reader.dialect == Dialect::OpenApi3)
    else {
        return Vec::new();
    };
    reader.list(entry).unwrap_or_default().iter().filter_map(|node| node.as_map()).collect()
}

/// Tags of the API: those of `tags` that carry a value.
pub(super) fn tags(reader: &mut Reader<'_>) -> BTreeMap<String, String> {
    let root = reader.root;
    let entry = reader.member(root, "tags");
    let nodes = entry.and_then(|entry| reader.list(entry)).unwrap_or_default();
    let mut tags = BTreeMap::new();
    for node in nodes {
        let Value::Map(tag) = &node.value else { continue };
        reader.check_keys(tag, &keys::TAG);
        let name = reader.text_member(tag, "name");
        let value = reader.text_member(tag, "x-amazon-apigateway-tag-value");
        if let (Some(name), Some(value)) = (name, value) {
            tags.insert(name.to_owned(), value.to_owned());
        }
    }
    tags
}

/// The place of `key` at the root, else of the document.
pub(super) fn place_of(reader: &Reader<'_>, key: &str) -> Place {
    reader.root.find(key).map_or(reader.place, |entry| entry.key_place)
}
