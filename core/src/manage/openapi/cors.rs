//! Which CORS configuration does an HTTP API have?

use crate::definition::{Cors, Place, Problem};
use crate::manage::document::{Entry, Map};
use crate::manage::problems::quote;
use crate::message::Verb;

use super::keys;
use super::reader::Reader;

/// Reads `x-amazon-apigateway-cors`.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Cors> {
    let entry = reader.member(reader.root, "x-amazon-apigateway-cors")?;
    let map = reader.map(entry)?;
    reader.check_keys(map, &keys::CORS);
    let mut cors = Cors {
        allow_origins: checked(reader, map, "allowOrigins", origin_problem),
        allow_methods: checked(reader, map, "allowMethods", method_problem),
        allow_headers: checked(reader, map, "allowHeaders", header_problem),
        expose_headers: checked(reader, map, "exposeHeaders", header_problem),
        max_age_s: reader.member(map, "maxAge").and_then(|entry| max_age(reader, entry)),
        allow_credentials: reader.flag_member(map, "allowCredentials").unwrap_or_default(),
    };
    if cors.allow_credentials && cors.allow_origins.iter().any(|origin| origin == "*") {
        let place = map.find("allowCredentials").map_or(entry.key_place, |entry| entry.key_place);
        let problem = Problem::error(place, "\"allowCredentials\" cannot go with the origin \"*\"")
            .suggest("name the origins, or write \"https://*\"");
        reader.problems.push(problem);
        cors.allow_credentials = false;
    }
    Some(cors)
}

/// The texts of `key`; what `problem` finds wrong is told and left out.
fn checked<'d>(
    reader: &mut Reader<'d>,
    map: &'d Map,
    key: &str,
    problem: fn(&str) -> Option<&'static str>,
) -> Vec<String> {
    let Some(entry) = reader.member(map, key) else { return Vec::new() };
    let mut texts = Vec::new();
    let found: Vec<(&str, Place)> = reader.texts(entry);
    for (text, place) in found {
        match problem(text) {
            None => texts.push(text.to_owned()),
            Some(suggestion) => {
                let message = format!("{} is no value of {}", quote(text), quote(key));
                reader.problems.push(Problem::error(place, message).suggest(suggestion));
            }
        }
    }
    texts
}

fn origin_problem(origin: &str) -> Option<&'static str> {
    let suggestion = "an origin is \"*\", \"http://*\", \"https://*\" or \"scheme://host[:port]\"";
    if origin == "*" {
        return None;
    }
    let Some((scheme, host)) = origin.split_once("://") else { return Some(suggestion) };
    if host.ends_with('/') {
        return Some("an origin has no slash at its end");
    }
    let is_good = !scheme.is_empty()
        && !host.is_empty()
        && !host.contains(|c: char| c == '/' || c.is_whitespace() || c.is_control());
    (!is_good).then_some(suggestion)
}

fn method_problem(method: &str) -> Option<&'static str> {
    let is_known = method == "*" || Verb::NAMED.iter().any(|verb| verb.as_str() == method);
    (!is_known).then_some("one of *, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
}

fn header_problem(header: &str) -> Option<&'static str> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_good = !header.is_empty() && header.bytes().all(is_token);
    (!is_good).then_some("a header's name consists of letters, digits and hyphens")
}

fn max_age<'d>(reader: &mut Reader<'d>, entry: &'d Entry) -> Option<i32> {
    let seconds = reader.integer(entry)?;
    if (-1..=86_400).contains(&seconds) {
        return i32::try_from(seconds).ok();
    }
    reader.problems.error(entry.value.place, "\"maxAge\" is -1 to 86400 seconds");
    None
}
