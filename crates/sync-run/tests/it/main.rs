//! The procedure under generated histories, faults and kills, in memory and on a virtual clock.

mod crash;
mod history;
mod pair;
mod properties;
mod world;
