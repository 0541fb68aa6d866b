//! Accounts, VAT types and accounting years (fact sheet §6.6, §7.7). VAT follows the account alone.
//!
//! Known: the shapes, that a list shows what was asked for, and that booking into the year after the last one makes that
//! year. Not known: what a second account of the same number answers (here 400), and whether a period can be closed in a way
//! that the API shows (here [`Dinero::closed_until`](super::Dinero::closed_until), which no answer tells of).

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use http::Method;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::body::{Reader, object, refuse_if};
use super::money::amount;
use super::{Answer, Call, Dinero, Failure, list};

const ENTRY: [&str; 8] = [
    "AccountNumber",
    "PublicStandardNumber",
    "Name",
    "VatCode",
    "Category",
    "CategoryName",
    "IsHidden",
    "IsDefaultSalesAccount",
];
const DEPOSIT: [&str; 9] = [
    "AccountNumber",
    "PublicStandardNumber",
    "Name",
    "IsDefault",
    "IsHidden",
    "BankRegistrationNumber",
    "BankAccountNumber",
    "BankSwiftNumber",
    "BankIbanNumber",
];

/// A kind of VAT.
#[derive(Debug, Clone)]
pub(super) struct VatType {
    code: String,
    name: String,
    /// A fraction.
    rate: Decimal,
}

/// The kinds of VAT of a new organisation.
pub(super) fn vat_types() -> Vec<VatType> {
    let known = [("U25", "Salgsmoms 25%"), ("I25", "Købsmoms 25%")];
    known.map(|(code, name)| VatType { code: code.to_owned(), name: name.to_owned(), rate: Decimal::new(25, 2) }).into()
}

/// An account that entries are made on.
#[derive(Debug, Clone)]
pub(super) struct Account {
    number: i64,
    pub(super) name: String,
    vat_code: Option<String>,
    category: &'static str,
}

/// An account that payments go to.
#[derive(Debug, Clone)]
pub(super) struct DepositAccount {
    number: i64,
    name: String,
    bank: [Option<String>; 4],
}

/// The chart of a new organisation.
pub(super) fn chart() -> Vec<Account> {
    let account = |number, name: &str, vat_code: Option<&str>| Account {
        number,
        name: name.to_owned(),
        vat_code: vat_code.map(str::to_owned),
        category: "Turnover",
    };
    vec![
        account(1000, "Salg af varer/ydelser m/moms", Some("U25")),
        account(1100, "Salg af varer/ydelser u/moms", None),
        account(1350, "Fragt m/moms", Some("U25")),
    ]
}

/// The deposit accounts of a new organisation.
pub(super) fn deposits() -> Vec<DepositAccount> {
    let account = |number, name: &str| DepositAccount { number, name: name.to_owned(), bank: Default::default() };
    vec![account(55000, "Bankkonto"), account(55010, "Kasse")]
}

impl Dinero {
    /// A person makes a sales account in Dinero, with a VAT code or without VAT.
    pub fn add_account(&mut self, number: i64, name: &str, vat_code: Option<&str>) {
        let vat_code = vat_code.map(str::to_owned);
        self.accounts.push(Account { number, name: name.to_owned(), vat_code, category: "Turnover" });
        self.accounts.sort_by_key(|account| account.number);
    }

    /// The organisation gets a kind of VAT of its own, with its rate as a fraction.
    pub fn add_vat_type(&mut self, code: &str, name: &str, rate: Decimal) {
        self.vat_types.push(VatType { code: code.to_owned(), name: name.to_owned(), rate });
    }

    pub(super) fn account_route(&mut self, call: &Call<'_>, rest: &[&str]) -> Answer {
        match (call.method, rest) {
            (&Method::GET, ["entry"]) => {
                Ok(Some(self.entry_accounts(call, "AccountNumber,Name,IsHidden", 0..=i64::MAX)))
            }
            (&Method::GET, ["purchase"]) => {
                let default = "AccountNumber,Name,VatCode,Category,CategoryName,IsHidden";
                Ok(Some(self.entry_accounts(call, default, 2000..=9399)))
            }
            (&Method::POST, ["entry"]) => self.create_account(call),
            (&Method::GET, ["deposit"]) => Ok(Some(self.deposit_accounts(call))),
            (&Method::POST, ["deposit"]) => self.create_deposit_account(call),
            _ => Err(Failure::no_route()),
        }
    }

