//! How does a record become a line?

use crate::publication::Published;

/// Appends a record's line to `lines`.
pub fn render_access(_published: &Published, record: &[u8], lines: &mut Vec<u8>) {
    lines.extend_from_slice(record);
    lines.push(b'\n');
}
