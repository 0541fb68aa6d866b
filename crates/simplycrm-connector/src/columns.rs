//! How many characters Simply CRM keeps of a field. `describe` does not say, and longer text is cut in silence, so the
//! stock columns are listed here (fact sheet §8). A field that is not listed has no known limit.

/// The most characters of `field` in `module`.
pub(crate) fn max_chars(module: &str, field: &str) -> Option<u32> {
    let table: &[(&str, u32)] = match module {
        "Accounts" => ACCOUNTS,
        "Contacts" => CONTACTS,
        "Products" => PRODUCTS,
        "Services" => SERVICES,
        "Invoice" => INVOICE,
        _ => return None,
    };
    table.iter().find(|(name, _)| *name == field).map(|(_, most)| *most)
}

const ACCOUNTS: &[(&str, u32)] = &[
    ("accountname", 100),
    ("phone", 30),
    ("website", 100),
    ("fax", 30),
    ("tickersymbol", 30),
    ("otherphone", 30),
    ("email1", 100),
    ("email2", 100),
    ("ownership", 50),
    ("siccode", 50),
    ("bill_street", 250),
    ("ship_street", 250),
    ("bill_city", 30),
    ("ship_city", 30),
    ("bill_state", 30),
    ("ship_state", 30),
    ("bill_code", 30),
    ("ship_code", 30),
    ("bill_country", 30),
    ("ship_country", 30),
    ("bill_pobox", 30),
    ("ship_pobox", 30),
];

const CONTACTS: &[(&str, u32)] = &[
    ("firstname", 40),
    ("lastname", 80),
    ("phone", 50),
    ("mobile", 50),
    ("homephone", 50),
    ("otherphone", 50),
    ("title", 50),
    ("fax", 50),
    ("department", 30),
    ("email", 100),
    ("secondaryemail", 100),
    ("assistant", 30),
    ("mailingstreet", 250),
    ("otherstreet", 250),
    ("mailingcity", 40),
    ("othercity", 40),
    ("mailingstate", 30),
    ("mailingzip", 30),
    ("otherzip", 30),
    ("mailingcountry", 40),
    ("othercountry", 30),
    ("mailingpobox", 30),
];

const PRODUCTS: &[(&str, u32)] = &[
    ("productname", 100),
    ("productcode", 40),
    ("website", 100),
    ("mfr_part_no", 200),
    ("vendor_part_no", 200),
    ("serial_no", 200),
    ("productsheet", 200),
    ("usageunit", 200),
];

const INVOICE: &[(&str, u32)] = &[
    ("subject", 100),
    ("customerno", 100),
    ("vtiger_purchaseorder", 200),
    ("bill_street", 250),
    ("ship_street", 250),
    ("bill_city", 30),
    ("bill_code", 30),
    ("bill_country", 30),
];

const SERVICES: &[(&str, u32)] = &[("servicename", 50), ("website", 100), ("service_usageunit", 200)];
