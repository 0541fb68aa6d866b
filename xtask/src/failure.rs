//! Why a task failed.

use std::path::{Path, PathBuf};

/// Why a task failed, said so that one can act on it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The workspace breaks rules; one line for each.
    #[error("{task}: {} {}\n{}", lines.len(), if lines.len() == 1 { "breach" } else { "breaches" }, lines.join("\n"))]
    Breaches { task: &'static str, lines: Vec<String> },
    /// Another program could not be started.
    #[error("could not start `{program}`: {source}")]
    Start { program: String, source: std::io::Error },
    /// Another program ended with an error.
    #[error("`{program}` failed ({status})")]
    Exit { program: String, status: String },
    /// A file could not be read.
    #[error("{}: {message}", path.display())]
    File { path: PathBuf, message: String },
    /// Something that a task needs is not there.
    #[error("{0}")]
    Missing(String),
}

impl Failure {
    pub(crate) fn file(path: &Path, message: &impl ToString) -> Self {
        Self::File { path: path.to_owned(), message: message.to_string() }
    }

    /// `Ok` without lines, otherwise a failure that lists them.
    pub(crate) fn unless_clean(task: &'static str, lines: Vec<String>) -> Result<(), Self> {
        if lines.is_empty() { Ok(()) } else { Err(Self::Breaches { task, lines }) }
    }
}
