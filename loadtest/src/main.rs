//! Which of the tools was asked for?

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
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
    /// Carry bytes between two sockets without any HTTP
    Relay(relay::Options),
}

fn main() -> ExitCode {
    match run(CommandLine::parse().tool) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tollgate-loadtest: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(tool: Tool) -> io::Result<ExitCode> {
    match tool {
        Tool::Origin(options) => {
            let origin = origin::Origin::start(&options)?;
            println!("origin listening on {} ({})", origin.address, origin.driver.name());
            origin.wait()?;
        }
        Tool::Relay(options) => relay::serve(&options, |address| {
            println!("relay listening on {address}, carrying to {}", options.to);
        })?,
    }
    Ok(ExitCode::SUCCESS)
}
