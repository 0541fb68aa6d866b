//! The server: reads what was typed and the environment, opens the office, and serves pages, the API and the clock.

mod api;
mod args;
mod assets;
mod backup;
mod demo;
mod fault;
mod guard;
mod hooks;
mod keys;
mod metrics;
mod pages;
mod probes;
mod prompt;
mod routes;
mod serve;
mod server;
#[cfg(test)]
mod testing;
mod view;

use std::process::ExitCode;

use clap::Parser;
use secrecy::ExposeSecret;

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    listen_to_ourselves(arguments.serve.log_json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => failed(&sentence),
    }
}

fn listen_to_ourselves(json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("AFSTEM_LOG").unwrap_or_else(|_| "info".into());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { lines.json().init() } else { lines.init() }
}

fn failed(sentence: &str) -> ExitCode {
    tracing::error!("{sentence}");
    ExitCode::FAILURE
}

async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.command {
        None if arguments.serve.demo => demo::run(arguments.serve).await,
        None => serve::run(arguments.store, arguments.serve).await,
        Some(Command::Key) => {
            serve::print(keys::fresh().expose_secret());
            Ok(())
        }
        Some(Command::Reseal) => serve::reseal(&arguments.store).await,
        Some(Command::Backup { to }) => backup::take(&arguments.store.store, &to).await,
        Some(Command::Restore { from }) => backup::put(&arguments.store.store, &from),
    }
}
