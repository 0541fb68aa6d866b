//! Reads a statement back, by the server's grammar less its traps: bare words and decimals as values, pages above the
//! server's own limit.

use std::str::FromStr;

use super::VtqlError;
use super::condition::{Comparison, Condition, Filter};
use super::literal::{Literal, Pattern, Text};
use super::select::{Columns, Direction, Limit, Select};
use crate::id::{FieldName, ModuleName};

impl FromStr for Select {
    type Err = VtqlError;

    fn from_str(text: &str) -> Result<Self, VtqlError> {
        Parser { text, at: 0 }.statement()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Quoted(String),
    Symbol(&'static str),
    End,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

const SYMBOLS: [&str; 12] = ["<=", ">=", "!=", "=", "<", ">", ",", "(", ")", "*", ";", "-"];

impl<'a> Parser<'a> {
    fn statement(mut self) -> Result<Select, VtqlError> {
        self.keyword("select")?;
        let columns = self.columns()?;
        self.keyword("from")?;
        let module = self.name().and_then(|(at, word)| ModuleName::new(word).map_err(|e| syntax(at, e.to_string())))?;
        let mut select = Select { module, columns, filter: None, order: None, limit: None };
        if self.skip_keyword("where")? {
            select.filter = Some(self.filter()?);
        }
        if self.skip_keyword("order")? {
            self.keyword("by")?;
            select.order = Some(self.order()?);
        }
        if self.skip_keyword("limit")? {
            select.limit = Some(self.limit()?);
        }
        self.symbol(";")?;
        match self.next()? {
            (_, Token::End) => Ok(select),
            (at, found) => Err(unexpected(at, &found, "nothing after the semicolon")),
        }
    }

    fn columns(&mut self) -> Result<Columns, VtqlError> {
        if self.skip_symbol("*")? {
            return Ok(Columns::All);
        }
        if self.skip_keyword("count")? {
            self.symbol("(")?;
            self.symbol("*")?;
            self.symbol(")")?;
            return Ok(Columns::Count);
        }
        Ok(Columns::Named(self.fields()?))
    }

    fn fields(&mut self) -> Result<Vec<FieldName>, VtqlError> {
        let mut fields = vec![self.field()?];
        while self.skip_symbol(",")? {
            fields.push(self.field()?);
        }
        Ok(fields)
    }

    fn field(&mut self) -> Result<FieldName, VtqlError> {
        self.name().and_then(|(at, word)| FieldName::new(word).map_err(|e| syntax(at, e.to_string())))
    }

    fn filter(&mut self) -> Result<Filter, VtqlError> {
        let mut alternatives = vec![vec![self.condition()?]];
        loop {
            if self.skip_keyword("or")? {
                alternatives.push(vec![self.condition()?]);
            } else if self.skip_keyword("and")? {
                let condition = self.condition()?;
                alternatives.last_mut().into_iter().for_each(|requirements| requirements.push(condition.clone()));
            } else {
                return Ok(Filter { alternatives });
            }
        }
    }

    fn condition(&mut self) -> Result<Condition, VtqlError> {
        let field = self.field()?;
        if self.skip_keyword("like")? {
            return match self.next()? {
                (_, Token::Quoted(pattern)) => Ok(Condition::Like(field, Pattern::raw(Text::new(pattern)?))),
                (at, found) => Err(unexpected(at, &found, "a quoted pattern")),
            };
        }
        if self.skip_keyword("in")? {
            self.symbol("(")?;
            let first = self.literal()?;
            let mut rest = Vec::new();
            while self.skip_symbol(",")? {
                rest.push(self.literal()?);
            }
            self.symbol(")")?;
            return Ok(Condition::In(field, first, rest));
        }
        let (at, token) = self.next()?;
        let comparison = match token {
            Token::Symbol("=") => Comparison::Equal,
            Token::Symbol("!=") => Comparison::NotEqual,
            Token::Symbol("<") => Comparison::Less,
            Token::Symbol("<=") => Comparison::AtMost,
            Token::Symbol(">") => Comparison::Greater,
            Token::Symbol(">=") => Comparison::AtLeast,
            found => return Err(unexpected(at, &found, "a comparison")),
        };
        Ok(Condition::Compare(field, comparison, self.literal()?))
    }

    fn literal(&mut self) -> Result<Literal, VtqlError> {
        let negative = self.skip_symbol("-")?;
        match self.next()? {
            (_, Token::Quoted(text)) if !negative => match text.parse() {
                Ok(id) => Ok(Literal::Id(id)),
                Err(_) => Text::new(text).map(Literal::Text),
            },
            (at, Token::Word(word)) => {
                let signed = if negative { format!("-{word}") } else { word.to_owned() };
                if let Ok(number) = signed.parse() {
                    return Ok(Literal::Integer(number));
                }
                // A bare word other than an id reaches the database unquoted, as the name of a column.
                word.parse().map(Literal::Id).map_err(|e| syntax(at, e.to_string()))
            }
            (at, found) => Err(unexpected(at, &found, "a value")),
        }
    }

    fn order(&mut self) -> Result<(Vec<FieldName>, Direction), VtqlError> {
        let fields = self.fields()?;
        if self.skip_keyword("desc")? {
            return Ok((fields, Direction::Descending));
        }
        self.skip_keyword("asc")?;
        Ok((fields, Direction::Ascending))
    }

    fn limit(&mut self) -> Result<Limit, VtqlError> {
        let first = self.whole_number()?;
        if self.skip_symbol(",")? { Limit::new(first, self.whole_number()?) } else { Limit::new(0, first) }
    }

    fn whole_number(&mut self) -> Result<u32, VtqlError> {
        let (at, word) = self.name()?;
        word.parse().map_err(|_| syntax(at, format!("{word:?} is not a number of rows")))
    }

    fn name(&mut self) -> Result<(usize, &'a str), VtqlError> {
        match self.next()? {
            (at, Token::Word(word)) => Ok((at, word)),
            (at, found) => Err(unexpected(at, &found, "a name")),
        }
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), VtqlError> {
        match self.next()? {
            (_, Token::Word(word)) if word.eq_ignore_ascii_case(keyword) => Ok(()),
            (at, found) => Err(unexpected(at, &found, keyword)),
        }
    }

    fn symbol(&mut self, symbol: &'static str) -> Result<(), VtqlError> {
        match self.next()? {
            (_, Token::Symbol(found)) if found == symbol => Ok(()),
            (at, found) => Err(unexpected(at, &found, symbol)),
        }
    }

    fn skip_keyword(&mut self, keyword: &str) -> Result<bool, VtqlError> {
        self.skip(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword)))
    }

    fn skip_symbol(&mut self, symbol: &'static str) -> Result<bool, VtqlError> {
        self.skip(|token| *token == Token::Symbol(symbol))
    }

    fn skip(&mut self, wanted: impl FnOnce(&Token<'a>) -> bool) -> Result<bool, VtqlError> {
        let before = self.at;
        let (_, token) = self.next()?;
        let found = wanted(&token);
        if !found {
            self.at = before;
        }
        Ok(found)
    }

    /// The next token and where it begins.
    fn next(&mut self) -> Result<(usize, Token<'a>), VtqlError> {
        let rest = self.text[self.at..].trim_start_matches([' ', '\t', '\r', '\n']);
        let start = self.text.len() - rest.len();
        if rest.is_empty() {
            self.at = start;
            return Ok((start, Token::End));
        }
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (text, length) = quoted_text(quoted)
                .ok_or_else(|| syntax(start, "the quote is never closed, or a backslash in it is not doubled"))?;
            self.at = start + 1 + length;
            return Ok((start, Token::Quoted(text)));
        }
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            self.at = start + symbol.len();
            return Ok((start, Token::Symbol(symbol)));
        }
        let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        if length == 0 {
            return Err(syntax(start, "a character that can only stand inside quotes"));
        }
        self.at = start + length;
        Ok((start, Token::Word(&rest[..length])))
    }
}

/// What stands between quotes and how many bytes it took, closing quote included. `''` is a quote; a backslash takes the
/// next character with it, as it does in the database.
fn quoted_text(rest: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' => match characters.peek() {
                Some((_, '\'')) => {
                    text.push('\'');
                    characters.next();
                }
                _ => return Some((text, at + 1)),
            },
            '\\' => match characters.next() {
                Some((_, '\\')) => text.push('\\'),
                // Only in LIKE is a lone backslash of use; before a quote it breaks the statement.
                Some((_, taken @ ('%' | '_'))) => text.extend(['\\', taken]),
                _ => return None,
            },
            other => text.push(other),
        }
    }
    None
}

fn syntax(at: usize, reason: impl Into<String>) -> VtqlError {
    VtqlError::Syntax { at, reason: reason.into() }
}

fn unexpected(at: usize, found: &Token<'_>, wanted: &str) -> VtqlError {
    let found = match found {
        Token::Word(word) => format!("{word:?}"),
        Token::Quoted(_) => "a quoted text".to_owned(),
        Token::Symbol(symbol) => format!("{symbol:?}"),
        Token::End => "the end".to_owned(),
    };
    syntax(at, format!("{found} stands where {wanted} should"))
}
