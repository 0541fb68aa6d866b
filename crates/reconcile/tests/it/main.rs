//! The judgement, exhaustively at small scope and by its laws.

mod books;
mod decisions;
mod exhaustive;
mod explaining;
mod failing;
mod firm;
mod generated;
mod given;
mod guards;
mod invoices;
mod judge;
mod matching;
mod pairs;
mod planning;
mod references;
mod scene;
mod small;
mod undoing;
