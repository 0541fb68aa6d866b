//! What the two parsers say, in Danish. They speak English and have no kinds of errors, so their words are the table; words
//! that are not in it are quoted. `tests/it/broken.rs` shows that those a file can cause are in it.

/// What the TOML parser says is not there, and its Danish.
const TOML: [(&str, &str); 56] = [
    ("duplicate key", "nøglen står her allerede"),
    ("key with no value", "nøglen har ingen værdi"),
    ("missing value for key", "nøglen har ingen værdi"),
    ("missing value", "værdien mangler"),
    ("invalid value", "værdien kan ikke læses"),
    ("string values must be quoted", "en tekst skal stå i anførselstegn"),
    ("invalid key-value pair", "her skal stå en nøgle, `=` og en værdi"),
    ("missing assignment between key-value pairs", "`=` mangler mellem nøgle og værdi"),
    ("extra assignment between key-value pairs", "der er ét `=` for meget"),
    ("extra `=`", "der er ét `=` for meget"),
    ("unexpected `=` in array", "der kan ikke stå `=` i en liste"),
    ("missing comma between key-value pairs", "der mangler et komma mellem to par"),
    ("missing comma between array elements", "der mangler et komma mellem to værdier"),
    ("extra comma in array", "der er ét komma for meget i listen"),
    ("extra comma in inline table", "der er ét komma for meget i tabellen"),
    ("invalid inline table element", "i en tabel skal stå en nøgle, `=` og en værdi"),
    ("missing key for inline table element", "nøglen mangler i tabellen"),
    ("missing array opening", "listens `[` mangler"),
    ("missing inline table opening", "tabellens `{` mangler"),
    ("missing table open", "overskriftens `[` mangler"),
    ("missing opening quote", "anførselstegnet foran mangler"),
    ("unclosed array table", "overskriftens `]]` mangler"),
    ("unclosed table", "overskriftens `]` mangler"),
    ("unclosed array", "listens `]` mangler"),
    ("unclosed inline table", "tabellens `}` mangler"),
    ("unexpected key or value", "her kan ikke stå mere"),
    ("unexpected content", "her kan ikke stå mere"),
    ("unexpected content between comment and newline", "her kan ikke stå mere"),
    ("invalid comment character", "tegnet kan ikke stå i en kommentar"),
    ("missing comment start", "kommentarens `#` mangler"),
    ("carriage return must be followed by newline", "linjeskiftet er ufuldstændigt"),
    ("invalid basic string", "teksten kan ikke læses"),
    ("invalid literal string", "teksten kan ikke læses"),
    ("invalid multi-line basic string", "teksten over flere linjer kan ikke læses"),
    ("invalid multi-line literal string", "teksten over flere linjer kan ikke læses"),
    ("missing escaped value", "efter `\\` mangler et tegn"),
    ("too few unicode value digits", "tegnets nummer har for få cifre"),
    ("invalid unquoted key", "nøglen skal stå i anførselstegn"),
    ("unquoted keys cannot be empty", "nøglen er tom"),
    ("keys cannot be multi-line basic strings", "en nøgle kan ikke gå over flere linjer"),
    ("keys cannot be multi-line literal strings", "en nøgle kan ikke gå over flere linjer"),
    ("`_` may only go between digits", "`_` kan kun stå mellem cifre"),
    ("integers with a radix cannot be signed", "et tal med 0x, 0o eller 0b har intet fortegn"),
    ("radix must be lowercase", "0x, 0o og 0b skrives med småt"),
    ("redundant integer number prefix", "tallet begynder to gange"),
    ("redundant numeric sign", "tallet har ét fortegn for meget"),
    ("unexpected sign", "her kan ikke stå et fortegn"),
    ("unexpected leading zero", "tallet kan ikke begynde med 0"),
    ("invalid float", "kommatallet kan ikke læses"),
    ("invalid exponent", "tallets eksponent kan ikke læses"),
    ("invalid fraction", "tallets decimaler kan ikke læses"),
    ("invalid mantissa", "tallet kan ikke læses"),
    ("invalid boolean", "her skal stå true eller false"),
    ("invalid date-time", "datoen eller tiden kan ikke læses"),
    ("recursion limit", "der er for mange lag i hinanden"),
    ("cannot recurse further; max recursion depth met", "der er for mange lag i hinanden"),
];

