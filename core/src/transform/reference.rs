//! What does a `$…` in a template refer to?

use crate::context::Variable;

/// A reference such as `$context.identity.sourceIp` or `${stageVariables['x']}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'t> {
    /// `context`, `stageVariables`, …
    pub root: &'t str,
    /// What follows the root's dot, or stands in its brackets or `get()`; empty for nothing.
    pub path: &'t str,
    /// Bytes of the whole reference, `$` included.
    pub len: usize,
    /// Whether it goes on with a call or an index that is not understood here.
    pub goes_on: bool,
    /// Whether it stands in braces, so that what follows cannot belong to it.
    pub is_braced: bool,
}

impl Reference<'_> {
    /// The longest context variable that the reference starts with, and the bytes it takes: in
    /// `$context.stage.json` that is `stage`. `None` where it is no variable.
    pub fn variable(&self) -> Option<(Variable, usize)> {
        let mut name = self.path;
        loop {
            if let Some(variable) = Variable::from_name(name) {
                return Some((variable, self.len - (self.path.len() - name.len())));
            }
            match name.rfind('.') {
                Some(dot) if !self.is_braced => name = &name[..dot],
                _ => return None,
            }
        }
    }
}

/// The reference at the front of `text`, which starts with `$`; `None` where `$` is just text.
pub fn scan_reference(text: &str) -> Option<Reference<'_>> {
    let mut at = 1;
    at += usize::from(text[at..].starts_with('!'));
    let is_braced = text[at..].starts_with('{');
    at += usize::from(is_braced);
    let root = identifier(&text[at..]);
    if root.is_empty() {
        return None;
    }
    at += root.len();
    let (path, len) = member(&text[at..]);
    at += len;
    let goes_on = text[at..].starts_with(['(', '[']);
    if is_braced {
        if goes_on {
            // Wherever the call ends, the reference is not one that is understood.
            at += text[at..].find('}')?;
        }
        if !text[at..].starts_with('}') {
            return None;
        }
        at += 1;
    }
    Some(Reference { root, path, len: at, goes_on, is_braced })
}

/// What is selected from the root, and how many bytes that takes: `.a.b`, `['a']`, `.get('a')`.
fn member(text: &str) -> (&str, usize) {
    for (open, close) in [("['", "']"), ("[\"", "\"]"), (".get('", "')"), (".get(\"", "\")")] {
        let inside =
            text.strip_prefix(open).and_then(|rest| rest.find(close).map(|end| &rest[..end]));
        if let Some(inside) = inside {
            return (inside, open.len() + inside.len() + close.len());
        }
    }
    let mut len = 0;
    while let Some(rest) = text[len..].strip_prefix('.') {
        let name = identifier(rest);
        if name.is_empty() {
            break;
        }
        len += 1 + name.len();
    }
    (text[..len].strip_prefix('.').unwrap_or_default(), len)
}

/// The identifier at the front: a letter, then letters, digits, `_` and `-`.
fn identifier(text: &str) -> &str {
    let is_first = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let end = text.find(|letter| !is_inside(letter)).unwrap_or(text.len());
    if is_first { &text[..end] } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_text() {
        let check = |text: &str, expected: Option<(&str, &str, usize)>| {
            let found = scan_reference(text).map(|found| (found.root, found.path, found.len));
            assert_eq!(found, expected, "{text}");
        };
        check("$context.stage rest", Some(("context", "stage", 14)));
        check("$context.stage.", Some(("context", "stage", 14)));
        check("${context.stage}x", Some(("context", "stage", 16)));
        check("$!{context.stage}", Some(("context", "stage", 17)));
        check("$stageVariables['a.b']!", Some(("stageVariables", "a.b", 22)));
        check("${stageVariables.get(\"a\")}", Some(("stageVariables", "a", 26)));
        check("$method.request.header.x-a,", Some(("method", "request.header.x-a", 26)));
        check("$5", None);
        check("$", None);
        check("${context.stage", None);
        check("$$x", None);
        check("$context", Some(("context", "", 8)));
    }

    #[test]
    fn calls_are_noticed() {
        let check = |text: &str, expected| {
            assert_eq!(scan_reference(text).map(|found| found.goes_on), Some(expected), "{text}");
        };
        check("$context.path.substring(1)", true);
        check("${context.path.substring(1)}", true);
        check("$input('x')", true);
        check("$context.path[0]", true);
        check("$context.path (x)", false);
        check("${context.path}(x)", false);
    }
}
