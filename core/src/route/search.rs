//! Which node of the tree does a path lead to?

use smallvec::SmallVec;

use crate::lookup::Lookup;
use crate::message::Verb;

use super::{Captures, MethodIndex};

/// Position of a node in its tree.
pub(super) type NodeIndex = u32;

/// One level of the tree: what may follow, and what may end here.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) literals: Lookup<NodeIndex>,
    pub(super) variable: Option<NodeIndex>,
    /// Methods of a greedy variable that starts here.
    pub(super) greedy: Verbs,
    /// Methods of the path that ends here.
    pub(super) here: Verbs,
}

/// The methods of one path, by verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verbs([u32; 8]);

const NONE: u32 = u32::MAX;

impl Default for Verbs {
    fn default() -> Self {
        Self([NONE; 8])
    }
}

impl Verbs {
    /// Gives `verb` a method; `ANY` is given to each verb that has none.
    pub(super) fn set(&mut self, verb: Verb, method: MethodIndex) {
        self.0[verb as usize] = method.0;
    }

    /// The method that takes `verb`.
    #[inline]
    pub(super) fn find(&self, verb: Verb) -> Option<MethodIndex> {
        let method = self.0[verb as usize];
        (method != NONE).then_some(MethodIndex(method))
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0 == [NONE; 8]
    }
}

/// Which ends of a path count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Both,
    Full,
    Greedy,
}

/// What a slash means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slashes {
    /// Several are one, and one at the end is none.
    Merged,
    /// Each starts a segment, which may be empty.
    Significant,
}

/// One look-up in one tree.
pub(super) struct Search<'r, 'a> {
    nodes: &'r [Node],
    verb: Verb,
    path: &'a [u8],
    has_escapes: bool,
    slashes: Slashes,
    ends: Ends,
    /// Values captured on the way to where the search is.
    pub(super) captures: Captures<'a>,
    /// Whether a path fitted and only its verbs did not.
    pub(super) saw_path: bool,
}

impl<'r, 'a> Search<'r, 'a> {
    #[inline]
    pub(super) fn new(nodes: &'r [Node], verb: Verb, path: &'a [u8]) -> Self {
        Self {
            nodes,
            verb,
            path,
            has_escapes: memchr::memchr(b'%', path).is_some(),
            slashes: Slashes::Merged,
            ends: Ends::Both,
            captures: SmallVec::new(),
            saw_path: false,
        }
    }

    /// REST APIs: "precedence per level: static segment > `{var}` > `{var+}`".
    #[inline]
    pub(super) fn level_by_level(&mut self) -> Option<MethodIndex> {
        self.slashes = Slashes::Merged;
        self.ends = Ends::Both;
        self.descend(0, self.path)
    }

    /// HTTP APIs: "full match of path and method", then "greedy (longer literal prefix first)".
    #[inline]
    pub(super) fn full_before_greedy(&mut self) -> Option<MethodIndex> {
        self.slashes = Slashes::Significant;
        // The root's slash ends it and starts no empty segment.
        let path = if self.path == b"/" { b"" } else { self.path };
        self.ends = Ends::Full;
        self.descend(0, path).or_else(|| {
            self.ends = Ends::Greedy;
            self.descend(0, path)
        })
    }

    /// Tries all ways from a node on, best first. It goes as deep as the tree does, which
    /// `PATH_SEGMENTS_MAX` bounds.
    fn descend(&mut self, node: NodeIndex, rest: &'a [u8]) -> Option<MethodIndex> {
        let nodes = self.nodes;
        let node = nodes.get(node as usize)?;
        let Some((segment, after)) = self.slashes.split(rest) else {
            return if self.ends == Ends::Greedy { None } else { self.method(&node.here) };
        };
        if let Some(&child) = self.literal(node, segment)
            && let Some(method) = self.descend(child, after)
        {
            return Some(method);
        }
        if let Some(child) = node.variable
            && !segment.is_empty()
        {
            self.captures.push(segment);
            if let Some(method) = self.descend(child, after) {
                return Some(method);
            }
            self.captures.pop();
        }
        if self.ends == Ends::Full || node.greedy.is_empty() {
            return None;
        }
        // "`{proxy+}` needs at least one segment", and its value has no leading slash.
        let value = &rest[rest.len() - segment.len() - after.len()..];
        let method = if value.is_empty() { None } else { self.method(&node.greedy) };
        self.captures.extend(method.map(|_| value));
        method
    }

    #[inline]
    fn literal(&self, node: &'r Node, segment: &[u8]) -> Option<&'r NodeIndex> {
        match self.has_escapes && segment.contains(&b'%') {
            false => node.literals.find(segment),
            true => node.literals.find_decoded(segment),
        }
    }

    #[inline]
    fn method(&mut self, verbs: &Verbs) -> Option<MethodIndex> {
        let method = verbs.find(self.verb);
        self.saw_path |= method.is_none() && !verbs.is_empty();
        method
    }
}

impl Slashes {
    /// The next segment and what follows it; `None` at the end of the path.
    #[inline]
    fn split(self, rest: &[u8]) -> Option<(&[u8], &[u8])> {
        let mut rest = match rest {
            [] => return None,
            [b'/', rest @ ..] => rest,
            rest => rest,
        };
        if self == Slashes::Merged {
            while let [b'/', behind @ ..] = rest {
                rest = behind;
            }
            if rest.is_empty() {
                return None;
            }
        }
        Some(rest.split_at(memchr::memchr(b'/', rest).unwrap_or(rest.len())))
    }
}