/// What either parser expects, where it is a word and no sign.
const EXPECTED: [(&str, &str); 33] = [
    ("newline", "et linjeskift"),
    ("etc", "mere"),
    ("key", "en nøgle"),
    ("value", "en værdi"),
    ("characters", "tegn"),
    ("digits", "cifre"),
    ("letters", "bogstaver"),
    ("numbers", "cifre"),
    ("basic string", "en tekst i \"…\""),
    ("literal string", "en tekst i '…'"),
    ("multi-line basic string", "en tekst i \"\"\"…\"\"\""),
    ("printable characters", "synlige tegn"),
    ("non-double-quote visible characters", "synlige tegn uden `\"`"),
    ("non-single-quote visible characters", "synlige tegn uden `'`"),
    ("non-single-quote characters", "tegn uden `'`"),
    ("unicode hexadecimal value", "et tegns nummer"),
    ("end of input", "slutningen"),
    ("end of variable block", "slutningen"),
    ("start of variable block", "`{{`"),
    ("start of block", "`{%`"),
    ("end of block", "`%}`"),
    ("identifier", "et navn"),
    ("identifier or integer", "et navn eller et helt tal"),
    ("integer", "et helt tal"),
    ("float", "et kommatal"),
    ("string", "en tekst"),
    ("expression", "et udtryk"),
    ("character", "tegn"),
    ("end of string", "slutning på en tekst"),
    ("input after expression", "tekst efter udtrykket"),
    ("identifier, expected a filter", "et navn"),
    ("operator", "et regnetegn"),
    ("keyword", "et ord"),
];

/// What else the expression parser says.
const EXPRESSION: [(&str, &str); 10] = [
    ("unexpected character", "tegnet kan ikke bruges her"),
    ("unexpected end of string", "tekstens anførselstegn mangler"),
    ("unexpected input after expression", "der står mere efter udtrykket"),
    ("invalid float", "kommatallet kan ikke læses"),
    ("invalid integer (too large)", "tallet er for stort"),
    ("empty subscript", "der mangler noget mellem `[` og `]`"),
    ("non-keyword arg after keyword arg", "en værdi uden navn kan ikke stå efter en med navn"),
    ("Too many arguments in function call", "der er for mange værdier i parentesen"),
    ("template exceeds maximum recursion limits", "der er for mange lag i hinanden"),
    ("too long", "det er for langt"),
];

/// What the TOML parser said, in Danish.
pub(crate) fn toml_in_danish(words: &str) -> String {
    let (what, expected) = words.split_once(", expected ").map_or((words, None), |(what, after)| (what, Some(after)));
    let said = match (look_up(&TOML, what), what.strip_prefix("cannot extend value of type ")) {
        (Some(said), _) => said.to_owned(),
        (None, Some(_)) => "nøglen har allerede en værdi og kan ikke udvides".to_owned(),
        // What is wrong with a day it tells in many words; which day it is, the marks show.
        (None, None) if ["invalid date", "invalid time"].iter().any(|it| what.starts_with(it)) => {
            return "datoen eller tiden kan ikke læses".to_owned();
        }
        (None, None) if what.ends_with(" number") => "tallet kan ikke læses".to_owned(),
        (None, None) => return unknown(words),
    };
    match expected {
        Some("nothing") | None => said,
        Some(expected) => format!("{said}; ventede {}", expected_in_danish(expected)),
    }
}

/// What the expression parser said, in Danish.
pub(crate) fn expression_in_danish(words: &str) -> String {
    if let Some(said) = look_up(&EXPRESSION, words) {
        return said.to_owned();
    }
    if let Some((kind, name)) = words.strip_suffix(" is unknown").and_then(|words| words.split_once(' ')) {
        match kind {
            "filter" => return format!("der er intet filter `{name}`"),
            "test" => return format!("der er ingen test `{name}`"),
            "function" => return format!("der er ingen funktion `{name}`"),
            _ => {}
        }
    }
    let Some(rest) = words.strip_prefix("unexpected ") else { return unknown(words) };
    match rest.split_once(", expected ") {
        Some((met, expected)) => {
            format!("mødte {}, ventede {}", expected_in_danish(met), expected_in_danish(expected))
        }
        None => format!("mødte {}", expected_in_danish(rest)),
    }
}

fn expected_in_danish(words: &str) -> String {
    let words: Vec<&str> = words.split(", ").map(|word| look_up(&EXPECTED, word).unwrap_or(word)).collect();
    words.join(", ")
}

fn unknown(words: &str) -> String {
    format!("teksten kan ikke læses her; med læserens egne ord: “{words}”")
}

fn look_up(table: &[(&'static str, &'static str)], words: &str) -> Option<&'static str> {
    table.iter().find(|(english, _)| *english == words).map(|(_, danish)| *danish)
}

#[cfg(test)]
mod tests {
    use super::{expression_in_danish, toml_in_danish};

    #[test]
    fn words_nobody_knows_are_quoted_in_a_danish_sentence() {
        for said in [toml_in_danish("something new"), expression_in_danish("something new")] {
            assert_eq!(said, "teksten kan ikke læses her; med læserens egne ord: “something new”");
        }
    }
}
