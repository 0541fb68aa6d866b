//! A typed client for the Simply CRM (vtiger) webservice API.
