//! The arrows of docs/architecture.md against the manifests: who may depend on whom, and who may name which library.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::Failure;
use crate::process;
use crate::workspace::{Dependency, Package, Workspace};

const PAGE: &str = "docs/architecture.md";

/// What tests may use besides: the stand-ins of both systems.
const FOR_TESTS: [&str; 1] = ["sandbox"];

/// Crates that only calculate, and what must not be anywhere below them.
const PURE: [&str; 4] = ["sync-model", "invoicing", "field-mapping", "reconcile"];
const IMPURE: [&str; 4] = ["tokio", "reqwest", "sqlx", "axum"];

/// Libraries that only these crates may name, measurements and tests apart.
const RESERVED: [(&str, &[&str]); 2] = [("reqwest", &["api-transport"]), ("sqlx", &["store-sqlite", "store-postgres"])];

type Arrows = BTreeMap<String, BTreeSet<String>>;

pub(crate) fn check(workspace: &Workspace) -> Result<(), Failure> {
    let arrows = read(&workspace.read(PAGE)?)?;
    let mut lines = breaches(&arrows, workspace);
    for name in PURE {
        lines.extend(impurities(workspace, name)?);
    }
    Failure::unless_clean("arrows", lines)?;
    println!("arrows: {} crates depend on each other as {PAGE} allows", workspace.packages.len());
    Ok(())
}

/// The block of arrows on the page.
fn read(page: &str) -> Result<Arrows, Failure> {
    let block = page.split("```arrows\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.ok_or_else(|| Failure::Missing(format!("{PAGE} has no ```arrows block")))?;
    let arrow = |line: &str| {
        let (from, to) = line.split_once("->")?;
        Some((from.trim().to_owned(), to.split_whitespace().map(str::to_owned).collect()))
    };
    let lines = block.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| arrow(line).ok_or_else(|| Failure::Missing(format!("{PAGE}: not an arrow: {line}")))).collect()
}

fn breaches(arrows: &Arrows, workspace: &Workspace) -> Vec<String> {
    let members: BTreeSet<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    let named = arrows.iter().flat_map(|(from, to)| std::iter::once(from).chain(to));
    let mut lines: Vec<String> = named
        .filter(|name| *name != "bins" && !members.contains(name.as_str()))
        .map(|name| format!("  {PAGE} names `{name}`, which is no crate of the workspace"))
        .collect();
    for package in &workspace.packages {
        let from = if package.is_bin() { "bins" } else { &package.name };
        match arrows.get(from) {
            Some(allowed) => lines.extend(forbidden(package, allowed, &members)),
            None => lines.push(format!("  {PAGE} does not say what `{}` may depend on", package.name)),
        }
        for (library, owners) in RESERVED {
            if !owners.contains(&package.name.as_str())
                && package.dependencies.iter().any(|it| it.name == library && !it.is_dev())
            {
                lines.push(format!("  {} names {library}; only {} may", package.name, owners.join(" and ")));
            }
        }
    }
    lines
}

fn forbidden(package: &Package, allowed: &BTreeSet<String>, members: &BTreeSet<&str>) -> Vec<String> {
    let ours = package.dependencies.iter().filter(|it| members.contains(it.name.as_str()) && it.name != package.name);
    let may = |it: &Dependency| allowed.contains(&it.name) || (it.is_dev() && FOR_TESTS.contains(&it.name.as_str()));
    let bad = ours.filter(|it| !may(it));
    bad.map(|it| format!("  {} -> {} ({})", package.name, it.name, it.kind.as_deref().unwrap_or("normal"))).collect()
}

fn impurities(workspace: &Workspace, name: &str) -> Result<Vec<String>, Failure> {
    let mut tree = process::cargo();
    tree.current_dir(&workspace.root);
    tree.args(["tree", "-p", name, "-e", "normal", "--all-features", "--target", "all"]);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let tree = process::output(&mut tree)?;
    let below: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    Ok(IMPURE.iter().filter(|it| below.contains(*it)).map(|it| format!("  {name} is pure but brings {it}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Target;

    fn package(name: &str, place: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependency = |(name, kind): &(&str, Option<&str>)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
        };
        Package {
            name: name.to_owned(),
            manifest_path: format!("/house/{place}/{name}/Cargo.toml").into(),
            dependencies: dependencies.iter().map(dependency).collect(),
            targets: Vec::<Target>::new(),
        }
    }

    #[test]
    fn a_list_that_cannot_be_read_is_no_list_without_breaches() {
        let cases = [
            ("no block\n", "docs/architecture.md has no ```arrows block"),
            ("```arrows\na -> b\nb c\n```\n", "docs/architecture.md: not an arrow: b c"),
        ];
        for (page, expected) in cases {
            assert_eq!(read(page).unwrap_err().to_string(), expected);
        }
        let spaced = read("```arrows\n\n  a->  b   c\nb ->\n```\nd -> e\n").unwrap();
        let drawn: Vec<_> = spaced.iter().map(|(from, to)| (from.as_str(), to.len())).collect();
        assert_eq!(drawn, [("a", 2), ("b", 0)]);
    }

    #[test]
    fn every_arrow_that_is_not_drawn_is_a_breach() {
        let arrows = read("```arrows\nbins -> app\napp -> model\nmodel ->\nsandbox ->\ngone ->\n```\n").unwrap();
        let packages = vec![
            package("tool", "bins", &[("app", None), ("model", None)]),
            package("app", "crates", &[("model", None), ("sandbox", Some("dev")), ("reqwest", None)]),
            package("model", "crates", &[("app", Some("dev")), ("sandbox", Some("build"))]),
            package("sandbox", "crates", &[]),
            package("new", "crates", &[]),
        ];
        let workspace = Workspace { root: "/house".into(), built: "/house/target".into(), packages };
        let expected = [
            "  docs/architecture.md names `gone`, which is no crate of the workspace",
            "  tool -> model (normal)",
            "  app names reqwest; only api-transport may",
            "  model -> app (dev)",
            "  model -> sandbox (build)",
            "  docs/architecture.md does not say what `new` may depend on",
        ];
        assert_eq!(breaches(&arrows, &workspace), expected);
    }
}
