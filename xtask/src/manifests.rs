//! What every crate's manifest has to say, and what it leaves to the workspace's.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::failure::Failure;
use crate::workspace::{Workspace, read};

/// One line for each breach.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let offered = parse(workspace, &workspace.root.join("Cargo.toml"))?;
    let mut manifests = BTreeMap::new();
    for package in &workspace.packages {
        manifests.insert(workspace.shown(&package.manifest_path), parse(workspace, &package.manifest_path)?);
    }
    Ok(breaches(&offered, &manifests))
}

fn parse(workspace: &Workspace, path: &std::path::Path) -> Result<Table, Failure> {
    read(path)?.parse().map_err(|error| Failure::file(workspace.shown(path).as_ref(), &error))
}

fn breaches(root: &Table, manifests: &BTreeMap<String, Table>) -> Vec<String> {
    let offered = root.get("workspace").and_then(|it| it.get("dependencies")).and_then(Value::as_table);
    let mut alone: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut lines = Vec::new();
    for (shown, manifest) in manifests {
        if !inherits(manifest.get("lints")) {
            lines.push(format!("  {shown}: needs `[lints] workspace = true`"));
        }
        for (name, dependency) in dependencies(manifest) {
            // A crate may name itself, to switch on features of its own for its tests.
            let itself = dependency.get("path").and_then(Value::as_str) == Some(".");
            if inherits(Some(dependency)) || itself {
                continue;
            }
            match offered.is_some_and(|table| table.contains_key(name)) {
                true => lines.push(format!("  {shown}: `{name}` has to come from the workspace")),
                false => alone.entry(name).or_default().push(shown),
            }
        }
    }
    let shared = alone.into_iter().filter(|(_, users)| users.iter().any(|user| user != &users[0]));
    lines.extend(shared.map(|(name, users)| format!("  {}: `{name}` belongs into the workspace", users.join(", "))));
    lines
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|it| it.get("workspace")).and_then(Value::as_bool) == Some(true)
}

/// All dependencies of a manifest: of every kind, and of every target.
fn dependencies(manifest: &Table) -> Vec<(&str, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(targets.filter_map(Value::as_table));
    let kinds = tables.flat_map(|table| {
        let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
        kinds.into_iter().filter_map(|kind| table.get(kind).and_then(Value::as_table))
    });
    kinds.flatten().map(|(name, dependency)| (name.as_str(), dependency)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crates_share_comes_from_the_workspace() {
        let root = "[workspace.dependencies]\nserde = '1'\n".parse().unwrap();
        let manifests = [
            ("a", "[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true\nlone = '1'\na = { path = '.' }"),
            ("b", "[lints]\nworkspace = true\n[dev-dependencies]\nserde = '1'\n[dependencies]\nboth = '2'"),
            ("c", "[target.'cfg(unix)'.dependencies]\nboth = '1'"),
        ];
        let manifests = manifests.map(|(name, text)| (name.to_owned(), text.parse().unwrap())).into();
        let expected = [
            "  b: `serde` has to come from the workspace",
            "  c: needs `[lints] workspace = true`",
            "  b, c: `both` belongs into the workspace",
        ];
        assert_eq!(breaches(&root, &manifests), expected);
    }
}
