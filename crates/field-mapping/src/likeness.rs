//! How alike two names are, in whole percent: word order, case, accents and blanks do not count, numbers do.
//!
//! A legal form that only one of them has does not count either; two different ones are not quite the same name.
//! Two names with different numbers in them are never alike: `Afdeling 1` and `Afdeling 2` are two things, however few
//! letters tell them apart.

use crate::fold;

/// Words that say what kind of company it is and not which one.
const LEGAL_FORMS: [&str; 14] =
    ["aps", "as", "is", "ks", "ps", "ivs", "amba", "fmba", "smba", "pmv", "ltd", "gmbh", "ab", "inc"];

/// The most that two names with different legal forms come to: near enough to ask a person, never the same.
const OTHER_LEGAL_FORM: u8 = 95;

/// A name, made ready to be compared with many others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// As it reads, and with its words in order of the alphabet.
    forms: [Box<str>; 2],
    /// In order of the alphabet, with blanks between them.
    legal_forms: Box<str>,
    /// In the same way.
    numbers: Box<str>,
    /// One bit for each letter and digit that occurs.
    letters: u64,
}

impl Name {
    /// Reads a name.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut words: Vec<String> = text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
        let mut legal_forms = Vec::new();
        if words.iter().any(|word| !is_legal_form(word)) {
            legal_forms.extend(words.extract_if(.., |word| is_legal_form(word)));
            legal_forms.sort();
        }
        let read = words.concat();
        let digits = |text: &str| -> Vec<String> {
            text.split(|char: char| !char.is_ascii_digit()).filter(|it| !it.is_empty()).map(str::to_owned).collect()
        };
        let mut numbers: Vec<String> = words.iter().flat_map(|word| digits(word)).collect();
        numbers.sort();
        words.sort();
        let letters = read.bytes().filter_map(bit).fold(0, |set, bit| set | bit);
        Self {
            forms: [read.into(), words.concat().into()],
            legal_forms: legal_forms.join(" ").into(),
            numbers: numbers.join(" ").into(),
            letters,
        }
    }

    /// How alike two names are, in percent: the share of the longer one's characters that need no change. It is rounded
    /// down, so that 100 means the same.
    ///
    /// ```
    /// use field_mapping::Name;
    ///
    /// let nordlys = Name::new("Nordlys Bådebyggeri ApS");
    /// assert_eq!(nordlys.likeness(&Name::new("NORDLYS BAADEBYGGERI")), 100);
    /// assert_eq!(nordlys.likeness(&Name::new("Nordlys Bådebyggeri A/S")), 95);
    /// assert_eq!(nordlys.likeness(&Name::new("Nordlys Baadebygeri")), 94);
    /// assert_eq!(Name::new("Afdeling 1").likeness(&Name::new("Afdeling 2")), 0);
    /// ```
    #[must_use]
    pub fn likeness(&self, other: &Self) -> u8 {
        if self.numbers != other.numbers {
            return 0;
        }
        let forms_differ = self.legal_forms != other.legal_forms;
        let other_company = forms_differ && !self.legal_forms.is_empty() && !other.legal_forms.is_empty();
        let most = if other_company { OTHER_LEGAL_FORM } else { 100 };
        let pairs = self.forms.iter().zip(&other.forms);
        pairs.map(|(one, other)| percent(one, other)).max().unwrap_or(0).min(most)
    }

    /// No more than this can [`likeness`](Self::likeness) come to; cheap enough to be asked of every pair.
    #[must_use]
    pub fn likeness_at_most(&self, other: &Self) -> u8 {
        let (one, two) = (self.forms[0].len(), other.forms[0].len());
        let missing = |set: u64, from: u64| (set & !from).count_ones() as usize;
        let letters = missing(self.letters, other.letters).max(missing(other.letters, self.letters));
        share_kept(letters.max(one.abs_diff(two)), one.max(two))
    }
}

fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(&word)
}

fn bit(char: u8) -> Option<u64> {
    match char {
        b'a'..=b'z' => Some(1 << (char - b'a')),
        b'0'..=b'9' => Some(1 << (26 + char - b'0')),
        _ => None,
    }
}

fn percent(one: &str, other: &str) -> u8 {
    share_kept(strsim::osa_distance(one, other), one.len().max(other.len()))
}

fn share_kept(changed: usize, of: usize) -> u8 {
    if of == 0 {
        return 0;
    }
    u8::try_from(100 - (100 * changed.min(of)).div_ceil(of)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_read_them() {
        let table = [
            ("Nordlys ApS", "Nordlys", 100),
            ("Hansen, Peter", "Peter Hansen", 100),
            ("Nord Lys", "Nordlys", 100),
            ("Nordlys ApS", "Nordlys A/S", 95),
            ("Ærø Færgerne A/S", "Aeroe Faergerne", 100),
            ("Peter Hansen", "Peder Hansen", 90),
            ("Lars Hansen", "Lars Jensen", 80),
            ("Firma 1 ApS", "Firma 2 ApS", 0),
            ("A/S", "ApS", 66),
            ("", "", 0),
            ("Nordlys", "", 0),
        ];
        for (one, other, likeness) in table {
            let (one_name, other_name) = (Name::new(one), Name::new(other));
            assert_eq!(one_name.likeness(&other_name), likeness, "{one} and {other}");
            assert_eq!(other_name.likeness(&one_name), likeness, "{other} and {one}");
            assert!(one_name.likeness_at_most(&other_name) >= likeness, "the bound of {one} and {other}");
        }
    }
}
