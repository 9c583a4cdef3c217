//! What is told about an exchange once it is over?
//!
//! ```text
//!   worker                                          another thread
//!   Facts, Outcome ──► Record::encode ──► bytes ──► DecodedRecord ──► access_log::render ──► line
//!                      copies only                   all text is made here
//! ```
//!
//! A worker copies the fixed part and those texts of the request that the stage's format needs;
//! whatever the snapshot knows is looked up again by the reader.
//!
//! Absent on purpose: rings, files and counters. Who drops a record counts it.

pub mod access_log;
pub mod metrics;
mod record;
#[cfg(test)]
mod tests;

pub use record::{DecodedRecord, Needs, Record, RequestText, Whereabouts};
