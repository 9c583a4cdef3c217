//! What is told about an exchange once it is over?

pub mod access_log;
