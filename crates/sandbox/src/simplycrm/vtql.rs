//! The query language: lexer and parser (fact sheet §4.1, recordings query and query-escaping).
//!
//! The lexer is asked for one token at a time, because an error of the lexer behind an error of the parser
//! must not be seen first.

use super::failure::Failure;

/// A query that parses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    pub(crate) columns: Columns,
    pub(crate) module: String,
    /// Alternatives of conditions that hold together: AND binds tighter than OR.
    pub(crate) condition: Vec<Vec<Condition>>,
    pub(crate) order: Vec<String>,
    /// The direction, which belongs to the last field only.
    pub(crate) descending: bool,
    pub(crate) limit: Option<(i64, i64)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Columns {
    All,
    Count,
    Named(Vec<String>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub(crate) field: String,
    pub(crate) operator: Operator,
    pub(crate) values: Vec<Literal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    In,
}

/// A value as written: between quotes (still escaped), or bare.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Quoted(String),
    Bare(String),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Operator(Operator),
    Mark(char),
    End,
}

struct Parser<'a> {
    rest: &'a str,
    line: usize,
    peeked: Option<Token>,
}

/// Parses a whole statement.
pub(crate) fn parse(text: &str) -> Result<Query, Failure> {
    let mut parser = Parser { rest: text, line: 1, peeked: None };
    parser.keyword("select", "SELECT")?;
    let columns = parser.columns()?;
    parser.keyword("from", "FRM")?;
    let module = parser.word("TABLENAME")?;
    let condition = if parser.take_keyword("where")? { parser.condition()? } else { Vec::new() };
    let (mut order, mut descending) = (Vec::new(), false);
    if parser.take_keyword("order")? {
        parser.keyword("by", "BY")?;
        order = parser.names()?;
        descending = parser.take_keyword("desc")?;
        if !descending {
            parser.take_keyword("asc")?;
        }
    }
    let limit = if parser.take_keyword("limit")? { Some(parser.limit()?) } else { None };
    parser.mark(';', "SEMICOLON")?;
    match parser.next()? {
        Token::End => Ok(Query { columns, module, condition, order, descending, limit }),
        token => Err(parser.unexpected(&token, "")),
    }
}

