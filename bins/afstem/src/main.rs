//! The command line: parses what was typed, calls `sync-app`, prints, and exits with a code that scripts can read.

mod args;
mod command;
mod configuration;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Arguments;

/// Done and in agreement.
const AGREED: u8 = 0;
/// It could not be done.
const FAILED: u8 = 1;
/// `plan`: there is something to do.
const TO_DO: u8 = 2;
/// Finished, but something waits for a person.
const WAITING: u8 = 3;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("AFSTEM_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&error.to_string());
            return ExitCode::from(FAILED);
        }
    };
    ExitCode::from(runtime.block_on(command::run(arguments)))
}
