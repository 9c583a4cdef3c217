//! What does a static template render?

use crate::context::Facts;

use super::Source;

/// Text with sources in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pub(super) pieces: Box<[TemplatePiece]>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePiece {
    /// Text, stage variables included.
    Text(Box<[u8]>),
    /// A source; "undefined variables render empty".
    Source(Source),
}

impl Template {
    /// Appends the rendered text.
    ///
    /// Values are put in as they are, as AWS does ("plain substitution"): only
    /// `$context.error.messageString` is quoted and escaped.
    pub fn render(&self, facts: &Facts<'_>, out: &mut Vec<u8>) {
        for piece in &self.pieces {
            match piece {
                TemplatePiece::Text(text) => out.extend_from_slice(text),
                TemplatePiece::Source(source) => {
                    source.write(facts, None, out);
                }
            }
        }
    }

    /// The text, where it is the same in every exchange.
    pub fn as_text(&self) -> Option<&[u8]> {
        match &*self.pieces {
            [] => Some(&[]),
            [TemplatePiece::Text(text)] => Some(text),
            _ => None,
        }
    }
}
