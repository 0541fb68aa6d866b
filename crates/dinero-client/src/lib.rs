//! A typed client for the Dinero accounting API.
