//! The procedure under generated histories, faults and kills, in memory and on a virtual clock.
#![expect(clippy::unwrap_used, reason = "a test fails where it finds what cannot be")]

mod applying;
mod audit;
mod books;
mod clock;
mod contract;
mod crash;
mod drift;
mod due;
mod effects;
mod ends;
mod fuse;
mod hearing;
mod history;
mod isolation;
mod kept;
mod lease;
mod pair;
mod paused;
mod properties;
mod recovering;
mod references;
mod scenarios;
mod story;
mod trail;
mod typed;
mod undo;
mod world;
