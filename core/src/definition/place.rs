//! Where in the operator's documents does something stand?

/// A span of bytes in one of the documents that a definition was read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The document's position in the list of documents; `u32::MAX` for what no document wrote.
    pub document: u32,
    /// First byte.
    pub start: u32,
    /// First byte behind.
    pub end: u32,
}

impl Place {
    /// The place of what the management API, not a document, brought.
    pub const NONE: Place = Place { document: u32::MAX, start: 0, end: 0 };
}
