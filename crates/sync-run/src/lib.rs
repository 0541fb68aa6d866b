//! The procedure: gather, plan, apply, settle, through ports.
