//! Why does one route take a request, and why do the others not?
//!
//! Written without the tree: each route is compared with the path on its own, and with the one
//! that the tree chose. So an explanation that contradicts the router shows in the tests.

use std::fmt;

use crate::context::ApiKind;
use crate::definition::MethodVerb;
use crate::message::{Verb, percent};

use super::pattern::Segment;
use super::{MethodIndex, Route, Router, route};

/// One route and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The route.
    pub route: MethodIndex,
    /// Whether it takes the request, or why not.
    pub verdict: Verdict,
}

/// What became of a route. Positions count segments from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It takes the request.
    Wins,
    /// Its path and verb fit, but a more specific route takes the request.
    LessSpecific {
        /// The key of the route that takes it.
        winner: String,
        /// What makes that one go first.
        reason: Reason,
    },
    /// Its path fits, its verb does not.
    OtherVerb {
        /// The verb it takes.
        wanted: &'static str,
    },
    /// A segment is not the literal it has there.
    OtherSegment {
        /// Which segment.
        position: usize,
        /// The literal.
        wanted: String,
        /// What the path has there.
        found: String,
    },
    /// The path ends where it wants a segment more.
    PathTooShort {
        /// Which segment.
        position: usize,
        /// What it wants there.
        wanted: String,
    },
    /// The path goes on where it ends.
    PathTooLong {
        /// Which segment.
        position: usize,
        /// What the path has there.
        found: String,
    },
}

/// What makes one route go before another that fits as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A literal goes before a variable, at this segment.
    LiteralBeforeVariable(usize),
    /// A literal goes before a greedy variable, at this segment.
    LiteralBeforeGreedy(usize),
    /// A variable goes before a greedy one, at this segment.
    VariableBeforeGreedy(usize),
    /// A route without greedy variable goes before every one with (HTTP APIs).
    FullBeforeGreedy,
    /// A verb's own method goes before `ANY`.
    VerbBeforeAny,
    /// `$default` takes what no other route takes.
    AnythingBeforeDefault,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LiteralBeforeVariable(at) => {
                write!(f, "a literal goes before a variable at segment {at}")
            }
            Self::LiteralBeforeGreedy(at) => {
                write!(f, "a literal goes before a greedy variable at segment {at}")
            }
            Self::VariableBeforeGreedy(at) => {
                write!(f, "a variable goes before a greedy one at segment {at}")
            }
            Self::FullBeforeGreedy => f.write_str("a full match goes before a greedy one"),
            Self::VerbBeforeAny => f.write_str("the verb's own method goes before ANY"),
            Self::AnythingBeforeDefault => f.write_str("$default takes what no other route takes"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wins => f.write_str("takes the request"),
            Self::LessSpecific { winner, reason } => write!(f, "fits, but {reason} ({winner})"),
            Self::OtherVerb { wanted } => write!(f, "the path fits, but the verb is not {wanted}"),
            Self::OtherSegment { position, wanted, found } => {
                write!(f, "segment {position} is \"{found}\", not \"{wanted}\"")
            }
            Self::PathTooShort { position, wanted } => {
                write!(f, "the path has no segment {position} for \"{wanted}\"")
            }
            Self::PathTooLong { position, found } => {
                write!(f, "the path goes on with \"{found}\" at segment {position}")
            }
        }
    }
}

impl Verdict {
    /// How near the route came; lower is nearer.
    fn distance(&self) -> (u8, usize) {
        match self {
            Self::Wins => (0, 0),
            Self::LessSpecific { .. } => (1, 0),
            Self::OtherVerb { .. } => (2, 0),
            Self::OtherSegment { position, .. }
            | Self::PathTooShort { position, .. }
            | Self::PathTooLong { position, .. } => (3, usize::MAX - position),
        }
    }
}

