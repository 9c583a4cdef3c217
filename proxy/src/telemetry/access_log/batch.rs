//! In which shape do records travel to the log thread?

use std::sync::Arc;

use crate::publication::Published;

/// Bytes after which a batch is handed over.
pub(super) const BATCH_BYTES: usize = 64 * 1024;

/// Room beyond that, so that the record which fills a batch seldom makes it grow.
const BATCH_SLACK_BYTES: usize = 8 * 1024;

/// Records of one worker, in the order in which their exchanges ended.
///
/// ```text
/// bytes     | len u32 | record | len u32 | record | …
/// segments  0: publication 7        1234: publication 8
/// ```
///
/// A record says which stage it is about by its place in a snapshot, so the batch keeps that
/// snapshot alive until the record is rendered.
#[derive(Debug)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    segments: Vec<Segment>,
    records: u64,
}

#[derive(Debug)]
struct Segment {
    start: usize,
    published: Arc<Published>,
}

impl Batch {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(BATCH_BYTES + BATCH_SLACK_BYTES),
            segments: Vec::with_capacity(4),
            records: 0,
        }
    }

    /// Appends one record, which `encode` writes behind what is there.
    #[inline]
    pub(super) fn append(&mut self, published: &Arc<Published>, encode: impl FnOnce(&mut Vec<u8>)) {
        let is_same = |segment: &Segment| Arc::ptr_eq(&segment.published, published);
        let start = self.bytes.len();
        if !self.segments.last().is_some_and(is_same) {
            self.segments.push(Segment { start, published: Arc::clone(published) });
        }
        self.bytes.extend_from_slice(&[0; LEN_BYTES]);
        encode(&mut self.bytes);
        // A record is bounded by the head it was made from, far below 4 GiB.
        let len = u32::try_from(self.bytes.len() - start - LEN_BYTES).unwrap_or(u32::MAX);
        self.bytes[start..start + LEN_BYTES].copy_from_slice(&len.to_le_bytes());
        self.records += 1;
    }

    /// Forgets the records and keeps the memory, unless a huge record made it grow.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(BATCH_BYTES + BATCH_SLACK_BYTES);
        self.segments.clear();
        self.records = 0;
    }

    /// How many records it holds.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Whether it is to be handed over.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= BATCH_BYTES
    }

    /// Whether it holds no record.
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Hands each record to `visit`, with the publication its exchange began with.
    pub(super) fn for_each(&self, mut visit: impl FnMut(&Published, &[u8])) {
        let ends = self.segments.iter().skip(1).map(|segment| segment.start);
        for (segment, end) in self.segments.iter().zip(ends.chain([self.bytes.len()])) {
            let mut rest = &self.bytes[segment.start..end];
            while let Some((len, behind)) = rest.split_first_chunk::<LEN_BYTES>() {
                let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
                let (record, behind) = behind.split_at(len.min(behind.len()));
                visit(&segment.published, record);
                rest = behind;
            }
        }
    }
}

const LEN_BYTES: usize = 4;
