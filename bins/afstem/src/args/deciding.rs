//! What can be typed to decide: about pairs of records, conflicts and whatever else waits.

use clap::{Args, Subcommand, ValueEnum};

/// Arguments of `match`.
#[derive(Debug, Args)]
pub(crate) struct MatchArguments {
    /// Only this module. May be given several times.
    #[arg(long, value_name = "MODULE", global = true)]
    pub(crate) module: Vec<String>,
    #[command(subcommand)]
    pub(crate) what: Option<MatchCommand>,
}

/// What to do about records that have no counterpart yet.
#[derive(Debug, Subcommand)]
pub(crate) enum MatchCommand {
    /// Show proposed pairs with score and reason, what would be made, and what was left alone.
    List,
    /// Say that two records are the same thing.
    Confirm {
        /// One record of Dinero and one of Simply CRM, such as contact/7f1e… Accounts/11x57.
        #[arg(num_args = 2, value_names = ["DINERO", "CRM"], required_unless_present = "above")]
        records: Vec<String>,
        /// All doubtful pairs with this score or more, in percent, whose records stand in no other such pair.
        #[arg(long, value_name = "SCORE", conflicts_with = "records", value_parser = clap::value_parser!(u8).range(1..=100))]
        above: Option<u8>,
        /// Take it back.
        #[arg(long, conflicts_with = "above")]
        undo: bool,
    },
    /// Leave a record alone, neither linked nor made; or say of two that they are not the same.
    Ignore {
        /// One record, or one of each system.
        #[arg(num_args = 1..=2, value_name = "RECORD", required = true)]
        records: Vec<String>,
        /// Take it back.
        #[arg(long)]
        undo: bool,
    },
}

/// Arguments of `conflicts`.
#[derive(Debug, Args)]
pub(crate) struct ConflictsArguments {
    #[command(subcommand)]
    pub(crate) what: Option<ConflictsCommand>,
}

/// What to do about conflicts.
#[derive(Debug, Subcommand)]
pub(crate) enum ConflictsCommand {
    /// Show both values of each field.
    List,
    /// Take the value of one system; the next sync writes it to the other.
    Resolve {
        /// The conflict's name, or the beginning of it.
        id: String,
        /// Whose value stands.
        #[arg(long, value_enum)]
        take: System,
        /// Only this field. May be given several times.
        #[arg(long, value_name = "FIELD")]
        field: Vec<String>,
        /// Take it back.
        #[arg(long)]
        undo: bool,
    },
}

/// One of the two systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum System {
    /// Dinero.
    Dinero,
    /// Simply CRM.
    #[value(alias = "simplycrm")]
    Crm,
}

/// Arguments of `held`.
#[derive(Debug, Args)]
pub(crate) struct HeldArguments {
    #[command(subcommand)]
    pub(crate) what: Option<HeldCommand>,
}

/// What to do about what waits.
#[derive(Debug, Subcommand)]
pub(crate) enum HeldCommand {
    /// Show what waits, why, since when, and who has to do what.
    List,
    /// Let it happen.
    Approve(ReplyArguments),
    /// Do not let it happen.
    Reject(ReplyArguments),
}

/// Which entries are answered.
#[derive(Debug, Args)]
pub(crate) struct ReplyArguments {
    /// The entries' names, or the beginnings of them.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Take it back.
    #[arg(long)]
    pub(crate) undo: bool,
}
