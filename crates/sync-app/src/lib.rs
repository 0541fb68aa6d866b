//! Settings wired into a run.
