//! tollgate: Amazon API Gateway as software you own.

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use tollgate::options::{Arguments, Command};
use tollgate::{admin, worker};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(options) => admin::run(&options, worker::start),
        Command::Validate(options) => admin::validate(&options),
        Command::Routes(options) => admin::routes(&options),
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "tollgate", &mut io::stdout());
            ExitCode::SUCCESS
        }
    }
}
