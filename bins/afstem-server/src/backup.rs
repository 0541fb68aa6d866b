//! Backup and restore of the embedded database. PostgreSQL has its own tools, which are better.

use std::path::{Path, PathBuf};

/// The file of a `sqlite://` address.
fn file(store: &str) -> Result<PathBuf, String> {
    let path = store.strip_prefix("sqlite://").or_else(|| store.strip_prefix("sqlite:"));
    let path = path.map(|path| path.split('?').next().unwrap_or(path)).filter(|path| !path.contains(":memory:"));
    path.map(PathBuf::from).ok_or_else(|| "only a SQLite file is copied here; use pg_dump for PostgreSQL".to_owned())
}

/// Copies the database while it is in use: the copy is of one moment.
pub(crate) async fn take(store: &str, to: &Path) -> Result<(), String> {
    file(store)?;
    if to.exists() {
        return Err(format!("{} exists already", to.display()));
    }
    sync_app::backup(store, to).await.map_err(|error| error.to_string())
}

/// Puts a copy in the place of the database, whose files are kept beside it under another name.
pub(crate) fn put(store: &str, from: &Path) -> Result<(), String> {
    let own = file(store)?;
    let head = std::fs::read(from).map_err(|error| format!("{}: {error}", from.display()))?;
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(format!("{} is no SQLite database", from.display()));
    }
    // The log belongs to the old file: beside the new one it would spoil it.
    for end in ["", "-wal", "-shm"] {
        let old = PathBuf::from(format!("{}{end}", own.display()));
        if old.exists() {
            let kept = PathBuf::from(format!("{}.before-restore{end}", own.display()));
            std::fs::rename(&old, &kept).map_err(|error| format!("{}: {error}", old.display()))?;
        }
    }
    std::fs::write(&own, head).map_err(|error| format!("{}: {error}", own.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_can_be_copied() {
        assert_eq!(file("sqlite:///var/lib/afstem.db?mode=rwc"), Ok(PathBuf::from("/var/lib/afstem.db")));
        assert!(file("sqlite::memory:").is_err());
        assert!(file("postgres://localhost/afstem").is_err());
    }

    #[test]
    fn what_is_no_database_takes_the_place_of_none() {
        let directory = tempfile::tempdir().unwrap();
        let (own, other) = (directory.path().join("a.db"), directory.path().join("b.db"));
        std::fs::write(&own, "SQLite format 3\0 old").unwrap();
        std::fs::write(&other, "nonsense").unwrap();
        let store = format!("sqlite://{}", own.display());
        assert!(put(&store, &other).is_err());
        std::fs::write(&other, "SQLite format 3\0 new").unwrap();
        put(&store, &other).unwrap();
        assert_eq!(std::fs::read(&own).unwrap(), b"SQLite format 3\0 new");
        assert_eq!(std::fs::read(format!("{}.before-restore", own.display())).unwrap(), b"SQLite format 3\0 old");
    }
}
