//! VTQL, the query language of the API: statements that are right by construction.
//!
//! The grammar is small (fact sheet §4.1): one module, no parentheses, no functions, at most 100 rows. So a condition is
//! always a list of alternatives ([`Filter`], OR), each a list of requirements (AND), and that is how it is built here.
//! Names are checked words, ids are numbers, and everything else stands quoted with quotes and backslashes doubled, so
//! that no value can end its literal.
//!
//! ```
//! use simplycrm_client::vtql::{Condition, Direction, Filter, Select, Text};
//! use simplycrm_client::{FieldName, ModuleName};
//!
//! const NAME: FieldName = FieldName::literal("accountname");
//! let select = Select::from(ModuleName::ACCOUNTS)
//!     .columns([NAME])
//!     .filter(Filter::all(Condition::equal(NAME, Text::new("O'Brien; C:\\")?), []))
//!     .order_by([FieldName::MODIFIED_TIME], Direction::Descending);
//! assert_eq!(
//!     select.to_string(),
//!     r"SELECT accountname,modifiedtime FROM Accounts WHERE accountname = 'O''Brien; C:\\' ORDER BY modifiedtime DESC;"
//! );
//! # Ok::<(), simplycrm_client::vtql::VtqlError>(())
//! ```

mod condition;
mod literal;
mod paging;
mod parse;
mod select;
mod split;

pub use condition::{Comparison, Condition, Filter};
pub use literal::{Literal, Pattern, Text};
pub use paging::KeysetPages;
pub use select::{Columns, Direction, Limit, MAX_ROWS, Select, Vtql};
pub use split::URL_BUDGET;

/// A query that cannot be said in VTQL, or text that is not VTQL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VtqlError {
    /// The language has no empty literal: `''` is an error on the server (fact sheet §4.2).
    #[error("VTQL cannot compare with an empty text; filter for empty values after reading")]
    EmptyText,
    /// Text with a NUL, which no field can hold.
    #[error("VTQL text cannot hold a NUL character")]
    NulText,
    /// A page of no rows, or of more than the server gives.
    #[error("a page has 1 to {MAX_ROWS} rows, not {0}")]
    Limit(u32),
    /// Not a statement of the grammar.
    #[error("not VTQL at byte {at}: {reason}")]
    Syntax {
        /// Where in the text.
        at: usize,
        /// What stands there instead of what.
        reason: String,
    },
}
