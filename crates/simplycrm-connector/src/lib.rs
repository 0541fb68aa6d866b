//! Simply CRM as records.
