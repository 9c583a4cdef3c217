//! Which paths does a document have, and can they stand beside one another?

use std::collections::BTreeMap;

use crate::definition::{MethodVerb, Place, Problem};
use crate::limits::{PATH_VARIABLES_MAX, TARGET_BYTES_MAX};
use crate::manage::document::{Entry, Map, Value};
use crate::manage::problems::quote;
use crate::message::Verb;

use super::ApiKind;
use super::keys;
use super::reader::Reader;

/// A path with what is written under it.
pub(super) struct PathItem<'d> {
    /// The path, `/$default` for an HTTP API's default route.
    pub(super) path: String,
    /// Where the path is written.
    pub(super) place: Place,
    /// What is written under it.
    pub(super) map: &'d Map,
}

impl PathItem<'_> {
    /// The names of the path's variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(variable)
    }

    /// Whether it is the default route of an HTTP API.
    pub(super) fn is_default(&self) -> bool {
        self.path == "/$default"
    }
}

/// A method or route as written.
pub(super) struct Operation<'d> {
    pub(super) verb: MethodVerb,
    pub(super) map: &'d Map,
    /// Place of the verb.
    pub(super) place: Place,
}

/// The paths of the document, each behind `prefix`.
pub(super) fn read<'d>(reader: &mut Reader<'d>, prefix: &str) -> Vec<PathItem<'d>> {
    let root = reader.root;
    let Some(paths) = reader.member(root, "paths") else {
        let problem = Problem::error(reader.place, "the document has no \"paths\"");
        reader.problems.push(problem);
        return Vec::new();
    };
    let mut items: Vec<PathItem<'d>> = Vec::new();
    let mut seen = BTreeMap::new();
    for entry in reader.map(paths).map(Map::entries).unwrap_or_default() {
        if entry.key.starts_with("x-") {
            continue;
        }
        let Some(path) = checked_path(reader, entry, prefix) else { continue };
        let map = match &entry.value.value {
            Value::Null | Value::Refused => const { &Map::EMPTY },
            _ => match reader.resolve_map(&entry.value, "a path item") {
                Some(map) => map,
                None => continue,
            },
        };
        if seen.insert(path.clone(), ()).is_some() {
            let message = format!("the path {} is already there", quote(&path));
            reader.problems.error(entry.key_place, message);
            continue;
        }
        reader.check_keys(map, &keys::PATH_ITEM);
        items.push(PathItem { path, place: entry.key_place, map });
    }
    items
}

/// The methods or routes under a path.
pub(super) fn operations<'d>(reader: &mut Reader<'d>, item: &PathItem<'d>) -> Vec<Operation<'d>> {
    let mut operations: Vec<Operation<'d>> = Vec::new();
    for entry in item.map.entries() {
        let verb = match entry.key.as_str() {
            "x-amazon-apigateway-any-method" | "any" => MethodVerb::Any,
            "trace" => {
                let message = "API Gateway has no TRACE methods; this one is ignored";
                reader.problems.warning(entry.key_place, message);
                continue;
            }
            name => match verb_of_key(name) {
                Some(verb) => MethodVerb::Verb(verb),
                None => continue,
            },
        };
        if operations.iter().any(|operation| operation.verb == verb) {
            let message = format!("{} already has a method ANY", quote(&item.path));
            reader.problems.error(entry.key_place, message);
            continue;
        }
        // `post: null` is a method with nothing in it.
        let map = match &entry.value.value {
            Value::Null => const { &Map::EMPTY },
            Value::Refused => continue,
            _ => match reader.resolve_map(&entry.value, "an operation") {
                Some(map) => map,
                None => continue,
            },
        };
        reader.check_keys(map, &keys::OPERATION);
        operations.push(Operation { verb, map, place: entry.key_place });
    }
    operations
}

