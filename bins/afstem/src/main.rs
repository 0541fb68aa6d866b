//! The command line: parses what was typed, calls `sync-app`, prints, and exits with a code that scripts can read.

mod args;
mod command;
mod configuration;
mod output;
mod progress;
mod question;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Arguments;

/// A run is made of many short texts; a quarter of its time went into the system's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Done and in agreement.
const AGREED: u8 = 0;
/// It could not be done.
const FAILED: u8 = 1;
/// `plan`: there is something to do.
const TO_DO: u8 = 2;
/// Finished, but something waits for a person.
const WAITING: u8 = 3;

fn main() -> ExitCode {
    // Pages of two megabytes are soon held for a few kilobytes each: a run over 10,000 records took 10 MB more. Where they
    // cannot be done without, nothing else changes.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => return ExitCode::from(misunderstood(&told)),
    };
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

/// Help and the version are no mistakes. A mistake must not end with 2, which means that there is something to do.
fn misunderstood(told: &clap::Error) -> u8 {
    // Nobody can be told that telling failed.
    let _ = told.print();
    if !told.use_stderr() {
        return AGREED;
    }
    if std::env::args().any(|argument| argument == "--json") {
        let text = told.render().to_string();
        let sentence = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        output::document(&serde_json::json!({ "error": sentence }));
    }
    FAILED
}
