//! What does a `$ref` lead to?

use crate::definition::Problem;
use crate::manage::document::{Map, Node, Value};
use crate::manage::problems::{did_you_mean, quote};

use super::reader::Reader;

/// References that may lead to one another.
const HOPS_MAX: usize = 16;

impl<'d> Reader<'d> {
    /// What `node` is, behind its references; `None` where one leads nowhere, which is told.
    pub(super) fn resolve(&mut self, node: &'d Node) -> Option<&'d Node> {
        let mut at = node;
        for _ in 0..HOPS_MAX {
            let Some(reference) = at.as_map().and_then(|map| self.member(map, "$ref")) else {
                return Some(at);
            };
            let target = self.text(reference)?;
            at = self.find_target(target, &reference.value)?;
            if !self.charge(at.weight(), reference.value.place) {
                return None;
            }
        }
        self.problems.error(node.place, "this reference leads back to itself");
        None
    }

    /// The object that `node` is, behind its references; `what` names it in messages.
    pub(super) fn resolve_map(&mut self, node: &'d Node, what: &str) -> Option<&'d Map> {
        let resolved = self.resolve(node)?;
        match &resolved.value {
            Value::Map(map) => Some(map),
            Value::Null | Value::Refused => None,
            other => {
                let message = format!("{what} must be an object, not {}", other.describe());
                self.problems.error(resolved.place, message);
                None
            }
        }
    }

    /// The value at a JSON pointer such as `#/components/parameters/limit`.
    fn find_target(&mut self, target: &str, reference: &'d Node) -> Option<&'d Node> {
        let Some(pointer) = target.strip_prefix('#') else {
            let message = format!(
                "the reference {} leads out of the document and is not followed",
                quote(target)
            );
            let problem = Problem::warning(reference.place, message)
                .suggest("references begin with \"#/\"; bring what they name into this document");
            self.problems.push(problem);
            return None;
        };
        let mut map = self.root;
        let mut found = None;
        for part in pointer.split('/').skip(1) {
            let key = unescape(part);
            let Some(next) = map.find(&key) else {
                self.dangling(target, &key, map, reference);
                return None;
            };
            found = Some(&next.value);
            map = next.value.as_map().unwrap_or(const { &Map::EMPTY });
        }
        if found.is_none() {
            self.dangling(target, target, map, reference);
        }
        found
    }

    fn dangling(&mut self, target: &str, key: &str, siblings: &Map, reference: &Node) {
        self.problems.report(|| {
            let message = format!("the reference {} leads nowhere", quote(target));
            let problem = Problem::warning(reference.place, message);
            match did_you_mean(key, siblings.entries().iter().map(|entry| entry.key.as_str())) {
                Some(suggestion) => problem.suggest(suggestion),
                None => problem,
            }
        });
    }
}

/// One part of a JSON pointer in a URI fragment: `~1` is `/`, `~0` is `~` (RFC 6901 §4), and
/// percent-encoding comes off first (§6).
fn unescape(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded =
            digits.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &behind[2..] } else { behind };
    }
    let text = String::from_utf8_lossy(&bytes);
    text.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn pointers_are_unescaped_once() {
        for (part, expected) in [
            ("pets", "pets"),
            ("~1pets~1{petId}", "/pets/{petId}"),
            ("a~01b", "a~1b"),
            ("%7Bid%7D", "{id}"),
            ("100%", "100%"),
            ("%zz", "%zz"),
            ("%C3%A9", "é"),
        ] {
            assert_eq!(unescape(part), expected, "{part}");
        }
    }
}
