//! Keeps Simply CRM and Dinero in agreement, with a settings page and a clock.
fn main() {}
