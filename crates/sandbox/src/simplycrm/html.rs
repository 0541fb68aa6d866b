//! HTML entities as the CRM meets them: record titles go out entity-encoded, long texts are encoded by a partial
//! `update`, and 8.x decodes short texts once on the way in (recordings crud-accounts, query-escaping).

const LATIN: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
    "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
    "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN",
    "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
    "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
    "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

const BEYOND_LATIN: [(char, &str); 14] = [
    ('€', "euro"),
    ('–', "ndash"),
    ('—', "mdash"),
    ('‘', "lsquo"),
    ('’', "rsquo"),
    ('“', "ldquo"),
    ('”', "rdquo"),
    ('„', "bdquo"),
    ('…', "hellip"),
    ('•', "bull"),
    ('™', "trade"),
    ('Œ', "OElig"),
    ('œ', "oelig"),
    ('\u{2009}', "thinsp"),
];

const SPECIAL: [(char, &str); 5] = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#039;")];

/// Encodes the five characters that mean something in HTML.
pub(crate) fn encode_special(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        match SPECIAL.iter().find(|(special, _)| *special == character) {
            Some((_, entity)) => out.push_str(entity),
            None => out.push(character),
        }
        out
    })
}

/// Encodes every character that has a named entity, as record titles are sent.
pub(crate) fn encode_all(text: &str) -> String {
    encode_special(text).chars().fold(String::new(), |mut out, character| {
        match entity(character) {
            Some(name) => {
                out.push('&');
                out.push_str(name);
                out.push(';');
            }
            None => out.push(character),
        }
        out
    })
}

/// Decodes the five special characters once.
pub(crate) fn decode_special(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some(place) = rest.find('&') {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        match SPECIAL.iter().find(|(_, entity)| rest.starts_with(entity)) {
            Some((character, entity)) => {
                out.push(*character);
                rest = &rest[entity.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn entity(character: char) -> Option<&'static str> {
    u32::from(character)
        .checked_sub(0xA0)
        .and_then(|place| LATIN.get(place as usize))
        .or_else(|| BEYOND_LATIN.iter().find(|(known, _)| *known == character).map(|(_, name)| name))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::{decode_special, encode_all, encode_special};

    #[test]
    fn titles_are_encoded_whole() {
        assert_eq!(encode_all("Rød & Åse – 5 €"), "R&oslash;d &amp; &Aring;se &ndash; 5 &euro;");
    }

    #[test]
    fn the_special_ones_go_there_and_back() {
        let text = "<b>\"A\" & 'B'</b> &amp;";
        assert_eq!(decode_special(&encode_special(text)), text);
    }
}
