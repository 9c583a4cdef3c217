//! Which method of a REST API, or which route of an HTTP API, takes a request?
//!
//! Both kinds try candidates from the most specific on and take the first whose path **and** verb
//! fit. On one path the verb's own method goes before `ANY`.
//!
//! * **REST APIs** go level by level: literal, `{var}`, `{var+}`. A trailing slash is ignored and
//!   several slashes are one. No match is `Missing Authentication Token`.
//! * **HTTP APIs** try full matches first (level by level: literal, `{var}`), then greedy ones
//!   (longer literal prefix first), then `$default`. Every slash counts. No match is `Not Found`.
//!
//! `{var+}` takes one segment or more, slashes between and behind them included. Captured values
//! are slices of the path: normalised, still percent-encoded.
//!
//! **A resource without the verb does not end the search** in a REST API either. The guide leaves
//! it open; what others measured on the service (MOCK integrations, no authorizer) agrees: with
//! `/{proxy+}` `ANY`, `/jobs` without methods and `/jobs/{type}` `GET`, both `GET /jobs` and
//! `POST /jobs/x` go to `/{proxy+}`; with `/test` `POST` and `/{proxy+}` `OPTIONS`, `OPTIONS /test`
//! goes to `/{proxy+}`; with `/users/me` `PATCH` and `/users/{id}` `GET`, `GET /users/me` goes to
//! `/users/{id}`.
//!
//! Literals are compared in their decoded form, so `/admin%3Aop` reaches the route `/admin:op` and
//! can't slip past it to a greedy one. An escaped slash never equals a literal's end.
//!
//! What a look-up costs grows with the path's segments, not with the number of routes. Only
//! routes built for it (a literal and a variable side by side at every level) make it try more
//! than one way, and never more ways than the tree has nodes.

mod compile;
mod pattern;
mod search;
#[cfg(test)]
mod tests;
mod why;

pub use compile::{Declared, compile};
pub use pattern::Segment;
pub use why::{Candidate, Reason, Verdict, why};

use smallvec::SmallVec;

use crate::context::ApiKind;
use crate::definition::MethodVerb;
use crate::message::Verb;

use search::{Node, Search};

/// Position of a method in its stage's list of methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodIndex(pub u32);

impl MethodIndex {
    /// The position, for indexing.
    #[inline]
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// The routes of one stage, compiled.
#[derive(Clone, Debug)]
pub struct Router {
    api_kind: ApiKind,
    /// The tree; the root is first.
    nodes: Vec<Node>,
    default: Option<MethodIndex>,
    /// By [`MethodIndex`], as declared.
    routes: Vec<Route>,
}

/// One route as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    verb: Option<MethodVerb>,
    path: String,
    segments: Vec<Segment>,
}

impl Route {
    /// The verb; `None` is the route `$default`.
    pub fn verb(&self) -> Option<MethodVerb> {
        self.verb
    }

    /// The path as written; empty for `$default`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Names of the path variables, in the order of their captured values.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(Segment::variable)
    }

    /// The route key: `GET /pets/{id}`, `ANY /{proxy+}`, `$default`.
    pub fn key(&self) -> String {
        match self.verb {
            Some(verb) => format!("{} {}", verb.as_str(), self.path),
            None => "$default".to_owned(),
        }
    }
}

impl Router {
    /// The kind of the API.
    pub fn api_kind(&self) -> ApiKind {
        self.api_kind
    }

    /// The routes as declared; a route's position is its [`MethodIndex`].
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }
}

/// Values of path variables, in the order of their names; eight fit without allocation.
pub type Captures<'a> = SmallVec<[&'a [u8]; 8]>;

/// Proof that a method takes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed<'a> {
    method: MethodIndex,
    path_parameters: Captures<'a>,
}

impl<'a> Routed<'a> {
    /// The method.
    #[inline]
    pub fn method(&self) -> MethodIndex {
        self.method
    }

    /// Values of the path variables, normalised and still percent-encoded, in the order of
    /// [`Route::variables`].
    #[inline]
    pub fn path_parameters(&self) -> &[&'a [u8]] {
        &self.path_parameters
    }
}

/// Why no method takes a request. Both answer the same; explanations tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No route has such a path.
    NoSuchPath,
    /// Routes have such a path, and none of them the verb.
    NoSuchVerb,
}

/// Finds the method that takes `verb` on `path`, a stage's normalised path (`Located::path`).
#[inline]
pub fn route<'a>(router: &Router, verb: Verb, path: &'a [u8]) -> Result<Routed<'a>, Refusal> {
    let mut search = Search::new(&router.nodes, verb, path);
    let found = match router.api_kind {
        ApiKind::RestApi => search.level_by_level(),
        ApiKind::HttpApi => search.full_before_greedy().or(router.default),
    };
    match found {
        Some(method) => Ok(Routed { method, path_parameters: search.captures }),
        None if search.saw_path => Err(Refusal::NoSuchVerb),
        None => Err(Refusal::NoSuchPath),
    }
}
