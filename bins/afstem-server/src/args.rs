//! What is typed, and what the environment says instead.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use ipnet::IpNet;
use url::Url;

/// Keeps Simply CRM and Dinero in agreement, with pages, an API and a clock.
#[derive(Debug, Parser)]
#[command(name = "afstem-server", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) serve: ServeArguments,
}

/// What else it does than to serve.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prints a new key for the key file.
    Key,
    /// Seals every secret with the first key of the key file. A server that runs does the same at SIGHUP.
    Reseal,
    /// Copies a SQLite database while it is in use.
    Backup {
        /// The copy, which must not exist yet.
        to: PathBuf,
    },
    /// Puts a copy in the place of a SQLite database. No server may be using it.
    Restore {
        /// The copy.
        from: PathBuf,
    },
}

/// Where everything is remembered.
#[derive(Debug, clap::Args)]
pub(crate) struct StoreArguments {
    /// Where everything is remembered: sqlite://file or postgres://…
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "sqlite://afstem-server.db",
        env = "AFSTEM_STORE__URL",
        hide_env_values = true
    )]
    pub(crate) store: String,
    /// The keys that seal secrets, one a line, the one that seals first. Made with the first start when it is missing.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "afstem-server.key",
        env = "AFSTEM_SERVER_KEY_FILE"
    )]
    pub(crate) key_file: PathBuf,
}

/// How it serves.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArguments {
    /// Shows it with two sandboxes, a temporary database and settings that reach them.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Also makes a connection that is set up, and prints a token of the API for it.
    #[arg(long, requires = "demo")]
    pub(crate) demo_api: bool,
    /// Where to listen. Other machines are served only when this says so.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470", env = "AFSTEM_SERVER_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// The address under which browsers know it, such as `https://afstem.firma.dk`.
    #[arg(long, value_name = "URL", env = "AFSTEM_SERVER_PUBLIC_URL")]
    pub(crate) public_url: Option<Url>,
    /// Proxies whose word about a client's address is taken, such as 10.0.0.0/8.
    #[arg(long, value_name = "NET", value_delimiter = ',', env = "AFSTEM_SERVER_TRUSTED_PROXIES")]
    pub(crate) trusted_proxy: Vec<IpNet>,
    /// A certificate (PEM), to serve over TLS without a proxy.
    #[arg(long, value_name = "FILE", requires = "tls_key", env = "AFSTEM_SERVER_TLS_CERTIFICATE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_certificate", env = "AFSTEM_SERVER_TLS_KEY")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Lets connections reach Simply CRM in private networks and on this machine.
    #[arg(long, env = "AFSTEM_SERVER_ALLOW_PRIVATE_ADDRESSES")]
    pub(crate) allow_private_addresses: bool,
    /// How many runs go on at once.
    #[arg(long, value_name = "N", default_value_t = 8, env = "AFSTEM_SERVER_RUNS_AT_ONCE")]
    pub(crate) runs_at_once: usize,
    /// Logs as JSON, one object a line.
    #[arg(long, env = "AFSTEM_SERVER_LOG_JSON")]
    pub(crate) log_json: bool,
}
