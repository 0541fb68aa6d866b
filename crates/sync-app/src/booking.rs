//! Booking, sending and payments: what would happen, shown first, and exactly that carried out.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sync_run::{DueInvoice, Effect, Order, SendWay, Summary};

use crate::reference::ModuleName;
use crate::{App, AppError, Language, Say};

impl App {
    /// What would be booked, sent and registered now, as far as the settings allow it. Nothing is written anywhere.
    ///
    /// # Errors
    /// [`AppError::NoSuchModule`] where invoices take no part; otherwise as [`plan`](Self::plan).
    pub async fn due_invoices(&self) -> Result<Vec<DueInvoice>, AppError> {
        let order = self.order(&[self.invoices()?]);
        Ok(self.engine().await?.due(self.rules(), &order).await?)
    }

    /// Carries out what was shown, each at most once; an invoice that moved on since is left alone.
    ///
    /// # Errors
    /// As [`due_invoices`](Self::due_invoices) and [`sync`](Self::sync).
    pub async fn carry_out(&self, agreed: Arc<[DueInvoice]>) -> Result<Summary, AppError> {
        let order = Order { effects: true, agreed: Some(agreed), ..self.order(&[self.invoices()?]) };
        Ok(self.engine().await?.sync(self.rules(), &order).await?)
    }

    /// Whether the settings allow anything to happen to invoices for good.
    #[must_use]
    pub fn may_have_effects(&self) -> bool {
        let invoices = &self.settings().invoices;
        self.takes_part("invoices") && (invoices.book || invoices.send || invoices.payments)
    }

    fn invoices(&self) -> Result<ModuleName, AppError> {
        ModuleName::parse("invoices", &self.settings().sync.modules)
    }
}

impl Say for Effect {
    fn say(&self, language: Language) -> String {
        let pick = |da: &str, en: &str| language.pick(da, en).to_owned();
        match self {
            Self::Book => pick("bogføres", "is booked"),
            Self::Send { way: SendWay::Mail } => pick("sendes med e-mail", "is sent by e-mail"),
            Self::Send { way: SendWay::Electronic { order_reference: None } } => {
                pick("sendes elektronisk til EAN-nummeret", "is sent electronically to the EAN number")
            }
            Self::Send { way: SendWay::Electronic { order_reference: Some(reference) } } => match language {
                Language::Da => format!("sendes elektronisk til EAN-nummeret, ordrereference {reference}"),
                Language::En => format!("is sent electronically to the EAN number, order reference {reference}"),
            },
            Self::Credit { .. } => pick("krediteres med en kladde", "is credited by a draft"),
            Self::Pay { amount, account, .. } => match language {
                Language::Da => format!("betaling på {} kr. registreres på konto {account}", kroner(*amount, language)),
                Language::En => {
                    format!("payment of DKK {} is registered on account {account}", kroner(*amount, language))
                }
            },
        }
    }
}

/// An amount as people write it: `1.844,69`, `1,844.69`.
#[must_use]
pub fn kroner(amount: Decimal, language: Language) -> String {
    let plain = format!("{:.2}", amount.round_dp(2));
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "00"));
    let (thousands, decimals) = (language.pick(".", ","), language.pick(",", "."));
    let groups: Vec<&str> = whole.as_bytes().rchunks(3).rev().filter_map(|it| std::str::from_utf8(it).ok()).collect();
    format!("{sign}{}{decimals}{rest}", groups.join(thousands))
}

/// The invoices to which something would happen, as JSON.
#[must_use]
pub fn due_invoices_json(due: &[DueInvoice], language: Language) -> Value {
    let invoice = |it: &DueInvoice| {
        json!({
            "dinero": it.invoice.to_string(),
            "simplycrm": it.source.to_string(),
            "title": it.title,
            "total": it.total,
            "effects": it.effects,
            "what": it.effects.iter().map(|effect| effect.say(language)).collect::<Vec<_>>(),
        })
    };
    json!({ "invoices": due.iter().map(invoice).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_write_them() {
        for (amount, da, en) in [
            ("1844.69", "1.844,69", "1,844.69"),
            ("0.5", "0,50", "0.50"),
            ("-1234567", "-1.234.567,00", "-1,234,567.00"),
            ("100", "100,00", "100.00"),
        ] {
            let amount = amount.parse().unwrap();
            assert_eq!([Language::Da, Language::En].map(|language| kroner(amount, language)), [da, en]);
        }
    }
}
