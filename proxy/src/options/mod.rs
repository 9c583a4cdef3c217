//! What does the operator want, as typed on the command line or set in the environment?
//!
//! Every value is parsed into the type that the program works with, so that what is wrong is said
//! here, with the name of the option and what to write instead. clap prints such an error and ends
//! the program with status 2.
//!
//! `TOLLGATE_…` mirrors each option; where an option can be repeated, its variable takes several
//! values separated by semicolons.
//!
//! Absent on purpose: the world. Nothing here opens a file, counts cores or binds a socket.

mod access_log;
mod arguments;
mod file;
mod listen;
mod parse;

pub use access_log::{AccessLogFormat, AccessLogTarget};
pub use arguments::{
    AccessLogOptions, AdminOptions, Arguments, Command, DefinitionOptions, Driver, Kind, LogFormat,
    RoutesOptions, ServeOptions, TimeoutOptions, UpstreamOptions, ValidateOptions, WorkerOptions,
};
pub use file::DefinitionFile;
pub use listen::{Certificate, Listen};
pub use parse::StageVariable;

#[cfg(test)]
mod tests;
