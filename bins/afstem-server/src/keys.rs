//! The key file: read, and made where there is none.

use std::io::Write;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use tenancy::KeyRing;

/// A new key, as a line.
pub(crate) fn fresh() -> SecretString {
    KeyRing::fresh_line()
}

/// The keys of the environment, else of the file. A file that is missing is made, for its owner's eyes only.
pub(crate) fn load(file: &Path) -> Result<KeyRing, String> {
    let text: SecretString = match std::env::var("AFSTEM_SERVER_KEY") {
        Ok(keys) => keys.into(),
        Err(_) => from_file(file).map_err(|error| format!("{}: {error}", file.display()))?.into(),
    };
    KeyRing::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

fn from_file(file: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = format!(
                "# The key that seals the secrets in Afstem's database. Keep it apart from the database and its backups:\n\
                 # without it the secrets are lost, with it whoever has the database can read them.\n{}\n",
                fresh().expose_secret()
            );
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(file)?.write_all(text.as_bytes())?;
            tracing::info!(file = %file.display(), "a new key was made");
            Ok(text)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_key_file_is_made_once_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.key");
        let made = from_file(&file).unwrap();
        assert_eq!(from_file(&file).unwrap(), made, "read again, not made again");
        assert!(load(&file).is_ok());
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
