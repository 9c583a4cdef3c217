//! What does the operator want changed?

mod problems;
mod spelling;
pub mod document;
pub mod openapi;
pub mod routes;
