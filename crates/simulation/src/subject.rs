//! What a module adds to histories: where its records stand in both systems, what tells them apart, and what people write
//! in them. The next module is one more entry.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use serde_json::{Value, json};
use sync_model::{RecordKey, Side};

use crate::{credits, sale};

/// The user at the CRM's desk.
pub(crate) const CLERK: &str = "mette";

/// Both systems.
#[derive(Debug)]
pub(crate) struct Systems {
    pub(crate) dinero: Dinero,
    pub(crate) crm: SimplyCrm,
}

/// How a value is made up, written and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Name,
    Street,
    City,
    Phone,
    Price,
    /// A remark.
    Words,
    /// A day.
    Day,
    /// The tag of another thing.
    Tag,
    /// The lines of an invoice, as [`sale`] says them.
    Lines,
}

impl Spelling {
    /// The `n`-th value: no two are the same, so that each tells who typed it.
    pub(crate) fn value(self, n: u64) -> String {
        match self {
            Self::Name => format!("{} {}", word(n), word(n + 7_000)),
            Self::Street => format!("{}vej {}", word(n), n % 90 + 1),
            Self::City => format!("{}by", word(n)),
            Self::Phone => format!("20{:06}", n % 1_000_000),
            Self::Price => format!("{n}.25"),
            Self::Words => format!("{} til {}", word(n), word(n + 3_000)),
            Self::Day => sale::day(n).to_string(),
            // These two name other things, so that a number is not enough.
            Self::Tag | Self::Lines => String::new(),
        }
    }

    /// `value` as somebody at this desk may write it.
    fn written(self, side: Side, value: &str, manner: u64) -> Value {
        match (self, side) {
            (Self::Phone, _) if value.len() == 8 && manner % 2 == 1 => format!("+45 {value}").into(),
            (Self::Price, Side::Left) => serde_json::from_str(value).unwrap_or(Value::Null),
            (_, Side::Left) if value.is_empty() => Value::Null,
            (_, _) => value.into(),
        }
    }

    /// What the journal holds wherever it holds `value`.
    pub(crate) fn traces(self, value: &str) -> Vec<String> {
        match self {
            Self::Lines => sale::lines_of(value).iter().map(|line| line.price.normalize().to_string()).collect(),
            _ => vec![value.to_owned()],
        }
    }

    /// Whether people edit it once it is there.
    pub(crate) fn is_edited(self) -> bool {
        !matches!(self, Self::Day | Self::Tag)
    }

    /// What is left of a value once spelling does not count.
    pub(crate) fn normal(self, text: &str) -> String {
        match self {
            Self::Phone => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                digits[digits.len().saturating_sub(8)..].to_owned()
            }
            Self::Price => text.parse::<Decimal>().map_or_else(|_| text.to_owned(), |it| it.normalize().to_string()),
            Self::Name | Self::Street | Self::City | Self::Words | Self::Day | Self::Tag | Self::Lines => {
                text.trim().to_owned()
            }
        }
    }
}

/// A word that no other number gives.
fn word(n: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "de", "fi", "go", "hu", "jy", "ka", "le", "mi", "no", "pu", "ry", "sa", "te", "vi", "bo", "du", "fy",
        "ga", "he", "ji", "ko", "lu", "my", "na", "pe", "ri", "so", "tu", "vy", "be", "di",
    ];
    let spread = n.wrapping_mul(0x9E_3779) & 0xF_FFFF;
    let word: String = (0..4).map(|at| SYLLABLES[usize::try_from(spread >> (at * 5) & 31).unwrap_or(0)]).collect();
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// One field of a subject, under the names of both systems.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    own: [&'static str; 2],
    pub(crate) spelling: Spelling,
    /// Whether people empty it, and that travels.
    pub(crate) clears: bool,
}

impl Attribute {
    pub(crate) fn own(&self, side: Side) -> &'static str {
        self.own[side as usize]
    }
}

/// Where Dinero keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shelf {
    Contacts { person: bool },
    Products,
    Invoices,
}

/// What a module adds.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) module: &'static str,
    shelf: Shelf,
    /// The CRM's module.
    crm: &'static str,
    /// The field that identifies a thing on each side. Nobody edits it.
    tag: [&'static str; 2],
    pub(crate) attributes: &'static [Attribute],
}

const fn attribute(
    name: &'static str,
    dinero: &'static str,
    crm: &'static str,
    spelling: Spelling,
    clears: bool,
) -> Attribute {
    Attribute { name, own: [dinero, crm], spelling, clears }
}

