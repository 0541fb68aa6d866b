//! What of a statement stands outside its values. The fuzz targets share it.

/// A statement with everything between quotes taken out, found as the server's lexer and then the database find it.
pub(crate) fn skeleton(statement: &str) -> String {
    let mut skeleton = String::new();
    let mut characters = statement.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\'' {
            skeleton.push(character);
            continue;
        }
        loop {
            match characters.next() {
                Some('\\') => {
                    // The database takes the next character with the backslash; the server's lexer does not know that.
                    assert_ne!(characters.next(), Some('\''), "a backslash before a quote: {statement}");
                }
                Some('\'') if characters.peek() == Some(&'\'') => {
                    characters.next();
                }
                Some('\'') => break,
                Some(_) => {}
                None => panic!("an open quote: {statement}"),
            }
        }
        skeleton.push_str("''");
    }
    skeleton
}
