//! Stateful stand-ins for Dinero and Simply CRM.