pub(crate) static SUBJECTS: [Subject; 4] = [
    Subject {
        module: "organisations",
        shelf: Shelf::Contacts { person: false },
        crm: "Accounts",
        tag: ["Email", "email1"],
        attributes: &[
            attribute("name", "Name", "accountname", Spelling::Name, false),
            attribute("street", "Street", "bill_street", Spelling::Street, true),
            attribute("city", "City", "bill_city", Spelling::City, true),
            attribute("phone", "Phone", "phone", Spelling::Phone, true),
        ],
    },
    Subject {
        module: "contacts",
        shelf: Shelf::Contacts { person: true },
        crm: "Contacts",
        tag: ["Email", "email"],
        attributes: &[
            attribute("street", "Street", "mailingstreet", Spelling::Street, true),
            attribute("city", "City", "mailingcity", Spelling::City, true),
            attribute("phone", "Phone", "phone", Spelling::Phone, true),
        ],
    },
    Subject {
        module: "products",
        shelf: Shelf::Products,
        crm: "Products",
        tag: ["ProductNumber", "productcode"],
        attributes: &[
            attribute("name", "Name", "productname", Spelling::Name, false),
            attribute("price", "BaseAmountValue", "unit_price", Spelling::Price, false),
        ],
    },
    Subject {
        module: "invoices",
        shelf: Shelf::Invoices,
        crm: "Invoice",
        tag: ["Description", "subject"],
        attributes: &[
            attribute("customer", "ContactGuid", "account_id", Spelling::Tag, false),
            attribute("date", "Date", "invoicedate", Spelling::Day, false),
            attribute("lines", "ProductLines", "LineItems", Spelling::Lines, false),
            attribute("comment", "Comment", "description", Spelling::Words, true),
        ],
    },
];

/// A living record of a thing.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) id: String,
    /// What it holds, in normal form.
    pub(crate) values: BTreeMap<&'static str, String>,
}

