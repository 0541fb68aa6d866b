//! Serving: the listener, TLS, patience with slow clients, signals, and the way out in mid-run.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use sync_app::office::{Ground, Office};
use sync_app::{Entries, Language, Say};

use crate::args::{ServeArguments, StoreArguments};
use crate::prompt::Prompt;
use crate::server::{Manners, Server, one_time_code};
use crate::{keys, routes};

/// How long a client may take to say anything, and how long to send the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long answers that are under way may take once the server is asked to stop.
const FAREWELL: Duration = Duration::from_secs(5);
/// How often what ran out is swept away.
const SWEEP: Duration = Duration::from_secs(3600);

/// Serves until it is asked to stop.
pub(crate) async fn run(store: StoreArguments, serve: ServeArguments) -> Result<(), String> {
    let ground = Ground {
        entries: installation(&std::env::vars().collect::<Vec<_>>())?,
        private_addresses: serve.allow_private_addresses,
        runs_at_once: serve.runs_at_once,
    };
    let office = Office::open(&store.store, keys::load(&store.key_file)?, ground).await.map_err(said)?;
    let office = Arc::new(office);
    seal_anew_at_sighup(&office, &store);
    let server = open(office, &serve).await?;
    listen(server, &serve).await
}

/// The server over `office`, with a one-time code when there is no account yet.
pub(crate) async fn open(office: Arc<Office>, serve: &ServeArguments) -> Result<Server, String> {
    let accounts = office.registry().accounts().await.map_err(|error| error.to_string())?;
    let code = accounts.is_empty().then(one_time_code);
    let secure = serve.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    let manners = Manners {
        public_url: serve.public_url.clone(),
        encrypted: secure || serve.tls_certificate.is_some(),
        proxies: serve.trusted_proxy.clone(),
    };
    Ok(Server::new(office, manners, code))
}

/// Listens, and serves until it is asked to stop.
pub(crate) async fn listen(server: Server, serve: &ServeArguments) -> Result<(), String> {
    let listener = TcpListener::bind(serve.listen).map_err(|error| format!("{}: {error}", serve.listen))?;
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let scheme = if serve.tls_certificate.is_some() { "https" } else { "http" };
    welcome(&server, &format!("{scheme}://{address}"));
    let handle = Handle::new();
    tokio::spawn(wait_for_the_end(server.clone(), handle.clone()));
    tokio::spawn(Arc::clone(server.office()).keep_time());
    tokio::spawn(sweep(server.clone()));
    let app = routes::all(&server).into_make_service_with_connect_info::<SocketAddr>();
    let served = match (&serve.tls_certificate, &serve.tls_key) {
        (Some(certificate), Some(key)) => {
            let tls = RustlsConfig::from_pem_file(certificate, key).await.map_err(|error| format!("TLS: {error}"))?;
            let over = axum_server::from_tcp_rustls(listener, tls).map_err(|error| error.to_string())?;
            let mut over = over.map(prompt).handle(handle);
            patient(over.http_builder());
            over.serve(app).await
        }
        (_, _) => {
            let over = axum_server::from_tcp(listener).map_err(|error| error.to_string())?;
            let mut over = over.map(prompt).handle(handle);
            patient(over.http_builder());
            over.serve(app).await
        }
    };
    served.map_err(|error| error.to_string())?;
    server.office().close().await;
    tracing::info!("stopped; what was under way goes on with the next run");
    Ok(())
}

fn prompt<A>(accept: A) -> Prompt<A> {
    Prompt { accept, patience: PATIENCE }
}

/// A client that is slow on purpose holds nothing up for long.
fn patient(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    let timer = hyper_util::rt::TokioTimer::new;
    builder.http1().timer(timer()).header_read_timeout(PATIENCE);
    builder.http2().timer(timer()).keep_alive_interval(Duration::from_secs(30)).max_concurrent_streams(64);
}

/// Where it is, and how the first account is made. On the console only: the code stands in no log.
fn welcome(server: &Server, address: &str) {
    let shown = server.manners().public_url.as_ref().map_or_else(|| address.to_owned(), ToString::to_string);
    tracing::info!("{shown}");
    print(&format!("Afstem: {}", shown.trim_end_matches('/')));
    if let Some(code) = server.code() {
        print(&format!("Engangskode / one-time code: {code}"));
    }
}

pub(crate) fn print(line: &str) {
    // Whoever closed the console does not read it.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// On Ctrl-C or SIGTERM: nothing new is begun, runs stop between two writes, answers that are under way are finished.
async fn wait_for_the_end(server: Server, handle: Handle<SocketAddr>) {
    asked_to_stop().await;
    server.leave();
    server.office().close().await;
    handle.graceful_shutdown(Some(FAREWELL));
}

async fn asked_to_stop() {
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    // Whoever cannot be told to stop is ended by the system.
    let _ = tokio::signal::ctrl_c().await;
}

/// SIGHUP: the key file is read again, and every secret sealed with its first key. Nobody is kept waiting.
fn seal_anew_at_sighup(office: &Arc<Office>, store: &StoreArguments) {
    #[cfg(unix)]
    {
        let (office, file) = (Arc::clone(office), store.key_file.clone());
        tokio::spawn(async move {
            let Ok(mut hangup) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else { return };
            while hangup.recv().await.is_some() {
                match keys::load(&file) {
                    Ok(ring) => match office.change_keys(ring).await {
                        Ok(count) => tracing::info!(count, "secrets were sealed anew"),
                        Err(error) => tracing::error!(%error, "the keys were not changed"),
                    },
                    Err(error) => tracing::error!("the keys were not changed: {error}"),
                }
            }
        });
    }
    #[cfg(not(unix))]
    let _ = (office, store);
}

/// Seals every secret with the first key.
pub(crate) async fn reseal(store: &StoreArguments) -> Result<(), String> {
    let ring = keys::load(&store.key_file)?;
    let office = Office::open(&store.store, ring.clone(), Ground::default()).await.map_err(said)?;
    let count = office.change_keys(ring).await.map_err(said)?;
    print(&count.to_string());
    Ok(())
}

async fn sweep(server: Server) {
    loop {
        if let Err(error) = server.registry().sweep(server.now()).await {
            tracing::warn!(%error, "what ran out could not be swept away");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// What the installation gives to every connection: the client of Dinero, and where its API is.
pub(crate) fn installation(environment: &[(String, String)]) -> Result<Entries, String> {
    const KEYS: [&str; 5] = [
        "dinero.client_id",
        "dinero.client_secret",
        "dinero.base_url",
        "dinero.token_url",
        "dinero.requests_per_minute",
    ];
    let named: BTreeMap<&str, &str> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut entries = Entries::default();
    for key in KEYS {
        let variable = format!("AFSTEM_{}", key.replace('.', "__").to_uppercase());
        if let Some(value) = named.get(variable.as_str()) {
            entries.set(key, (*value).to_owned().into());
        } else if let Some(file) = named.get(format!("{variable}_FILE").as_str()) {
            let text = std::fs::read_to_string(file).map_err(|error| format!("{variable}_FILE: {file}: {error}"))?;
            entries.set(key, text.trim().to_owned().into());
        }
    }
    Ok(entries)
}

#[expect(clippy::needless_pass_by_value, reason = "it ends errors on their way out")]
fn said(error: sync_app::AppError) -> String {
    error.say(Language::En)
}
