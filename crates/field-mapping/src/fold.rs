//! Text in matching form: what people mean, whatever they type.

use icu_casemap::CaseMapperBorrowed;
use icu_normalizer::ComposingNormalizerBorrowed;

/// `text` without case, accents, blanks and punctuation. Danish letters fold to the two letters they are also written as.
///
/// ```
/// assert_eq!(field_mapping::fold("Ærø  Bådebyggeri, A/S"), field_mapping::fold("aeroe baadebyggeri a/s"));
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        let mut folded = String::with_capacity(text.len());
        folded.extend(text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()));
        return folded;
    }
    let small = caseless(text);
    let mut danish = String::with_capacity(small.len());
    for char in small.chars() {
        match char {
            'æ' => danish.push_str("ae"),
            'ø' => danish.push_str("oe"),
            'å' => danish.push_str("aa"),
            other => danish.push(other),
        }
    }
    let plain = deunicode::deunicode(&danish).to_ascii_lowercase();
    plain.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The text with its case folded and nothing else: what a person reads as the same characters.
pub(crate) fn caseless(text: &str) -> String {
    // Composed first, so that an "å" typed as two characters is an "å".
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    CaseMapperBorrowed::new().fold_string(&composed).into_owned()
}