impl Subject {
    /// The kind that a side keeps it in, as records call it.
    pub(crate) fn kind(&self, side: Side) -> &'static str {
        match (side, self.shelf) {
            (Side::Left, Shelf::Contacts { .. }) => "contact",
            (Side::Left, Shelf::Products) => "product",
            (Side::Left, Shelf::Invoices) => "invoice",
            (Side::Right, _) => self.crm,
        }
    }

    pub(crate) fn key(&self, side: Side, id: &str) -> RecordKey {
        RecordKey::new(self.kind(side), id)
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The tag that a record of ours carries, where `kind` is this subject's.
    pub(crate) fn tag_of(&self, side: Side, record: &Value) -> Option<String> {
        let person = text(record, "IsPerson") == "true";
        let fits = match (side, self.shelf) {
            (Side::Left, Shelf::Contacts { person: wanted }) => person == wanted,
            (Side::Left, Shelf::Products | Shelf::Invoices) | (Side::Right, _) => true,
        };
        Some(text(record, self.tag[side as usize]).to_lowercase()).filter(|tag| fits && !tag.is_empty())
    }

    pub(crate) fn is_of_invoices(&self) -> bool {
        self.shelf == Shelf::Invoices
    }

    /// The living records of the thing with `tag` on `side`.
    pub(crate) fn found(&self, systems: &Systems, side: Side, tag: &str) -> Vec<Found> {
        let records = match (side, self.shelf) {
            (Side::Left, Shelf::Contacts { .. }) => systems.dinero.contacts(),
            (Side::Left, Shelf::Products) => systems.dinero.products(),
            // What an invoice holds does not hang on the day.
            (Side::Left, Shelf::Invoices) => systems.dinero.invoices(DateTime::UNIX_EPOCH),
            (Side::Right, _) => systems.crm.records(self.crm),
        };
        let id = match (side, self.shelf) {
            (Side::Left, Shelf::Contacts { .. }) => "ContactGuid",
            (Side::Left, Shelf::Products) => "ProductGuid",
            (Side::Left, Shelf::Invoices) => "Guid",
            (Side::Right, _) => "id",
        };
        let notes = |record: &&Value| side == Side::Right && self.is_of_invoices() && credits::is_credit_note(record);
        let of_tag =
            records.iter().filter(|record| !notes(record) && self.tag_of(side, record).as_deref() == Some(tag));
        of_tag
            .map(|record| {
                let value = |attribute: &Attribute| match self.shelf {
                    Shelf::Invoices => sale::read(systems, side, record, attribute.own(side)),
                    _ => attribute.spelling.normal(&text(record, attribute.own(side))),
                };
                let values = self.attributes.iter().map(|attribute| (attribute.name, value(attribute))).collect();
                Found { id: text(record, id), values }
            })
            .collect()
    }

    /// A person makes a record with these values, and gets its id.
    pub(crate) fn make(
        &self,
        systems: &mut Systems,
        side: Side,
        tag: &str,
        values: &[(&'static Attribute, String)],
        now: DateTime<Utc>,
    ) -> Option<String> {
        if self.is_of_invoices() {
            let value = |name: &str| {
                values.iter().find(|(attribute, _)| attribute.name == name).map_or("", |(_, value)| value.as_str())
            };
            let [customer, date, lines, comment] = ["customer", "date", "lines", "comment"].map(value);
            return sale::make(systems, side, &sale::Written { tag, customer, date, lines, comment }, now);
        }
        let named = values.iter().map(|(attribute, value)| {
            let manner = u64::try_from(value.len() + tag.len()).unwrap_or(0);
            (attribute.own(side), attribute.spelling.written(side, value, manner))
        });
        let mut fields: Vec<(&str, Value)> = named.collect();
        fields.push((self.tag[side as usize], tag.into()));
        match (side, self.shelf) {
            (Side::Left, Shelf::Contacts { person }) => {
                fields.extend([("CountryKey", "DK".into()), ("IsPerson", person.into())]);
                if person {
                    fields.push(("Name", person_name(tag).join(" ").into()));
                }
                Some(systems.dinero.add_contact(&fields, now))
            }
            (Side::Left, Shelf::Products) => {
                fields.extend([("Quantity", json!(1)), ("AccountNumber", json!(1000)), ("Unit", "parts".into())]);
                Some(systems.dinero.add_product(&fields, now))
            }
            (Side::Left, Shelf::Invoices) => None,
            (Side::Right, shelf) => {
                if shelf == (Shelf::Contacts { person: true }) {
                    let [first, last] = person_name(tag);
                    fields.extend([("firstname", first.into()), ("lastname", last.into())]);
                }
                let texts: Vec<(&str, String)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str().unwrap_or_default().to_owned())).collect();
                let borrowed: Vec<(&str, &str)> = texts.iter().map(|(name, value)| (*name, value.as_str())).collect();
                systems.crm.add(self.crm, &borrowed, CLERK, now).ok()
            }
        }
    }

    /// A person writes one field of a record. `false` when there is no such record any more.
    pub(crate) fn edit(
        &self,
        systems: &mut Systems,
        side: Side,
        id: &str,
        attribute: &Attribute,
        value: &str,
        now: DateTime<Utc>,
    ) -> bool {
        if self.is_of_invoices() {
            return sale::write(systems, side, id, attribute.own(side), value, now);
        }
        let manner = u64::try_from(value.len() + id.len()).unwrap_or(0);
        let written = attribute.spelling.written(side, value, manner);
        self.write(systems, side, id, attribute.own(side), written, now)
    }

    /// A person writes into a record what the other system has no word for.
    pub(crate) fn poison(&self, systems: &mut Systems, id: &str, now: DateTime<Utc>) -> bool {
        self.shelf == (Shelf::Contacts { person: false })
            && self.write(systems, Side::Right, id, "bill_country", "Atlantis".into(), now)
    }

    fn write(&self, systems: &mut Systems, side: Side, id: &str, own: &str, value: Value, now: DateTime<Utc>) -> bool {
        match (side, self.shelf) {
            (Side::Left, Shelf::Contacts { .. }) => systems.dinero.edit_contact(id, &[(own, value)], now),
            (Side::Left, Shelf::Products) => systems.dinero.edit_product(id, &[(own, value)], now),
            (Side::Left, Shelf::Invoices) => systems.dinero.edit_sale(id, &[(own, value)], now).is_ok(),
            (Side::Right, _) => {
                let text = value.as_str().unwrap_or_default();
                systems.crm.edit(id, &[(own, text)], CLERK, now).is_ok()
            }
        }
    }

    /// A person deletes a record.
    pub(crate) fn remove(&self, systems: &mut Systems, side: Side, id: &str, now: DateTime<Utc>) -> bool {
        match (side, self.shelf) {
            (Side::Left, Shelf::Contacts { .. }) => systems.dinero.remove_contact(id, now),
            (Side::Left, Shelf::Products) => {
                let gone = now.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
                systems.dinero.edit_product(id, &[("DeletedAt", gone.into())], now)
            }
            (Side::Left, Shelf::Invoices) => systems.dinero.remove_sale(id, now).is_ok(),
            (Side::Right, _) => systems.crm.remove(id, CLERK, now).is_ok(),
        }
    }
}

/// A person's name, the same on both sides.
fn person_name(tag: &str) -> [String; 2] {
    let number = tag.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    [word(number), word(number >> 20)]
}

/// A field as text, whichever case its name is in.
pub(crate) fn text(record: &Value, field: &str) -> String {
    let fields = record.as_object().into_iter().flatten();
    match fields.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, value)| value) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}