impl Parser<'_> {
    fn columns(&mut self) -> Result<Columns, Failure> {
        if self.take_mark('*')? {
            return Ok(Columns::All);
        }
        let first = self.word("COLUMNNAME")?;
        if first.eq_ignore_ascii_case("count") && self.take_mark('(')? {
            self.mark('*', "ASTERISK")?;
            self.mark(')', "PARENCLOSE")?;
            return Ok(Columns::Count);
        }
        let mut names = vec![first];
        while self.take_mark(',')? {
            names.push(self.word("COLUMNNAME")?);
        }
        Ok(Columns::Named(names))
    }

    fn condition(&mut self) -> Result<Vec<Vec<Condition>>, Failure> {
        let mut alternatives = vec![vec![self.comparison()?]];
        loop {
            if self.take_keyword("and")? {
                let next = self.comparison()?;
                alternatives.last_mut().into_iter().for_each(|together| together.push(next.clone()));
            } else if self.take_keyword("or")? {
                alternatives.push(vec![self.comparison()?]);
            } else {
                return Ok(alternatives);
            }
        }
    }

    fn comparison(&mut self) -> Result<Condition, Failure> {
        let field = self.word("COLUMNNAME")?;
        let expected = "EQ,LT,GT,LTE,GTE,NE,IN,LIKE";
        let operator = match self.next()? {
            Token::Operator(operator) => operator,
            Token::Word(word) if word.eq_ignore_ascii_case("like") => Operator::Like,
            Token::Word(word) if word.eq_ignore_ascii_case("in") => Operator::In,
            token => return Err(self.unexpected(&token, expected)),
        };
        if operator != Operator::In {
            return Ok(Condition { field, operator, values: vec![self.value()?] });
        }
        self.mark('(', "PARENOPEN")?;
        let mut values = vec![self.value()?];
        while self.take_mark(',')? {
            values.push(self.value()?);
        }
        self.mark(')', "PARENCLOSE")?;
        Ok(Condition { field, operator, values })
    }

    fn value(&mut self) -> Result<Literal, Failure> {
        match self.next()? {
            Token::Quoted(text) => Ok(Literal::Quoted(text)),
            Token::Word(text) => Ok(Literal::Bare(text)),
            token => Err(self.unexpected(&token, "VALUE")),
        }
    }

    fn names(&mut self) -> Result<Vec<String>, Failure> {
        let mut names = vec![self.word("COLUMNNAME")?];
        while self.take_mark(',')? {
            names.push(self.word("COLUMNNAME")?);
        }
        Ok(names)
    }

    fn limit(&mut self) -> Result<(i64, i64), Failure> {
        let first = self.integer()?;
        Ok(if self.take_mark(',')? { (first, self.integer()?) } else { (0, first) })
    }

    fn integer(&mut self) -> Result<i64, Failure> {
        let word = self.word("VALUE")?;
        word.parse().map_err(|_| self.unexpected(&Token::Word(word), "VALUE"))
    }

    fn word(&mut self, expected: &str) -> Result<String, Failure> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            token => Err(self.unexpected(&token, expected)),
        }
    }

    fn keyword(&mut self, keyword: &str, expected: &str) -> Result<(), Failure> {
        if self.take_keyword(keyword)? {
            return Ok(());
        }
        let token = self.next()?;
        Err(self.unexpected(&token, expected))
    }

    fn mark(&mut self, mark: char, expected: &str) -> Result<(), Failure> {
        if self.take_mark(mark)? {
            return Ok(());
        }
        let token = self.next()?;
        Err(self.unexpected(&token, expected))
    }

    fn take_keyword(&mut self, keyword: &str) -> Result<bool, Failure> {
        let found = matches!(self.peek()?, Token::Word(word) if word.eq_ignore_ascii_case(keyword));
        if found {
            self.peeked = None;
        }
        Ok(found)
    }

    fn take_mark(&mut self, mark: char) -> Result<bool, Failure> {
        let found = *self.peek()? == Token::Mark(mark);
        if found {
            self.peeked = None;
        }
        Ok(found)
    }

    fn peek(&mut self) -> Result<&Token, Failure> {
        let token = match self.peeked.take() {
            Some(token) => token,
            None => self.lex()?,
        };
        Ok(self.peeked.insert(token))
    }

    fn next(&mut self) -> Result<Token, Failure> {
        match self.peeked.take() {
            Some(token) => Ok(token),
            None => self.lex(),
        }
    }

    /// The next token; what the lexer does not know throws in the server.
    fn lex(&mut self) -> Result<Token, Failure> {
        let trimmed = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.line += self.rest[..self.rest.len() - trimmed.len()].matches('\n').count();
        self.rest = trimmed;
        let Some(first) = self.rest.chars().next() else { return Ok(Token::End) };
        let (token, length) = match first {
            '*' | ',' | '(' | ')' | ';' => (Token::Mark(first), 1),
            '\'' => quoted(self.rest).ok_or_else(Failure::internal)?,
            '+' | '-' => {
                let digits = self.rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 {
                    return Err(Failure::internal());
                }
                (Token::Word(self.rest[..=digits].to_owned()), digits + 1)
            }
            _ => operator(self.rest).or_else(|| word(self.rest)).ok_or_else(Failure::internal)?,
        };
        self.rest = &self.rest[length..];
        Ok(token)
    }

    fn unexpected(&self, token: &Token, expected: &str) -> Failure {
        let (shown, name) = match token {
            Token::Word(word) => (word.clone(), "VALUE"),
            Token::Quoted(text) => (format!("'{text}'"), "VALUE"),
            Token::Mark(',') => (",".into(), "COMMA"),
            Token::Mark('(') => ("(".into(), "PARENOPEN"),
            Token::Mark(')') => (")".into(), "PARENCLOSE"),
            Token::Mark('*') => ("*".into(), "ASTERISK"),
            Token::Mark(mark) => (mark.to_string(), "SEMICOLON"),
            Token::Operator(Operator::Greater) => (">".into(), "GT"),
            Token::Operator(operator) => (format!("{operator:?}"), "EQ"),
            Token::End => ("0".into(), "End of Input"),
        };
        Failure::new(
            "QUERY_SYNTAX_ERROR",
            format!(
                "Syntax Error on line {}: token '{shown}' Unexpected {name}({shown}), expected one of: {expected}",
                self.line
            ),
        )
    }
}

/// A literal: at least one character, a quote inside doubled. The empty one does not lex.
fn quoted(text: &str) -> Option<(Token, usize)> {
    let mut place = 1;
    loop {
        place += text[place..].find('\'')?;
        if !text[place..].starts_with("''") {
            return (place > 1).then(|| (Token::Quoted(text[1..place].to_owned()), place + 1));
        }
        place += 2;
    }
}

fn operator(text: &str) -> Option<(Token, usize)> {
    [
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("!=", Operator::NotEqual),
        ("=", Operator::Equal),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ]
    .into_iter()
    .find(|(sign, _)| text.starts_with(sign))
    .map(|(sign, operator)| (Token::Operator(operator), sign.len()))
}

fn word(text: &str) -> Option<(Token, usize)> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    (length > 0).then(|| (Token::Word(text[..length].to_owned()), length))
}
