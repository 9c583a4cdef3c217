//! What does the path of a route say, segment by segment?

use std::fmt;

use crate::context::ApiKind;
use crate::limits::{PATH_SEGMENT_BYTES_MAX, PATH_SEGMENTS_MAX, PATH_VARIABLES_MAX};
use crate::message::percent;

/// One segment of a route's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The same bytes, case and all; kept in decoded form.
    Literal(Vec<u8>),
    /// `{name}`: any one segment.
    Variable(String),
    /// `{name+}`: the rest of the path, at least one segment. Always the last.
    Greedy(String),
}

impl Segment {
    /// The variable's name.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Variable(name) | Self::Greedy(name) => Some(name),
        }
    }

    /// 0 for a literal, 1 for a variable, 2 for a greedy one: lower goes first on one level.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::Variable(_) => 1,
            Self::Greedy(_) => 2,
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(bytes) => f.write_str(&String::from_utf8_lossy(bytes)),
            Self::Variable(name) => write!(f, "{{{name}}}"),
            Self::Greedy(name) => write!(f, "{{{name}+}}"),
        }
    }
}

/// The segments of `path`, or what is wrong with it.
pub(super) fn parse(path: &str, api_kind: ApiKind) -> Result<Vec<Segment>, String> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err(format!("the path \"{path}\" does not start with \"/\""));
    };
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    let rest = match api_kind {
        // REST resources have no trailing slash: an imported `/pets/` becomes `/pets`.
        ApiKind::RestApi => rest.strip_suffix('/').unwrap_or(rest),
        ApiKind::HttpApi if rest.ends_with('/') => {
            return Err(format!("the route's path \"{path}\" ends with \"/\""));
        }
        ApiKind::HttpApi => rest,
    };
    let segments: Result<Vec<Segment>, String> = rest.split('/').map(parse_segment).collect();
    let segments = segments?;
    match fault(&segments) {
        Some(fault) => Err(format!("the path \"{path}\" {fault}")),
        None => Ok(segments),
    }
}

fn parse_segment(text: &str) -> Result<Segment, String> {
    if !text.contains(['{', '}']) {
        return parse_literal(text);
    }
    let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let name = name.filter(|name| !name.contains(['{', '}']));
    let Some(name) = name else {
        return Err(format!("the segment \"{text}\" has braces that do not enclose all of it"));
    };
    let (name, is_greedy) = match name.strip_suffix('+') {
        Some(name) => (name, true),
        None => (name, false),
    };
    if name.is_empty() || name.contains('+') {
        return Err(format!("\"{text}\" does not name a path variable"));
    }
    let name = name.to_owned();
    Ok(if is_greedy { Segment::Greedy(name) } else { Segment::Variable(name) })
}

fn parse_literal(text: &str) -> Result<Segment, String> {
    let mut literal = Vec::new();
    percent::decode_component_into(text.as_bytes(), &mut literal);
    match literal.as_slice() {
        b"" => Err("an empty segment can't be reached".to_owned()),
        b"." | b".." => Err(format!("the dot segment \"{text}\" can't be reached")),
        _ if literal.contains(&b'/') => {
            Err(format!("the escaped slash in \"{text}\" can't be reached"))
        }
        _ if literal.len() > PATH_SEGMENT_BYTES_MAX => {
            Err(format!("the segment \"{text}\" is longer than {PATH_SEGMENT_BYTES_MAX} bytes"))
        }
        _ => Ok(Segment::Literal(literal)),
    }
}

fn fault(segments: &[Segment]) -> Option<String> {
    if segments.len() > PATH_SEGMENTS_MAX {
        return Some(format!("has more than {PATH_SEGMENTS_MAX} segments"));
    }
    let is_greedy = |segment: &Segment| matches!(segment, Segment::Greedy(_));
    if let Some(at) = segments.iter().position(is_greedy)
        && at + 1 < segments.len()
    {
        return Some(format!("goes on after the greedy variable \"{}\"", segments[at]));
    }
    let names: Vec<&str> = segments.iter().filter_map(Segment::variable).collect();
    if names.len() > PATH_VARIABLES_MAX {
        return Some(format!("has more than {PATH_VARIABLES_MAX} variables"));
    }
    let is_repeated = |(at, name): (usize, &&str)| names[..at].contains(name);
    let at = names.iter().enumerate().position(is_repeated)?;
    Some(format!("has two variables named \"{}\"", names[at]))
}

/// Whether the service would refuse the segment as a REST resource's path part: "Resource's path
/// part only allow a-zA-Z0-9._-: …" (a newer list adds the comma).
pub(super) fn is_refused_path_part(segment: &Segment) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:,".contains(&byte);
    match segment {
        Segment::Literal(bytes) => !bytes.iter().copied().all(is_allowed),
        Segment::Variable(name) | Segment::Greedy(name) => !name.bytes().all(is_allowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Segment {
        Segment::Literal(text.into())
    }

    #[test]
    fn a_path_is_read_segment_by_segment() {
        let id = || Segment::Variable("id".to_owned());
        for (path, expected) in [
            ("/", vec![]),
            ("/pets", vec![literal("pets")]),
            ("/pets/{id}/toys", vec![literal("pets"), id(), literal("toys")]),
            ("/a/{proxy+}", vec![literal("a"), Segment::Greedy("proxy".to_owned())]),
            ("/a%3Ab", vec![literal("a:b")]),
        ] {
            for kind in [ApiKind::RestApi, ApiKind::HttpApi] {
                assert_eq!(parse(path, kind), Ok(expected.clone()), "{path}");
            }
        }
    }

    #[test]
    fn a_trailing_slash_is_dropped_in_rest_apis_and_refused_in_http_apis() {
        assert_eq!(parse("/pets/", ApiKind::RestApi), Ok(vec![literal("pets")]));
        assert!(parse("/pets/", ApiKind::HttpApi).is_err());
    }

    #[test]
    fn what_can_never_match_is_refused() {
        let long = format!("/{}", "a".repeat(PATH_SEGMENT_BYTES_MAX + 1));
        let deep = "/a".repeat(PATH_SEGMENTS_MAX + 1);
        let many: String = (0..=PATH_VARIABLES_MAX).map(|n| format!("/{{v{n}}}")).collect();
        for (path, part) in [
            ("pets", "does not start with"),
            ("", "does not start with"),
            ("/a//b", "empty segment"),
            ("//", "empty segment"),
            ("/a/../b", "dot segment"),
            ("/a/%2e", "dot segment"),
            ("/a%2Fb", "escaped slash"),
            ("/a{b}", "braces"),
            ("/{a}{b}", "braces"),
            ("/{a", "braces"),
            ("/{}", "does not name"),
            ("/{+}", "does not name"),
            ("/{a++}", "does not name"),
            ("/{a+}/b", "goes on after the greedy variable \"{a+}\""),
            ("/{a}/{a}", "two variables named \"a\""),
            (&long, "longer than"),
            (&deep, "segments"),
            (&many, "variables"),
        ] {
            let fault = parse(path, ApiKind::RestApi).expect_err(path);
            assert!(fault.contains(part), "{path}: {fault}");
        }
    }

    #[test]
    fn the_service_refuses_some_path_parts() {
        assert!(!is_refused_path_part(&literal("a-Z_0.9:,")));
        assert!(is_refused_path_part(&literal("@me")));
        assert!(is_refused_path_part(&Segment::Variable("a b".to_owned())));
        assert!(!is_refused_path_part(&Segment::Greedy("proxy".to_owned())));
    }
}
