//! What is wrong with a mapping file, with the place and, where one can be given, a suggestion.

use std::ops::Range;

/// One thing that is wrong with a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The offending text.
    pub text: String,
    /// What is wrong, in Danish.
    pub da: String,
    /// What is wrong, in English.
    pub en: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl Diagnostic {
    pub(crate) fn at(file: &str, source: &str, span: Range<usize>, da: String, en: String) -> Self {
        let start = (0..=span.start.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
        let before = &source[..start];
        let text = source.get(span).unwrap_or_default().lines().next().unwrap_or_default();
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            text: text.chars().take(80).collect(),
            da,
            en,
            suggestion: None,
        }
    }
}
