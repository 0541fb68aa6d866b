//! Chromium and its driver, for the tests that use the pages as people do: found, or installed.

use std::process::Command;

use crate::failure::Failure;
use crate::process;

/// The driver, with the browser installed beside it.
pub(crate) fn driver() -> Result<String, Failure> {
    if !there() {
        install()?;
    }
    if !there() {
        return Err(Failure::Missing("chromium and chromedriver are still not there".to_owned()));
    }
    println!("test: Chromium from chromedriver");
    Ok("chromedriver".to_owned())
}

fn there() -> bool {
    ["chromedriver", "chromium"].iter().all(|program| process::succeeds(Command::new(program).arg("--version")))
}

fn install() -> Result<(), Failure> {
    if !process::succeeds(Command::new("apt-get").arg("--version")) || !crate::postgres::is_root()? {
        return Err(Failure::Missing(
            "install chromium and chromium-driver, or what your system calls them".to_owned(),
        ));
    }
    println!("test: installing Chromium and its driver");
    process::run(Command::new("apt-get").args(["update", "-q"]))?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    process::run(install.args(["install", "-q", "-y", "--no-install-recommends", "chromium", "chromium-driver"]))
}
