//! The judgement, exhaustively at small scope and by its laws.

mod decisions;
mod exhaustive;
mod judge;
mod small;
