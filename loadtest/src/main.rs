//! Which of the tools was asked for?

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tollgate_loadtest::report::{self, Report};
use tollgate_loadtest::run::{self, Assertion, Plan};
use tollgate_loadtest::{origin, relay};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Open-loop load generator, scriptable origin and bare relay, to measure a gateway from outside
#[derive(Parser)]
#[command(name = "tollgate-loadtest", version)]
struct CommandLine {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Subcommand)]
enum Tool {
    /// Serve requests that say themselves how they want to be answered
    Origin(origin::Options),
    /// Make load, and report what it did to the server
    Run(Box<run::Options>),
    /// Carry bytes between two sockets without any HTTP
    Relay(relay::Options),
}

fn main() -> ExitCode {
    match start(CommandLine::parse().tool) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tollgate-loadtest: {error}");
            ExitCode::from(2)
        }
    }
}

fn start(tool: Tool) -> io::Result<ExitCode> {
    match tool {
        Tool::Origin(options) => {
            let origin = origin::Origin::start(&options)?;
            println!("origin listening on {} ({})", origin.address, origin.driver.name());
            origin.wait()?;
        }
        Tool::Run(options) => return make_load(&options),
        Tool::Relay(options) => relay::serve(&options, |address| {
            println!("relay listening on {address}, carrying to {}", options.to);
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

fn make_load(options: &run::Options) -> io::Result<ExitCode> {
    let plan = Plan::new(options).map_err(io::Error::other)?;
    let list = options.assertions.as_deref().unwrap_or_default();
    let assertions = Assertion::parse_list(list).map_err(io::Error::other)?;
    let has_view = !options.quiet && io::stdout().is_terminal();
    let report = run::run(plan, has_view)?;
    if !options.quiet {
        tell(&report)?;
    }
    if let Some(path) = &options.json {
        write_json(&report, path)?;
    }
    if let Some(path) = &options.svg {
        report::draw(&report, path).map_err(|error| io::Error::other(error.to_string()))?;
    }
    let mut code = ExitCode::SUCCESS;
    for assertion in &assertions {
        if let Some(found) = assertion.violation(&report) {
            eprintln!("violated: {assertion}, found {}", assertion.describe(found));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

fn write_json(report: &Report, path: &Path) -> io::Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    if path == Path::new("-") {
        return tell(&text);
    }
    std::fs::write(path, text)
}

/// Writes to standard output; a reader that has seen enough, as in `| head`, is no error.
fn tell(text: &impl Display) -> io::Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
