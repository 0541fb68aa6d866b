//! The line of a file that a message is about, with marks under the words in question.

use std::fmt::Write;
use std::ops::Range;

/// The most characters of a line that are shown.
const MOST_SHOWN: usize = 100;
/// How many characters before the marks are shown of a longer line.
const BEFORE: usize = 30;

/// One line of a file and what is marked in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, as far as it is shown. Characters that a terminal would act on are replaced.
    pub line: String,
    /// What is marked, in characters of `line`; never nothing.
    pub marked: Range<usize>,
}

impl Excerpt {
    /// The line of `text` in which the bytes `span` begin. Both ends of `span` are between characters.
    pub(crate) fn of(text: &str, span: &Range<usize>) -> Self {
        let begin = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[span.start..].find('\n').map_or(text.len(), |at| span.start + at);
        let before = text[begin..span.start].chars().count();
        let length = text[span.start..span.end.clamp(span.start, end)].trim_end().chars().count().max(1);
        let line = text[begin..end].trim_end_matches('\r');
        if line.chars().count() <= MOST_SHOWN {
            return Self { line: line.chars().map(harmless).collect(), marked: before..before + length };
        }
        let skipped = before.saturating_sub(BEFORE);
        let mut shown: String = line.chars().skip(skipped).take(MOST_SHOWN).map(harmless).collect();
        let start = before - skipped;
        let marked = start..(start + length).min(MOST_SHOWN);
        if line.chars().count() > skipped + MOST_SHOWN {
            shown.push('…');
        }
        if skipped == 0 {
            return Self { line: shown, marked };
        }
        Self { line: format!("…{shown}"), marked: marked.start + 1..marked.end + 1 }
    }

    /// The line behind its number, and the marks below it.
    pub(crate) fn drawn(&self, number: usize) -> String {
        let number = number.to_string();
        let margin = " ".repeat(number.len());
        let mut drawn = format!("{number} | {}", self.line);
        let indent = " ".repeat(self.marked.start);
        // Writing to a string cannot fail.
        let _ = write!(drawn, "\n{margin} | {indent}{}", "^".repeat(self.marked.len()));
        drawn
    }
}

fn harmless(char: char) -> char {
    match char {
        '\t' => ' ',
        char if char.is_control() => '\u{fffd}',
        char => char,
    }
}
