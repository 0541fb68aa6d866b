//! A side's own fields and how they are translated.

/// A side's own fields and how they are translated.
#[derive(Debug, Clone)]
pub(crate) struct Binding {}
