//! What may be done when an answer is lost.

/// Whether an operation may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// It changes nothing.
    Read,
    /// It may have happened, and would happen twice.
    UnsafeWrite,
}