    /// The account with a number.
    pub(super) fn account(&self, number: i64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.number == number)
    }

    /// The VAT of what is sold on an account, as a fraction. An organisation without VAT has none on any.
    pub(super) fn rate(&self, account: &Account) -> Decimal {
        let code = account.vat_code.as_deref().filter(|_| !self.is_vat_free);
        code.and_then(|code| self.vat_type(code)).map_or(Decimal::ZERO, |known| known.rate)
    }

    fn vat_type(&self, code: &str) -> Option<&VatType> {
        self.vat_types.iter().find(|known| known.code == code)
    }

    pub(super) fn shown_vat_types(&self) -> Value {
        let shown =
            |known: &VatType| json!({ "VatCode": known.code, "Name": known.name, "VatRate": amount(known.rate) });
        self.vat_types.iter().map(shown).collect()
    }

    pub(super) fn is_deposit_account(&self, number: i64) -> bool {
        self.deposits.iter().any(|account| account.number == number)
    }

    /// The account that payments go to unless they say otherwise.
    pub(super) fn default_deposit(&self) -> Option<i64> {
        self.deposits.first().map(|account| account.number)
    }

    /// The accounting years, from the earliest: those that were given, or this calendar year and the one before.
    fn years(&self, now: DateTime<Utc>) -> Vec<(NaiveDate, NaiveDate)> {
        if !self.years.is_empty() {
            return self.years.clone();
        }
        let calendar = |year| Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?));
        [now.year() - 1, now.year()].into_iter().filter_map(calendar).collect()
    }

    pub(super) fn accounting_years(&self, now: DateTime<Utc>) -> Value {
        let year = |(from, to): (NaiveDate, NaiveDate)| {
            let name = if from.year() == to.year() {
                from.year().to_string()
            } else {
                format!("{}/{}", from.year(), to.year())
            };
            json!({ "Name": name, "FromDate": from, "ToDate": to, "SalarySumTaxStateEnum": "None" })
        };
        self.years(now).into_iter().map(year).collect()
    }

    /// Lets an entry be made on a date, or says why not. The year after the last one is made when it is needed.
    pub(super) fn open_period(&mut self, date: NaiveDate, now: DateTime<Utc>) -> Result<(), &'static str> {
        if self.closed_until.is_some_and(|until| date <= until) {
            return Err("lies in a closed period");
        }
        let mut years = self.years(now);
        if years.iter().any(|(from, to)| (*from..=*to).contains(&date)) {
            return Ok(());
        }
        let next = years.last().and_then(|(_, to)| {
            let from = to.checked_add_days(Days::new(1))?;
            Some((from, from.with_year(from.year() + 1)?.pred_opt()?))
        });
        match next {
            Some((from, to)) if (from..=to).contains(&date) => {
                years.push((from, to));
                self.years = years;
                Ok(())
            }
            Some(_) | None => Err("lies in no accounting year"),
        }
    }

    fn entry_accounts(&mut self, call: &Call<'_>, default: &str, numbers: std::ops::RangeInclusive<i64>) -> Value {
        let fields = call.parameter("fields").unwrap_or(default);
        self.note_unknown("accounts", fields, &ENTRY);
        let categories = call.parameter("categoryFilter").unwrap_or_default();
        let wanted = |account: &&Account| {
            let mut named = categories.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
            numbers.contains(&account.number) && (named.peek().is_none() || named.any(|name| name == account.category))
        };
        self.accounts.iter().filter(wanted).map(|account| list::echo(&account.shown(), fields)).collect()
    }

    fn deposit_accounts(&mut self, call: &Call<'_>) -> Value {
        let fields = call.parameter("fields").unwrap_or("AccountNumber,Name");
        self.note_unknown("accounts", fields, &DEPOSIT);
        let default = self.default_deposit();
        self.deposits.iter().map(|account| list::echo(&account.shown(default), fields)).collect()
    }

    fn create_account(&mut self, call: &Call<'_>) -> Answer {
        let names = ["Number", "PublicStandardNumber", "Name", "VatCode"];
        let sent = self.known_body(call, "POST accounts", &names)?;
        let mut reader = Reader::new(&sent, String::new());
        let (number, name, code) = (reader.whole("Number"), reader.text("Name"), reader.text("VatCode"));
        let number = self.free_number(&mut reader, number);
        if name.is_none() {
            reader.refuse("Name", "must not be empty");
        }
        let free = code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case("none"));
        if !free && code.as_deref().is_none_or(|code| self.vat_type(code).is_none()) {
            reader.refuse("VatCode", "is no VAT code");
        }
        refuse_if(&reader.end())?;
        self.add_account(number, &name.unwrap_or_default(), code.as_deref().filter(|_| !free));
        Ok(None)
    }

    fn create_deposit_account(&mut self, call: &Call<'_>) -> Answer {
        let bank = ["RegistrationNumber", "AccountNumber", "SwiftNumber", "IbanNumber"];
        let names: Vec<&str> = ["Number", "PublicStandardNumber", "Name"].into_iter().chain(bank).collect();
        let sent = self.known_body(call, "POST accounts", &names)?;
        let mut reader = Reader::new(&sent, String::new());
        let (number, name) = (reader.whole("Number"), reader.text("Name"));
        let number = self.free_number(&mut reader, number);
        if name.is_none() {
            reader.refuse("Name", "must not be empty");
        }
        let bank = bank.map(|field| reader.text(field));
        refuse_if(&reader.end())?;
        self.deposits.push(DepositAccount { number, name: name.unwrap_or_default(), bank });
        Ok(None)
    }

    fn free_number(&self, reader: &mut Reader<'_>, number: Option<i64>) -> i64 {
        let number = number.unwrap_or(0);
        if number <= 0 || self.account(number).is_some() || self.is_deposit_account(number) {
            reader.refuse("Number", "is taken, or is no account number");
        }
        number
    }

    /// The body as an object. Names that do not exist are dropped without a word, and noted for whoever tests.
    pub(super) fn known_body(
        &mut self,
        call: &Call<'_>,
        place: &str,
        known: &[&str],
    ) -> Result<Map<String, Value>, Failure> {
        let (sent, unknown) = object(call, known)?;
        self.unknown_names.extend(unknown.into_iter().map(|name| format!("{place}: {name}")));
        Ok(sent)
    }

    /// Notes the names of `fields` that do not exist.
    pub(super) fn note_unknown(&mut self, place: &str, fields: &str, known: &[&str]) {
        let names: Vec<String> = list::unknown(fields, known).map(|name| format!("{place}?fields={name}")).collect();
        self.unknown_names.extend(names);
    }
}

impl Account {
    fn shown(&self) -> Map<String, Value> {
        let values = [
            self.number.into(),
            Value::Null,
            self.name.clone().into(),
            self.vat_code.clone().into(),
            self.category.into(),
            "Omsætning".into(),
            false.into(),
            (self.number == 1000).into(),
        ];
        ENTRY.into_iter().map(str::to_owned).zip(values).collect()
    }
}

impl DepositAccount {
    fn shown(&self, default: Option<i64>) -> Map<String, Value> {
        let [registration, account, swift, iban] = self.bank.clone();
        let values = [
            self.number.into(),
            Value::Null,
            self.name.clone().into(),
            (Some(self.number) == default).into(),
            false.into(),
            registration.into(),
            account.into(),
            swift.into(),
            iban.into(),
        ];
        DEPOSIT.into_iter().map(str::to_owned).zip(values).collect()
    }
}
