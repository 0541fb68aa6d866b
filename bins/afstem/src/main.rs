//! Keeps Simply CRM and Dinero in agreement, from the command line.
fn main() {}
