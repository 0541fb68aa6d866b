//! Dinero as records.