/// Explains what each route makes of `verb` on `path`, a normalised path; the winner comes first,
/// then the others by how near they came.
pub fn why(router: &Router, verb: Verb, path: &[u8]) -> Vec<Candidate> {
    let segments = split(router.api_kind, path);
    let winner = route(router, verb, path).ok().map(|routed| routed.method());
    let winner = winner.and_then(|method| Some((method, router.routes.get(method.position())?)));
    let candidates = (0..).map(MethodIndex).zip(&router.routes).map(|(method, own)| {
        let verdict = match (fault(own, verb, &segments), winner) {
            (_, Some((winner, _))) if winner == method => Verdict::Wins,
            (None, Some((_, winner))) => Verdict::LessSpecific {
                winner: winner.key(),
                reason: reason(router.api_kind, winner, own),
            },
            (Some(verdict), _) => verdict,
            // A twin of another route was reported when it was compiled, and is not served.
            (None, None) => {
                Verdict::OtherVerb { wanted: own.verb.map_or("", |verb| verb.as_str()) }
            }
        };
        Candidate { route: method, verdict }
    });
    let mut candidates: Vec<Candidate> = candidates.collect();
    candidates.sort_by_key(|candidate| candidate.verdict.distance());
    candidates
}

/// The path's segments, as the kind of API counts them.
fn split(api_kind: ApiKind, path: &[u8]) -> Vec<&[u8]> {
    let rest = path.strip_prefix(b"/").unwrap_or(path);
    let segments = rest.split(|&byte| byte == b'/');
    match api_kind {
        ApiKind::RestApi => segments.filter(|segment| !segment.is_empty()).collect(),
        ApiKind::HttpApi if rest.is_empty() => Vec::new(),
        ApiKind::HttpApi => segments.collect(),
    }
}

/// Why `own` does not fit at all.
fn fault(own: &Route, verb: Verb, path: &[&[u8]]) -> Option<Verdict> {
    let wanted = own.verb?;
    for (at, segment) in own.segments.iter().enumerate() {
        match (segment, path.get(at)) {
            // An empty segment is no value: `/pets/` has none for `{id}`, nor for `{proxy+}`.
            (Segment::Greedy(_), Some(_)) if path[at..] != [b""] => {
                return other_verb(wanted, verb);
            }
            (Segment::Variable(_), Some(found)) if !found.is_empty() => {}
            (Segment::Literal(literal), Some(found)) => {
                if percent::decode_component(found, &mut Vec::new()) != literal {
                    let (wanted, found) = (segment.to_string(), text(found));
                    return Some(Verdict::OtherSegment { position: at + 1, wanted, found });
                }
            }
            _ => {
                return Some(Verdict::PathTooShort {
                    position: at + 1,
                    wanted: segment.to_string(),
                });
            }
        }
    }
    match path.get(own.segments.len()) {
        Some(found) => {
            Some(Verdict::PathTooLong { position: own.segments.len() + 1, found: text(found) })
        }
        None => other_verb(wanted, verb),
    }
}

fn other_verb(wanted: MethodVerb, verb: Verb) -> Option<Verdict> {
    let fits = wanted == MethodVerb::Any || wanted == MethodVerb::Verb(verb);
    (!fits).then(|| Verdict::OtherVerb { wanted: wanted.as_str() })
}

fn text(segment: &[u8]) -> String {
    String::from_utf8_lossy(segment).into_owned()
}

/// What makes `winner` go before `own`, both of which fit.
fn reason(api_kind: ApiKind, winner: &Route, own: &Route) -> Reason {
    if own.verb.is_none() {
        return Reason::AnythingBeforeDefault;
    }
    let is_greedy = |route: &Route| matches!(route.segments.last(), Some(Segment::Greedy(_)));
    if api_kind == ApiKind::HttpApi && is_greedy(own) && !is_greedy(winner) {
        return Reason::FullBeforeGreedy;
    }
    let levels = winner.segments.iter().zip(&own.segments);
    for (position, (winning, losing)) in (1..).zip(levels) {
        match (winning.rank(), losing.rank()) {
            (0, 1) => return Reason::LiteralBeforeVariable(position),
            (0, 2) => return Reason::LiteralBeforeGreedy(position),
            (1, 2) => return Reason::VariableBeforeGreedy(position),
            _ => {}
        }
    }
    Reason::VerbBeforeAny
}
