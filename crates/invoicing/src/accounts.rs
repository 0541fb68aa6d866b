//! Which account stands for which rate of VAT. Nothing is defaulted: what is not named has no account.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{Vat, Zone};

/// The sales account of each rate, and accounts without VAT for amounts that are no sale.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VatAccounts {
    rates: BTreeMap<Decimal, u32>,
    abroad: BTreeMap<Zone, u32>,
    free: Vec<u32>,
}

impl VatAccounts {
    /// An account for each rate in percent; `free` are those for roundings and adjustments.
    pub fn new(rates: impl IntoIterator<Item = (Decimal, u32)>, free: impl IntoIterator<Item = u32>) -> Self {
        let rates = rates.into_iter().map(|(rate, account)| (rate.normalize(), account)).collect();
        Self { rates, abroad: BTreeMap::new(), free: free.into_iter().collect() }
    }

    /// With an account for sales without VAT to each of these zones.
    #[must_use]
    pub fn abroad(self, zones: impl IntoIterator<Item = (Zone, u32)>) -> Self {
        Self { abroad: zones.into_iter().collect(), ..self }
    }

    /// The account to post to; `None` where the settings name none for the rate.
    #[must_use]
    pub fn account(&self, vat: Vat) -> Option<u32> {
        match vat {
            Vat::Rate(rate) => self.rates.get(&rate.normalize()).copied(),
            Vat::FreeOn(account) => Some(account),
            Vat::Abroad(zone) => self.abroad.get(&zone).copied(),
        }
    }

    /// The VAT of what is posted to `account`; `None` where the settings do not name it.
    #[must_use]
    pub fn vat(&self, account: u32) -> Option<Vat> {
        let rate = self.rates.iter().find(|(_, known)| **known == account).map(|(rate, _)| Vat::Rate(*rate));
        let zone = self.abroad.iter().find(|(_, known)| **known == account).map(|(zone, _)| Vat::Abroad(*zone));
        rate.or(zone).or_else(|| self.free.contains(&account).then_some(Vat::FreeOn(account)))
    }

    /// The rates that have an account, lowest first.
    pub fn rates(&self) -> impl Iterator<Item = Decimal> + '_ {
        self.rates.keys().copied()
    }
}
