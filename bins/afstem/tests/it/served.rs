//! `afstem sandbox` in a process of its own, and `afstem` in front of it.

use std::process::{Child, Command, Stdio};

use serde_json::{Deserializer, Value};
use tempfile::TempDir;

pub(crate) const AFSTEM: &str = env!("CARGO_BIN_EXE_afstem");

/// Both sandboxes in a process that ends with this value.
pub(crate) struct Served {
    process: Child,
    pub(crate) directory: TempDir,
    pub(crate) configuration: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a command printed and how it ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

impl Served {
    pub(crate) fn start(records: u32) -> Self {
        Self::with_invoices(records, 0)
    }

    pub(crate) fn with_invoices(records: u32, invoices: u32) -> Self {
        let mut process = Command::new(AFSTEM)
            .args(["sandbox", "--json", "--records", &records.to_string(), "--invoices", &invoices.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = process.stdout.take().unwrap();
        let told: Value = Deserializer::from_reader(out).into_iter().next().unwrap().unwrap();
        let configuration = told["configuration"].as_str().unwrap();
        // The sandbox lets sixty requests a minute through, as Dinero does; the tests are small enough for that.
        let configuration = configuration.replace("[simplycrm]", "requests_per_minute = 0\n\n[simplycrm]");
        Self { process, directory: tempfile::tempdir().unwrap(), configuration }
    }

    /// Runs `afstem` with `changes` to the settings.
    pub(crate) fn run(&self, changes: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let mut text = self.configuration.clone();
        for (before, after) in changes {
            assert!(text.contains(before), "{before} is in the settings");
            text = text.replace(before, after);
        }
        std::fs::write(self.directory.path().join("afstem.toml"), text).unwrap();
        afstem(self.directory.path(), &[&["--lang", "en"], arguments].concat())
    }
}

/// Runs `afstem` in `directory`, without any setting from outside.
pub(crate) fn afstem(directory: &std::path::Path, arguments: &[&str]) -> Ended {
    let output = Command::new(AFSTEM)
        .args(arguments)
        .current_dir(directory)
        .env_remove("AFSTEM_CONFIG")
        .env("HOME", directory)
        .env("XDG_CONFIG_HOME", directory)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
