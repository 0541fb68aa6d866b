//! Text comparison as `utf8_general_ci` does it: case and most accents do not count, ø and æ do, trailing blanks
//! count only under LIKE (recording query-escaping).

use std::cmp::Ordering;

pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_end_matches(' '), right.trim_end_matches(' '));
    left.chars().map(plain).cmp(right.chars().map(plain))
}

/// What a text is compared by, for whoever compares it often.
pub(crate) fn rank(text: &str) -> Vec<char> {
    fold(text.trim_end_matches(' '))
}

/// LIKE: `%` any run, `_` one character, a backslash takes the next character as it is.
pub(crate) fn like(text: &str, pattern: &str) -> bool {
    matches(&fold(text), &fold(pattern))
}

fn matches(text: &[char], pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skipped| matches(&text[skipped..], rest)),
        Some(('\\', rest)) if !rest.is_empty() => text.first() == rest.first() && matches(&text[1..], &rest[1..]),
        Some(('_', rest)) => !text.is_empty() && matches(&text[1..], rest),
        Some((character, rest)) => text.first() == Some(character) && matches(&text[1..], rest),
    }
}

fn fold(text: &str) -> Vec<char> {
    text.chars().map(plain).collect()
}

fn plain(character: char) -> char {
    match character {
        'À'..='Å' | 'à'..='å' => 'A',
        'Ç' | 'ç' => 'C',
        'È'..='Ë' | 'è'..='ë' => 'E',
        'Ì'..='Ï' | 'ì'..='ï' => 'I',
        'Ñ' | 'ñ' => 'N',
        'Ò'..='Ö' | 'ò'..='ö' => 'O',
        'Ù'..='Ü' | 'ù'..='ü' => 'U',
        'Ý' | 'ý' | 'ÿ' => 'Y',
        'ß' => 'S',
        _ => character.to_uppercase().next().unwrap_or(character),
    }
}

#[cfg(test)]
mod tests {
    use super::{compare, like};

    #[test]
    fn case_and_accents_do_not_count_but_danish_letters_do() {
        for (left, right, same) in [
            ("José", "JOSE", true),
            ("Åse", "ase", true),
            ("Rød", "Rod", false),
            ("RØD", "rød", true),
            ("x", "x  ", true),
        ] {
            assert_eq!(compare(left, right).is_eq(), same, "{left} {right}");
        }
    }

    #[test]
    fn like_knows_its_wildcards() {
        for (text, pattern, found) in
            [("QRUN-007", "q%-00_", true), ("100%", "100\\%", true), ("1000", "100\\%", false), ("a", "_b", false)]
        {
            assert_eq!(like(text, pattern), found, "{text} {pattern}");
        }
    }
}
