//! How does tollgate speak about itself?

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::options::LogFormat;

/// Whether people read standard error: it is a terminal, or text was asked for.
pub fn is_for_people(format: Option<LogFormat>) -> bool {
    match format {
        Some(format) => format == LogFormat::Text,
        None => io::stderr().is_terminal(),
    }
}

/// Starts the log on standard error: short lines for people, JSON lines for machines.
///
/// # Errors
/// What is wrong with `filter`, with the option's name.
pub fn start_operational_log(filter: &str, format: Option<LogFormat>) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("--log-level '{filter}': {error}; write info or debug"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = if is_for_people(format) {
        let is_coloured = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        builder.without_time().with_target(false).with_ansi(is_coloured).try_init()
    } else {
        builder.json().flatten_event(true).with_current_span(false).try_init()
    };
    // A second start in one process happens in tests only; the first one's log serves.
    let _ = started;
    Ok(())
}
