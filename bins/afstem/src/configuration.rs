//! Where the settings come from: the file, the environment, and the files that these name.

use std::path::{Path, PathBuf};

use sync_app::{Language, Settings, SettingsError};

use crate::args::Lang;

/// Why there are no settings.
#[derive(Debug)]
pub(crate) enum ConfigurationError {
    /// No file was found or it could not be read.
    NoFile { tried: Vec<PathBuf> },
    /// A file that was named could not be read.
    Unreadable { path: PathBuf, reason: String },
    /// The file or the environment holds something wrong.
    Wrong(SettingsError),
}

impl ConfigurationError {
    /// What is wrong and what to do.
    pub(crate) fn say(&self, language: Language) -> String {
        use sync_app::Say;
        match self {
            Self::NoFile { tried } => {
                let places: Vec<String> = tried.iter().map(|path| path.display().to_string()).collect();
                let what = language.pick(
                    "Der er ingen indstillinger. Angiv en fil med --config, eller læg afstem.toml et af disse steder",
                    "There are no settings. Name a file with --config, or put afstem.toml in one of these places",
                );
                format!("{what}: {}", places.join(", "))
            }
            Self::Unreadable { path, reason } => {
                let what = language.pick("kan ikke læses", "cannot be read");
                format!("{} {what}: {reason}", path.display())
            }
            Self::Wrong(error) => error.say(language),
        }
    }

    /// The language the settings asked for, as far as that could be read.
    pub(crate) fn language(&self) -> Language {
        match self {
            Self::NoFile { .. } | Self::Unreadable { .. } => Language::default(),
            Self::Wrong(error) => error.language,
        }
    }
}

/// Finds and reads the settings and what they refer to.
pub(crate) fn load(named: Option<&Path>) -> Result<Settings, ConfigurationError> {
    let path = find(named)?;
    let text = std::fs::read_to_string(&path)
        .map_err(|error| ConfigurationError::Unreadable { path: path.clone(), reason: error.to_string() })?;
    let environment: Vec<(String, String)> = std::env::vars().collect();
    let home = path.parent().map(Path::to_owned).unwrap_or_default();
    let read = |name: &str| std::fs::read_to_string(home.join(name)).map_err(|error| error.to_string());
    Settings::parse(&path.display().to_string(), &text, &environment, &read).map_err(ConfigurationError::Wrong)
}

/// The language that was asked for, on the command line before anywhere else.
pub(crate) fn language(asked: Option<Lang>, settled: Language) -> Language {
    match asked {
        Some(Lang::Da) => Language::Da,
        Some(Lang::En) => Language::En,
        None => settled,
    }
}

/// Who sits at the keyboard, as far as the machine says.
pub(crate) fn user() -> Option<String> {
    let named = ["USER", "USERNAME", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.trim().is_empty())
}

fn find(named: Option<&Path>) -> Result<PathBuf, ConfigurationError> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    if let Some(path) = std::env::var_os("AFSTEM_CONFIG") {
        return Ok(path.into());
    }
    let mut tried = vec![PathBuf::from("afstem.toml")];
    if let Some(directories) = directories::ProjectDirs::from("", "", "afstem") {
        tried.push(directories.config_dir().join("afstem.toml"));
    }
    tried.iter().find(|path| path.is_file()).cloned().ok_or(ConfigurationError::NoFile { tried })
}
