//! The benchmarks of all crates, one after another, so that they do not disturb each other.

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, filter: Option<&str>, arguments: &[String]) -> Result<(), Failure> {
    let targets = workspace.packages.iter().flat_map(|package| {
        let benches = package.targets.iter().filter(|target| target.kind.iter().any(|kind| kind == "bench"));
        benches.map(|target| (package.name.as_str(), target.name.as_str()))
    });
    let wanted: Vec<_> = targets.filter(|(_, name)| filter.is_none_or(|part| name.contains(part))).collect();
    if wanted.is_empty() {
        return Err(Failure::Missing("no benchmark of that name; a crate declares one with [[bench]]".to_owned()));
    }
    for (package, name) in &wanted {
        println!("bench: {package} {name}");
        let mut command = process::cargo();
        command.current_dir(&workspace.root).args(["bench", "--all-features", "-p", package, "--bench", name, "--"]);
        command.args(arguments);
        process::run(&mut command)?;
    }
    Ok(())
}
