//! How does a request's log line get to its file without the request waiting for it?
//!
//! ```text
//! worker                                             log thread
//! append ─▶ batch ──full, or on the tick──▶ ring ──▶ render ─▶ write
//!            ▲                                          │
//!            └───────────── ring of empty batches ◀─────┘
//! ```
//!
//! A worker copies what it knows into a batch of its own; what a line looks like is decided off
//! the worker. Batches travel back and are used again, so nothing is allocated per request. When
//! the log thread falls behind, batches are dropped and counted: traffic never waits for a disk.

mod batch;
mod lane;
mod render;
mod sink;
mod writer;

use batch::Batch;
pub use lane::AccessLog;
pub use render::render_access;
pub use sink::Sink;
pub use writer::{LogCounters, LogThread};

use batch::BATCH_BYTES;
use lane::Lane;

#[cfg(test)]
mod tests;
