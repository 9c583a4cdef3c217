//! Which file is served, and under which base path?

use std::path::PathBuf;
use std::str::FromStr;

/// `FILE` or `FILE=/base-path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionFile {
    /// The file.
    pub path: PathBuf,
    /// The base path without slashes at its ends; empty for the root.
    pub base_path: String,
}

impl FromStr for DefinitionFile {
    type Err = String;

    /// The last `=/` divides, because file names hold `=` more often than base paths do.
    fn from_str(text: &str) -> Result<Self, String> {
        let (path, base_path) = match text.rfind("=/") {
            Some(at) => (&text[..at], text[at + 1..].trim_matches('/')),
            None => (text, ""),
        };
        if path.is_empty() {
            return Err("the file is missing; write FILE or FILE=/base-path".to_owned());
        }
        if let Some(segment) = base_path.split('/').find(|segment| !is_segment(segment))
            && !base_path.is_empty()
        {
            return Err(format!(
                "the base path's segment '{segment}' must be letters, digits and -_.+!*'()$"
            ));
        }
        Ok(Self { path: PathBuf::from(path), base_path: base_path.to_owned() })
    }
}

/// "The base path name … can contain … letters, numbers, and one of the following: `$-_.+!*'()/`"
/// (API reference, `BasePathMapping`). Dot segments are left out: a client can never send them.
fn is_segment(segment: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&b);
    !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(is_allowed)
}
