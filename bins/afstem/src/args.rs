//! What can be typed.

mod deciding;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use deciding::{
    ConflictsArguments, ConflictsCommand, HeldArguments, HeldCommand, MatchArguments, MatchCommand, ReplyArguments,
    System,
};

/// Afstem keeps Simply CRM and Dinero in agreement.
#[derive(Debug, Parser)]
#[command(name = "afstem", version, about, max_term_width = 100)]
pub(crate) struct Arguments {
    /// The settings file. Otherwise AFSTEM_CONFIG, then ./afstem.toml, then the user's configuration directory.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print one JSON document on standard output and nothing else.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language of messages.
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Danish.
    Da,
    /// English.
    En,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell the whole story on an embedded sandbox and a temporary database.
    Demo(DemoArguments),
    /// Ask for what is needed, try both connections and write the settings file.
    Init,
    /// Show whether both connections work, and what to do if not.
    Status,
    /// Show what would be written and why. Nothing is written anywhere.
    Plan(PlanArguments),
    /// Bring both systems into agreement.
    Sync(SyncArguments),
    /// Send one record to Dinero (direction CRM→Dinero only).
    Push(PushArguments),
    /// Show how records find each other, and say which are the same and which are to be left alone.
    Match(MatchArguments),
    /// Show, check or export the mapping in force.
    Mapping(MappingArguments),
    /// Show fields that both systems changed differently, and choose a value.
    Conflicts(ConflictsArguments),
    /// Show what else waits for a person, and answer it.
    Held(HeldArguments),
    /// List the runs, or show what one of them wrote.
    Runs(RunsArguments),
    /// Explain why a record, or one of its fields, is as it is, and what the next run would do.
    Why(WhyArguments),
    /// Put back what a run wrote, or what was last written to a record or to one of its fields.
    Undo(UndoArguments),
    /// Compare both systems in full and report every difference that nothing explains. Nothing is written.
    Audit(AuditArguments),
    /// Verify or export the log of every change.
    Log(LogArguments),
    /// Serve both sandboxes on this machine, for trying things by hand.
    Sandbox(SandboxArguments),
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// How many organisations, contacts and products each.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(4..=5000))]
    pub(crate) records: u32,
    /// Which data: the same seed tells the same story.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// Only this module. May be given several times.
    #[arg(long, value_name = "MODULE")]
    pub(crate) module: Vec<String>,
    /// Save the plan to this file; `sync --plan FILE` carries it out, exactly and once.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Arguments of `sync`.
#[derive(Debug, Args)]
pub(crate) struct SyncArguments {
    /// Only this module. May be given several times.
    #[arg(long, value_name = "MODULE", conflicts_with = "record")]
    pub(crate) module: Vec<String>,
    /// Only this record, such as Accounts/11x57, by the full rules.
    #[arg(long, value_name = "MODULE/ID")]
    pub(crate) record: Option<String>,
    /// Exactly the plan in this file, saved by `plan --out`. What changed since is left out and told.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["module", "record"])]
    pub(crate) plan: Option<PathBuf>,
    /// Only when `sync.every` has passed since the last run over everything, with sync.mode "auto": for a timer.
    #[arg(long, conflicts_with_all = ["module", "record", "plan"])]
    pub(crate) if_due: bool,
    /// Ask nothing.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Let this run make so many records in each system and module, instead of sync.max_creates.
    #[arg(long, value_name = "N")]
    pub(crate) max_creates: Option<u32>,
    /// Also book, send and register payments, where the settings allow it.
    #[arg(long)]
    pub(crate) effects: bool,
}

/// Arguments of `push`.
#[derive(Debug, Args)]
pub(crate) struct PushArguments {
    /// The record: the module's name in Simply CRM and the id, such as Accounts/11x57.
    #[arg(value_name = "MODULE/ID")]
    pub(crate) record: String,
}

/// Arguments of `mapping`.
#[derive(Debug, Args)]
pub(crate) struct MappingArguments {
    #[command(subcommand)]
    pub(crate) what: Option<MappingCommand>,
}

/// What to do with the mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum MappingCommand {
    /// Show which field means which, in which direction, by which translation.
    Show,
    /// Check it against both systems as they are now.
    Check,
    /// Print it as a file: the start of a custom mapping.
    Export,
    /// Print the JSON Schema of a mapping file, for editors.
    Schema,
}

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    /// How many organisations, contacts and products each.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub(crate) records: u32,
    /// How many invoices each side has made of its own.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=5000))]
    pub(crate) invoices: u32,
    /// Which data.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Arguments of `runs`.
#[derive(Debug, Args)]
pub(crate) struct RunsArguments {
    /// Only this run: its number, enough of its beginning, or `last` for the last one that wrote something.
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// How many are listed.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: u32,
}

/// Arguments of `why`.
#[derive(Debug, Args)]
pub(crate) struct WhyArguments {
    /// The record, such as Accounts/11x57.
    #[arg(value_name = "RECORD")]
    pub(crate) record: String,
    /// Only this field, by the name that `mapping show` gives it.
    #[arg(value_name = "FIELD")]
    pub(crate) field: Option<String>,
}

/// Arguments of `undo`.
#[derive(Debug, Args)]
pub(crate) struct UndoArguments {
    /// A run (or `last`), or a record such as Accounts/11x57.
    #[arg(value_name = "RUN|RECORD")]
    pub(crate) target: String,
    /// Only this field of the record.
    #[arg(value_name = "FIELD")]
    pub(crate) field: Option<String>,
    /// Ask nothing.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// Only this module. May be given several times.
    #[arg(long, value_name = "MODULE")]
    pub(crate) module: Vec<String>,
}

/// Arguments of `log`.
#[derive(Debug, Args)]
pub(crate) struct LogArguments {
    #[command(subcommand)]
    pub(crate) what: LogCommand,
}

/// What to do with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum LogCommand {
    /// Prove that nothing in it was changed or taken out, and that it gives what stands now.
    Verify,
    /// Print it, one JSON object a line.
    Export,
}
