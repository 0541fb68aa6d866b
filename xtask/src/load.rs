//! The server under load: a thousand connections, two hundred viewers, a run going on. The figures stand in
//! docs/benchmarks.md.

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut build = process::cargo();
    process::run(build.current_dir(&workspace.root).args(["build", "--release", "-p", "afstem-server"]))?;
    let mut test = process::cargo();
    test.current_dir(&workspace.root);
    test.env("AFSTEM_TEST_SERVER", workspace.root.join("target/release/afstem-server"));
    test.args(["test", "-p", "afstem-server", "--features", "load", "--test", "outside", "--"]);
    process::run(test.args(["--nocapture", "a_thousand_connections"]))
}
