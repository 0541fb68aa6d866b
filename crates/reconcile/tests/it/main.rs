//! The judgement, exhaustively at small scope and by its laws.

mod decisions;
mod exhaustive;
mod generated;
mod judge;
mod small;
