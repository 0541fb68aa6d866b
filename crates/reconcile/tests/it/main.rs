//! The judgement, exhaustively at small scope and by its laws.

mod judge;