fn verb_of_key(key: &str) -> Option<Verb> {
    let verb = Verb::from_bytes(key.to_ascii_uppercase().as_bytes());
    // Keys are lower case; `GET` is an unknown key, and reported as such.
    (verb != Verb::Other && key.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(verb)
}

/// The path of `entry` behind `prefix`, where it is one that the API can have.
fn checked_path(reader: &mut Reader<'_>, entry: &Entry, prefix: &str) -> Option<String> {
    let place = entry.key_place;
    let mut written = entry.key.as_str();
    let with_slash;
    if !written.starts_with('/') {
        let message = format!("the path {} does not begin with a slash", quote(written));
        reader.problems.warning(place, message);
        with_slash = format!("/{written}");
        written = &with_slash;
    }
    if written == "/$default" && reader.kind == ApiKind::Http {
        return Some(written.to_owned());
    }
    let mut path = if written == "/" && !prefix.is_empty() {
        prefix.to_owned()
    } else {
        format!("{prefix}{written}")
    };
    if reader.kind == ApiKind::Rest && path.len() > 1 && path.ends_with('/') {
        let message = "a resource has no slash at its end; it is left out";
        reader.problems.warning(place, message);
        path.pop();
    }
    match path_problem(&path, reader.kind) {
        None => Some(path),
        Some((message, _)) if written == "/$default" => {
            let problem = Problem::error(place, format!("{message} in the path {}", quote(&path)));
            let suggestion = "set \"x-tollgate-kind: http\" if this is an HTTP API";
            reader.problems.push(problem.suggest(suggestion));
            None
        }
        Some((message, suggestion)) => {
            let problem = Problem::error(place, format!("{message} in the path {}", quote(&path)));
            reader.problems.push(match suggestion {
                Some(suggestion) => problem.suggest(suggestion),
                None => problem,
            });
            None
        }
    }
}

/// What keeps `path` from being a path of an API.
fn path_problem(path: &str, kind: ApiKind) -> Option<(String, Option<String>)> {
    if path.len() > TARGET_BYTES_MAX {
        return Some(("too many characters".into(), None));
    }
    // A REST API's root is its one path that ends in a slash; an HTTP API's may all.
    let inside = match kind {
        ApiKind::Rest if path == "/" => return None,
        ApiKind::Rest => &path[1..],
        ApiKind::Http => path[1..].strip_suffix('/').unwrap_or(&path[1..]),
    };
    if inside.is_empty() {
        return None;
    }
    let mut names = Vec::new();
    let segments: Vec<&str> = inside.split('/').collect();
    for (position, segment) in segments.iter().enumerate() {
        let is_last = position + 1 == segments.len();
        if let Some(problem) = segment_problem(segment, is_last, kind) {
            return Some(problem);
        }
        if let Some(name) = variable(segment) {
            if names.contains(&name) {
                return Some((format!("the variable {} stands twice", quote(name)), None));
            }
            names.push(name);
        }
    }
    (names.len() > PATH_VARIABLES_MAX)
        .then(|| (format!("more than {PATH_VARIABLES_MAX} variables"), None))
}

fn segment_problem(
    segment: &str,
    is_last: bool,
    kind: ApiKind,
) -> Option<(String, Option<String>)> {
    if segment.is_empty() {
        return Some(("an empty segment".into(), Some("remove one of the slashes".into())));
    }
    if let Some(name) = variable(segment) {
        let is_greedy = segment.ends_with("+}");
        if name.is_empty() || !name.bytes().all(is_variable_name_byte) {
            let message = format!("the variable {} has no valid name", quote(segment));
            let suggestion = "names consist of letters, digits, \".\", \"_\", \"-\" and \":\"";
            return Some((message, Some(suggestion.into())));
        }
        if is_greedy && !is_last {
            return Some((
                format!(
                    "Cannot create a child of a resource with a greedy path variable: {segment}"
                ),
                Some("a greedy variable is the last segment".into()),
            ));
        }
        return None;
    }
    if segment.contains(['{', '}']) {
        return Some((
            format!("braces inside the segment {}", quote(segment)),
            Some("a variable is a whole segment, such as \"{id}\"".into()),
        ));
    }
    static_segment_problem(segment, kind)
}

fn static_segment_problem(segment: &str, kind: ApiKind) -> Option<(String, Option<String>)> {
    match kind {
        // "Resource's path part only allow a-zA-Z0-9._-: …"; newer lists of AWS add the comma.
        ApiKind::Rest => {
            let is_part = |byte: u8| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':' | b',')
            };
            (!segment.bytes().all(is_part)).then(|| {
                let suggestion =
                    "path parts consist of a-z, A-Z, 0-9, \".\", \"_\", \"-\" and \":\"";
                (format!("the segment {} is not allowed", quote(segment)), Some(suggestion.into()))
            })
        }
        ApiKind::Http => {
            let is_bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#');
            segment
                .contains(is_bad)
                .then(|| (format!("the segment {} is not allowed", quote(segment)), None))
        }
    }
}

/// The name in a segment that is a variable: of `{id}` and `{id+}` it is `id`.
fn variable(segment: &str) -> Option<&str> {
    let inside = segment.strip_prefix('{')?.strip_suffix('}')?;
    Some(inside.strip_suffix('+').unwrap_or(inside))
}

fn is_variable_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':')
}

/// Reports, and takes away, the paths that the tree of a REST API's resources has no room for.
pub(super) fn keep_tree(reader: &mut Reader<'_>, items: &mut Vec<PathItem<'_>>) {
    // The one variable among the children of each parent.
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    items.retain(|item| {
        let mut parent_end = 0;
        for segment in item.path.split('/').skip(1) {
            let parent = &item.path[..parent_end];
            parent_end += 1 + segment.len();
            if variable(segment).is_none() {
                continue;
            }
            let sibling = variables.entry(parent.to_owned()).or_insert_with(|| segment.to_owned());
            if sibling != segment {
                let message = format!(
                    "A sibling ({sibling}) of this resource already has a variable path part -- only one is allowed"
                );
                let suggestion = format!("write {} in place of {}", quote(sibling), quote(segment));
                reader.problems.push(Problem::error(item.place, message).suggest(suggestion));
                return false;
            }
        }
        true
    });
}
