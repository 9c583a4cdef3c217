//! How does a record become a line?

use tollgate_core::observe::{DecodedRecord, access_log};

use crate::publication::Published;

/// Appends the line of a record in its stage's format to `lines`; nothing where the stage keeps no
/// access log. Requests that no stage took are not logged.
pub fn render_access(published: &Published, record: &[u8], lines: &mut Vec<u8>) {
    let Some((record, _)) = DecodedRecord::decode(record) else { return };
    let whereabouts = record.record.whereabouts;
    let at = |position: Option<u32>| position.and_then(|position| usize::try_from(position).ok());
    let stage = at(whereabouts.stage).and_then(|stage| published.snapshot.stages.get(stage));
    let Some((stage, format)) = stage.and_then(|s| Some((s, s.access_log.as_ref()?))) else {
        return;
    };
    let method = at(whereabouts.method).and_then(|method| stage.methods.get(method));
    let method = method.map(|method| &method.facts);
    access_log::render(format, &record, Some(&stage.facts), method, lines);
}
