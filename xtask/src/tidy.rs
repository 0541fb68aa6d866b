//! The house rules that no lint knows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::rust_file::{RustFile, is_test, test_files};
use crate::workspace::{Workspace, read};
use crate::{links, manifests};

/// Lines of code in one file, tests left out.
const MOST_LINES: usize = 400;
/// Lines of docs/architecture.md.
const MOST_MAP_LINES: usize = 400;
/// Names that say nothing about what is inside.
const DRAWERS: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"];

pub(crate) fn check(workspace: &Workspace) -> Result<(), Failure> {
    let mut lines = manifests::check(workspace)?;
    let paths = workspace.rust_files()?;
    let mut files = Vec::new();
    for path in &paths {
        let text = read(path)?;
        let file = RustFile::parse(path, &text)?;
        files.push((path, text, file));
    }
    let for_tests: BTreeSet<PathBuf> = files.iter().flat_map(|(path, _, file)| test_files(path, file)).collect();
    for (path, text, file) in &files {
        let test =
            is_test(path.strip_prefix(&workspace.root).unwrap_or(path), &BTreeSet::new()) || is_test(path, &for_tests);
        let found = source(text, file, test, path);
        lines.extend(found.into_iter().map(|what| format!("  {}{what}", workspace.shown(path))));
    }
    lines.extend(pages(workspace)?);
    Failure::unless_clean("tidy", lines)?;
    println!("tidy: {} Rust files keep the house rules", files.len());
    Ok(())
}

/// What is wrong with one file, each beginning with the place in it.
fn source(text: &str, file: &RustFile, test: bool, path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push(":1: has to open with `//!` and say what it is for".to_owned());
    }
    if !test && file.code.len() > MOST_LINES {
        found.push(format!(": {} lines of code; at most {MOST_LINES}", file.code.len()));
    }
    let drawer = |name: &str| DRAWERS.contains(&name);
    let parts = path.with_extension("");
    let inside = parts.iter().rev().take_while(|part| *part != "crates" && *part != "bins" && *part != "xtask");
    if let Some(name) = inside.filter_map(|part| part.to_str()).find(|part| drawer(part)) {
        found.push(format!(": `{name}` is a drawer; name the noun instead"));
    }
    found.extend(file.ignored.iter().map(|line| format!(":{line}: a test that is ignored")));
    found.extend(file.unfinished.iter().map(|line| format!(":{line}: unfinished")));
    if !test {
        found.extend(file.floats.iter().map(|line| format!(":{line}: a float; use Decimal or a whole number")));
    }
    found
}

fn pages(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    let map = workspace.read("docs/architecture.md")?.lines().count();
    if map >= MOST_MAP_LINES {
        lines.push(format!("  docs/architecture.md: {map} lines; fewer than {MOST_MAP_LINES} keep it a map"));
    }
    let mut pages = workspace.files("docs", "md")?;
    pages.push(workspace.root.join("README.md"));
    for directory in ["crates", "bins"] {
        pages.extend(workspace.files(directory, "md")?);
    }
    for page in pages {
        lines.extend(links::broken(&page, &workspace.shown(&page), &read(&page)?));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_house_rule_is_seen() {
        let long = "fn f() {}\n".repeat(MOST_LINES + 1);
        let cases = [
            ("src/a.rs", "//! A.\nfn f() {}\n", false, vec![]),
            ("src/a.rs", "fn f() {}\n", false, vec![":1: has to open with `//!` and say what it is for"]),
            ("src/utils/a.rs", "//! A.\n", false, vec![": `utils` is a drawer; name the noun instead"]),
            ("src/a.rs", "//! A.\nfn f() { todo!() }\n", false, vec![":2: unfinished"]),
            ("tests/a.rs", "//! A.\nfn f() { dbg!(1); }\n", true, vec![":2: unfinished"]),
            ("src/a.rs", "//! A.\nconst F: f64 = 1.0;\n", false, vec![":2: a float; use Decimal or a whole number"]),
            ("src/a.rs", "//! A.\nconst F: f64 = 1.0;\n", true, vec![]),
            ("tests/a.rs", "//! A.\n#[ignore]\nfn f() {}\n", true, vec![":2: a test that is ignored"]),
            ("src/a.rs", &format!("//! A.\n{long}"), false, vec![": 401 lines of code; at most 400"]),
        ];
        for (path, text, test, expected) in cases {
            let path = Path::new("crates/one").join(path);
            let file = RustFile::parse(&path, text).unwrap();
            assert_eq!(source(text, &file, test, &path), expected, "{path:?}");
        }
    }
}
