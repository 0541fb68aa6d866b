//! A Rust file as tokens: comments and texts out of the way, tests told from the rest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::failure::Failure;

/// Macros that nothing finished still calls.
const UNFINISHED: [&str; 3] = ["todo", "unimplemented", "dbg"];

/// What is worth knowing of a file, its `#[cfg(test)]` items left out.
#[derive(Debug, Default)]
pub(crate) struct RustFile {
    /// Lines that hold code.
    pub(crate) code: BTreeSet<usize>,
    /// Lines with a macro of [`UNFINISHED`], in tests too.
    pub(crate) unfinished: Vec<usize>,
    /// Lines with `f32` or `f64`.
    pub(crate) floats: Vec<usize>,
    /// Lines with `#[ignore]`, in tests too.
    pub(crate) ignored: Vec<usize>,
    /// All functions by name, in tests too.
    pub(crate) functions: Vec<String>,
    /// Modules in files of their own that are only built for tests.
    pub(crate) test_modules: Vec<String>,
}

impl RustFile {
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let tokens = TokenStream::from_str(text)
            .map_err(|error| Failure::file(path, &format!("line {}: {error}", error.span().start().line)))?;
        let mut file = Self::default();
        file.walk(tokens, false);
        Ok(file)
    }

    fn walk(&mut self, tokens: TokenStream, mut in_test: bool) {
        let outer = in_test;
        let mut before: Option<Ident> = None;
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            if is_punct(&token, '#') {
                tokens.next_if(|it| is_punct(it, '!'));
                if let Some(TokenTree::Group(group)) = tokens.next_if(is_brackets) {
                    in_test |= self.attribute(&group, token.span(), in_test);
                    continue;
                }
            }
            let next = tokens.peek();
            let mut word = None;
            match &token {
                TokenTree::Punct(punct) => {
                    self.line(punct.span(), in_test);
                    if punct.as_char() == ';' {
                        in_test = outer;
                    }
                }
                TokenTree::Ident(ident) => {
                    self.line(ident.span(), in_test);
                    self.ident(ident, before.as_ref(), next, in_test);
                    word = Some(ident.clone());
                }
                TokenTree::Literal(literal) => {
                    self.line(literal.span(), in_test);
                    let text = literal.to_string();
                    let number = text.starts_with(|first: char| first.is_ascii_digit());
                    if number && !in_test && (text.ends_with("f32") || text.ends_with("f64")) && !text.starts_with("0x")
                    {
                        self.floats.push(literal.span().start().line);
                    }
                }
                TokenTree::Group(group) => {
                    self.line(group.span_open(), in_test);
                    self.line(group.span_close(), in_test);
                    self.walk(group.stream(), in_test);
                    if group.delimiter() == Delimiter::Brace {
                        in_test = outer;
                    }
                }
            }
            before = word;
        }
    }

    /// Notes an attribute. `true` when it keeps the next item for tests.
    fn attribute(&mut self, group: &Group, place: Span, in_test: bool) -> bool {
        let mut inside = group.stream().into_iter();
        let Some(TokenTree::Ident(name)) = inside.next() else { return false };
        if name == "doc" {
            return false;
        }
        for line in place.start().line..=group.span().end().line {
            if !in_test {
                self.code.insert(line);
            }
        }
        if name == "ignore" {
            self.ignored.push(place.start().line);
        }
        let condition = inside.next().map(|it| it.to_string()).unwrap_or_default();
        name == "cfg" && !condition.contains("not") && words(&condition).any(|word| word == "test")
    }

    fn ident(&mut self, ident: &Ident, before: Option<&Ident>, next: Option<&TokenTree>, in_test: bool) {
        let line = ident.span().start().line;
        let called = next.is_some_and(|it| is_punct(it, '!'));
        if called && UNFINISHED.iter().any(|name| ident == name) {
            self.unfinished.push(line);
        }
        if !in_test && (ident == "f32" || ident == "f64") {
            self.floats.push(line);
        }
        if before.is_some_and(|word| word == "fn") {
            self.functions.push(ident.to_string());
        }
        let ends = next.is_some_and(|it| is_punct(it, ';'));
        if in_test && ends && before.is_some_and(|word| word == "mod") {
            self.test_modules.push(ident.to_string());
        }
    }

    fn line(&mut self, span: Span, in_test: bool) {
        if !in_test {
            self.code.extend(span.start().line..=span.end().line);
        }
    }
}

/// Whether a file as a whole belongs to tests, by where it lies.
pub(crate) fn is_test(path: &Path, test_files: &BTreeSet<PathBuf>) -> bool {
    let folders = ["tests", "benches", "examples", "fuzz"];
    path.components().any(|part| folders.iter().any(|folder| part.as_os_str() == *folder))
        || path.ancestors().any(|it| test_files.contains(it) || test_files.contains(&it.with_extension("rs")))
}

/// Where the modules that `path` keeps for tests lie.
pub(crate) fn test_files<'a>(path: &'a Path, file: &'a RustFile) -> impl Iterator<Item = PathBuf> + 'a {
    let owner = path.file_stem().is_some_and(|stem| ["lib", "main", "mod"].iter().any(|it| stem == *it));
    let folder = if owner { path.with_file_name("") } else { path.with_extension("") };
    file.test_modules.iter().map(move |name| folder.join(format!("{name}.rs")))
}

fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_brackets(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_texts_and_tests_do_not_count() {
        let text = r##"//! A heading with todo!() and f64.
/// Doc.
fn one(a: u8) -> u8 {
    // f32
    let text = "todo!() f64";
    a
}
#[cfg(test)]
mod tests {
    fn p1_first() -> f64 { todo!() }
    #[ignore]
    fn p2_second() {}
}
#[cfg(test)]
mod more;
fn two() -> f64 { todo!() }
const THREE: u8 = 3u8 + 0x1f32 as u8;
"##;
        let file = RustFile::parse(Path::new("src/one.rs"), text).unwrap();
        assert_eq!(file.code.into_iter().collect::<Vec<_>>(), [3, 5, 6, 7, 8, 14, 16, 17]);
        assert_eq!((file.unfinished, file.floats, file.ignored), (vec![10, 16], vec![16], vec![11]));
        assert_eq!(file.functions, ["one", "p1_first", "p2_second", "two"]);
        assert_eq!(file.test_modules, ["more"]);
    }
}
