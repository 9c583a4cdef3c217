//! How do routes, as written, become a tree?

use std::collections::BTreeMap;

use crate::context::ApiKind;
use crate::definition::{MethodVerb, Place, Problem};
use crate::lookup::Lookup;
use crate::message::Verb;

use super::pattern::{self, Segment};
use super::search::{Node, Verbs};
use super::{MethodIndex, Route, Router};

/// A method or route as written.
#[derive(Clone, Copy, Debug)]
pub struct Declared<'d> {
    /// The verb; `None` is the route `$default` of an HTTP API.
    pub verb: Option<MethodVerb>,
    /// The path; not read for `$default`.
    pub path: &'d str,
    /// Where it stands.
    pub place: Place,
}

/// Compiles the routes of one API. A route's [`MethodIndex`] is its position in `declared`.
///
/// Routes that can't be reached, or that another route already is, are reported and left out.
pub fn compile(
    api_kind: ApiKind,
    declared: &[Declared<'_>],
    problems: &mut Vec<Problem>,
) -> Router {
    let mut tree = Tree { nodes: vec![Draft::default()], api_kind };
    let mut routes: Vec<Route> = Vec::with_capacity(declared.len());
    let mut default = None;
    for (position, entry) in (0..).zip(declared) {
        let method = MethodIndex(position);
        let mut route =
            Route { verb: entry.verb, path: entry.path.to_owned(), segments: Vec::new() };
        let twin = match entry.verb {
            None => default.replace(method),
            Some(verb) => match pattern::parse(entry.path, api_kind) {
                Ok(segments) => {
                    let end = tree.insert(&segments, entry.place, problems);
                    route.segments = segments;
                    end.insert(verb, method)
                }
                Err(message) => {
                    problems.push(Problem::error(entry.place, message));
                    None
                }
            },
        };
        if let Some(twin) = twin.and_then(|twin| routes.get(twin.position())) {
            let message =
                format!("\"{}\" takes the same requests as \"{}\"", route.key(), twin.key());
            problems.push(Problem::error(entry.place, message));
        }
        routes.push(route);
    }
    Router { api_kind, nodes: tree.frozen(), default, routes }
}

struct Tree {
    nodes: Vec<Draft>,
    api_kind: ApiKind,
}

/// A node while the tree grows.
#[derive(Default)]
struct Draft {
    literals: BTreeMap<Vec<u8>, u32>,
    variable: Option<u32>,
    /// The first variable seen on this level.
    variable_seen: Option<Segment>,
    greedy: Methods,
    here: Methods,
}

#[derive(Default)]
struct Methods(BTreeMap<MethodVerb, MethodIndex>);

impl Methods {
    /// Adds a method, unless the verb has one already: then answers that one.
    fn insert(&mut self, verb: MethodVerb, method: MethodIndex) -> Option<MethodIndex> {
        if let Some(&twin) = self.0.get(&verb) {
            return Some(twin);
        }
        self.0.insert(verb, method);
        None
    }

    /// "ANY … for all methods that have none of their own".
    fn frozen(&self) -> Verbs {
        let mut verbs = Verbs::default();
        for verb in Verb::NAMED.into_iter().chain([Verb::Other]) {
            let own = self.0.get(&MethodVerb::Verb(verb));
            if let Some(&method) = own.or_else(|| self.0.get(&MethodVerb::Any)) {
                verbs.set(verb, method);
            }
        }
        verbs
    }
}

impl Tree {
    /// Grows the path of `segments` and answers the methods at its end.
    fn insert(
        &mut self,
        segments: &[Segment],
        place: Place,
        problems: &mut Vec<Problem>,
    ) -> &mut Methods {
        let mut at = 0;
        for segment in segments {
            self.warn(at, segment, place, problems);
            match segment {
                Segment::Greedy(_) => return &mut self.nodes[at].greedy,
                Segment::Literal(_) | Segment::Variable(_) => at = self.child(at, segment),
            }
        }
        &mut self.nodes[at].here
    }

    fn child(&mut self, at: usize, segment: &Segment) -> usize {
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let node = &mut self.nodes[at];
        let child = match segment {
            Segment::Literal(bytes) => *node.literals.entry(bytes.clone()).or_insert(next),
            Segment::Variable(_) | Segment::Greedy(_) => *node.variable.get_or_insert(next),
        };
        if child == next {
            self.nodes.push(Draft::default());
        }
        child as usize
    }

    /// Tells what the service would refuse although it can be served.
    fn warn(&mut self, at: usize, segment: &Segment, place: Place, problems: &mut Vec<Problem>) {
        if self.api_kind == ApiKind::HttpApi {
            return;
        }
        if pattern::is_refused_path_part(segment) {
            let message = format!("API Gateway refuses the path part \"{segment}\"");
            problems.push(
                Problem::warning(place, message).suggest("use only a-z, A-Z, 0-9, . _ - : and ,"),
            );
        }
        if segment.variable().is_none() {
            return;
        }
        let first = self.nodes[at].variable_seen.get_or_insert_with(|| segment.clone());
        if first != segment {
            let message = format!(
                "API Gateway refuses \"{segment}\" because its sibling \"{first}\" already is a \
                 variable path part"
            );
            problems.push(Problem::warning(place, message).suggest(format!("name it \"{first}\"")));
        }
    }

    fn frozen(self) -> Vec<Node> {
        let freeze = |draft: Draft| Node {
            literals: frozen_literals(draft.literals),
            variable: draft.variable,
            greedy: draft.greedy.frozen(),
            here: draft.here.frozen(),
        };
        self.nodes.into_iter().map(freeze).collect()
    }
}

fn frozen_literals(literals: BTreeMap<Vec<u8>, u32>) -> Lookup<u32> {
    literals.into_iter().map(|(literal, node)| (literal.into_boxed_slice(), node)).collect()
}
