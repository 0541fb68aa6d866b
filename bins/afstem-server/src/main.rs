//! The server: reads the settings once, says over HTTP whether both connections work, and, with `mode = "auto"`, brings
//! both systems into agreement on its own. It listens on the loopback address unless told otherwise.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use serde_json::Value;
use sync_app::{App, Say, Settings, Unheard};
use tokio::net::TcpListener;

/// Keeps Simply CRM and Dinero in agreement.
#[derive(Debug, Parser)]
#[command(name = "afstem-server", version, about)]
struct Arguments {
    /// The settings file.
    #[arg(long, value_name = "FILE", default_value = "afstem.toml", env = "AFSTEM_CONFIG")]
    config: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    listen: SocketAddr,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    match runtime.block_on(serve(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => failed(&sentence),
    }
}

fn failed(sentence: &str) -> ExitCode {
    tracing::error!("{sentence}");
    ExitCode::FAILURE
}

async fn serve(arguments: &Arguments) -> Result<(), String> {
    let settings = load(&arguments.config)?;
    let (language, auto, every) = (settings.language, settings.sync.auto, settings.sync.every);
    let app = Arc::new(App::connect(settings, None, Arc::new(Unheard)).map_err(|error| error.say(language))?);
    let listener = TcpListener::bind(arguments.listen).await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tracing::info!("http://{address}");
    if auto {
        tokio::spawn(keep_in_agreement(Arc::clone(&app), every, language));
    }
    let router =
        Router::new().route("/health", get(|| async { "ok" })).route("/api/status", get(status)).with_state(app);
    let stopped = async {
        // Whoever cannot be told to stop is ended by the system.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router).with_graceful_shutdown(stopped).await.map_err(|error| error.to_string())
}

/// Synchronises at once, and then again and again.
async fn keep_in_agreement(app: Arc<App>, every: Duration, language: sync_app::Language) {
    let mut due = tokio::time::interval(every);
    loop {
        due.tick().await;
        match app.sync(&[]).await {
            Ok(summary) => {
                tracing::info!(run = summary.run.as_str(), in_agreement = summary.in_agreement(), "synchronised");
            }
            Err(error) => tracing::error!("{}", error.say(language)),
        }
    }
}

async fn status(State(app): State<Arc<App>>) -> Json<Value> {
    Json(app.status().await.to_json())
}

fn load(path: &Path) -> Result<Settings, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let environment: Vec<(String, String)> = std::env::vars().collect();
    let home = path.parent().map(Path::to_owned).unwrap_or_default();
    let read = |name: &str| std::fs::read_to_string(home.join(name)).map_err(|error| error.to_string());
    let parsed = Settings::parse(&path.display().to_string(), &text, &environment, &read);
    parsed.map_err(|error| error.say(error.language))
}
