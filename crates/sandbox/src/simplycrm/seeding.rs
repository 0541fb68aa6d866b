//! Filling the CRM as a Danish company would have filled it over the years: the same facts, written in whatever
//! way the person at the keyboard preferred.

use super::SimplyCrm;
use super::hands::EditError;
use crate::seed::minutes_until;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// An organisation to put in. Texts may be empty.
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// Name, up to 100 characters.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub zip: String,
    /// Town.
    pub city: String,
    /// Eight digits, as Danish phone numbers have.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// CVR number, kept where the installation has a field for it.
    pub cvr: String,
    /// EAN number, kept where the installation has a field for it.
    pub ean: String,
}

/// A person to put in.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// First name.
    pub first_name: String,
    /// Last name; the CRM wants one.
    pub last_name: String,
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub zip: String,
    /// Town.
    pub city: String,
    /// Eight digits.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// The place of the person's organisation among the organisations given.
    pub organisation: Option<usize>,
}

/// A product or service to put in.
#[derive(Debug, Clone, Default)]
pub struct Goods {
    /// Name; a service keeps 50 characters of it.
    pub name: String,
    /// Item number, kept in `productcode`, or in a service's own field where there is one.
    pub number: String,
    /// Unit, such as `Stk.` or `Hours`.
    pub unit: String,
    /// Price without tax in DKK.
    pub price: Decimal,
    /// A service rather than a product.
    pub service: bool,
}

/// The ids of what was put in, in the order given.
#[derive(Debug, Clone, Default)]
pub struct Planted {
    /// `Accounts` ids.
    pub organisations: Vec<String>,
    /// `Contacts` ids.
    pub people: Vec<String>,
    /// `Products` and `Services` ids.
    pub goods: Vec<String>,
}

impl SimplyCrm {
    /// Puts records in as a user, one a minute until the given moment. The same lists give the same CRM.
    ///
    /// # Errors
    /// When there is no such user.
    ///
    /// ```
    /// use sandbox::simplycrm::{Organisation, Profile, SimplyCrm};
    ///
    /// let mut crm = SimplyCrm::new(Profile::simply());
    /// let bakery = Organisation { name: "Bageri ApS".into(), phone: "12345678".into(), ..Organisation::default() };
    /// let planted = crm.plant(&[bakery], &[], &[], "mette", chrono::Utc::now()).unwrap();
    /// assert_eq!(crm.record_of(&planted.organisations[0]).unwrap()["accountname"], "Bageri ApS");
    /// ```
    pub fn plant(
        &mut self,
        organisations: &[Organisation],
        people: &[Person],
        goods: &[Goods],
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<Planted, EditError> {
        let mut planted = Planted::default();
        let mut moments = minutes_until(now, organisations.len() + people.len() + goods.len());
        let mut moment = || moments.next().unwrap_or(now);
        for (place, organisation) in organisations.iter().enumerate() {
            planted.organisations.push(self.plant_organisation(organisation, place, user, moment())?);
        }
        for (place, person) in people.iter().enumerate() {
            let employer = person.organisation.and_then(|place| planted.organisations.get(place)).cloned();
            planted.people.push(self.plant_person(person, employer, place, user, moment())?);
        }
        for item in goods {
            planted.goods.push(self.plant_goods(item, user, moment())?);
        }
        Ok(planted)
    }

    /// The name of the custom field with a label, such as `CVR-nr.`, `EAN`, `Dinero guid` or `Varenr.`.
    #[must_use]
    pub fn custom_field(&self, module: &str, label: &str) -> Option<String> {
        let module = self.schema.module(module)?;
        module.fields.iter().find(|field| field.is_custom() && field.label() == label).map(|field| field.name.clone())
    }

    fn plant_organisation(
        &mut self,
        organisation: &Organisation,
        place: usize,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<String, EditError> {
        let phone = spelled(&organisation.phone, place);
        let (cvr, ean) = (self.custom_field("Accounts", "CVR-nr."), self.custom_field("Accounts", "EAN"));
        let mut fields = vec![
            ("accountname", organisation.name.as_str()),
            ("phone", &phone),
            ("email1", &organisation.email),
            ("bill_street", &organisation.street),
            ("bill_code", &organisation.zip),
            ("bill_city", &organisation.city),
            ("bill_country", country(place)),
            ("accounttype", "Customer"),
        ];
        fields.extend(cvr.as_deref().map(|field| (field, organisation.cvr.as_str())));
        fields.extend(ean.as_deref().map(|field| (field, organisation.ean.as_str())));
        self.add("Accounts", &fields, user, now)
    }

    fn plant_person(
        &mut self,
        person: &Person,
        employer: Option<String>,
        place: usize,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<String, EditError> {
        let phone = spelled(&person.phone, place);
        let employer = employer.unwrap_or_default();
        // Some keep the number as a phone, others as a mobile.
        let phone_field = if place.is_multiple_of(3) { "phone" } else { "mobile" };
        let fields = [
            ("firstname", person.first_name.as_str()),
            ("lastname", &person.last_name),
            (phone_field, &phone),
            ("email", &person.email),
            ("mailingstreet", &person.street),
            ("mailingzip", &person.zip),
            ("mailingcity", &person.city),
            ("mailingcountry", country(place + 1)),
            ("account_id", &employer),
        ];
        self.add("Contacts", &fields, user, now)
    }

    fn plant_goods(&mut self, item: &Goods, user: &str, now: DateTime<Utc>) -> Result<String, EditError> {
        let price = item.price.to_string();
        let number_field =
            if item.service { self.custom_field("Services", "Varenr.") } else { Some("productcode".into()) };
        let (module, name, unit) = if item.service {
            ("Services", "servicename", "service_usageunit")
        } else {
            ("Products", "productname", "usageunit")
        };
        let mut fields = vec![(name, item.name.as_str()), (unit, item.unit.as_str()), ("unit_price", &price)];
        fields.extend(number_field.as_deref().map(|field| (field, item.number.as_str())));
        self.add(module, &fields, user, now)
    }
}

/// The country as people write it, or leave it out.
fn country(place: usize) -> &'static str {
    ["Danmark", "DK", "", "Danmark", "Denmark"][place % 5]
}

/// Eight digits in the ways people write phone numbers.
fn spelled(digits: &str, place: usize) -> String {
    if digits.len() != 8 || !digits.is_ascii() {
        return digits.to_owned();
    }
    let pairs: Vec<&str> = (0..4).map(|pair| &digits[pair * 2..pair * 2 + 2]).collect();
    match place % 5 {
        0 => digits.to_owned(),
        1 => pairs.join(" "),
        2 => format!("+45 {}", pairs.join(" ")),
        3 => format!("0045{digits}"),
        _ => format!("+45{digits}"),
    }
}
