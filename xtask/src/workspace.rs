//! The workspace as cargo and the file system show it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;
use crate::process;

/// All crates of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    #[serde(rename = "target_directory")]
    pub(crate) built: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One crate.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// One dependency as the manifest names it.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev`, `build`, or nothing for a normal one.
    pub(crate) kind: Option<String>,
}

impl Dependency {
    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

/// One thing that cargo builds from a crate.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load() -> Result<Self, Failure> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let mut command = process::cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
        let json = process::output(&mut command)?;
        serde_json::from_str(&json).map_err(|error| Failure::file(&manifest, &error))
    }

    /// Whether the crate `name` can be linked by others.
    pub(crate) fn has_library(&self, name: &str) -> bool {
        let mut targets = self.packages.iter().filter(|package| package.name == name).flat_map(|it| &it.targets);
        targets.any(|target| target.kind.iter().any(|kind| kind == "lib"))
    }

    /// The text of a file, by its path from the root.
    pub(crate) fn read(&self, path: &str) -> Result<String, Failure> {
        read(&self.root.join(path))
    }

    /// All files below `directory` whose name ends in `.extension`, sorted; build output is left out.
    pub(crate) fn files(&self, directory: &str, extension: &str) -> Result<Vec<PathBuf>, Failure> {
        let mut found = Vec::new();
        collect(&self.root.join(directory), extension, &mut found)?;
        found.sort();
        Ok(found)
    }

    /// All Rust files, sorted.
    pub(crate) fn rust_files(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut files = Vec::new();
        for directory in ["crates", "bins", "xtask"] {
            files.extend(self.files(directory, "rs")?);
        }
        Ok(files)
    }

    /// `path` from the root, for a person.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

impl Package {
    /// Whether the crate lives below `bins/`.
    pub(crate) fn is_bin(&self) -> bool {
        let folder = self.manifest_path.ancestors().nth(2);
        folder.is_some_and(|folder| folder.ends_with("bins"))
    }
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}

fn collect(directory: &Path, extension: &str, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(directory).map_err(|error| Failure::file(directory, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| Failure::file(directory, &error))?.path();
        if path.is_dir() {
            if !path.ends_with("target") {
                collect(&path, extension, found)?;
            }
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    Ok(())
}
