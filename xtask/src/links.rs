//! Links in the documentation that lead nowhere.

use std::path::Path;

/// The relative links of a Markdown text, with their lines. Code is left out.
fn relative(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second piece between backticks is code.
        for piece in line.split('`').step_by(2) {
            let targets = piece.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '#']).next());
            let near = targets.filter(|it| !it.is_empty() && !it.contains("://") && !it.starts_with("mailto:"));
            links.extend(near.map(|target| (number + 1, target)));
        }
    }
    links
}

/// One line for each link of `text`, the content of `file`, whose target is not there.
pub(crate) fn broken(file: &Path, shown: &str, text: &str) -> Vec<String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let missing = relative(text).into_iter().filter(|(_, target)| !folder.join(target).exists());
    missing.map(|(line, target)| format!("  {shown}:{line}: the link to {target} leads nowhere")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_links_outside_code_are_followed() {
        let text = "[a](x.md#part) `[b](no)` [c](https://e.x/y) [d](#here)\n```\n[e](no)\n```\n![f](y/z.svg)";
        assert_eq!(relative(text), [(1, "x.md"), (5, "y/z.svg")]);
    }
}
