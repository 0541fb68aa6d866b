//! An invoice counted three times: by us, by Dinero, by the CRM.

use invoicing::{Difference, Entry, LineTotal, Part, Sign, Stated, Totals, differences, from_rows, ore};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sync_model::{Fields, RecordKey, Side, Sides, Value};

use crate::lens::{Lens, LineTerms};
use crate::{EntityMapping, FieldMapping};

/// What comes out differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsCheck {
    /// What we make of the invoice.
    pub ours: Totals,
    /// What Dinero makes different.
    pub dinero: Vec<Difference>,
    /// What the CRM makes different.
    pub crm: Vec<Difference>,
}

impl TotalsCheck {
    /// Whether all three come to the same, to the øre.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.dinero.is_empty() && self.crm.is_empty()
    }
}

impl EntityMapping {
    /// How the two systems and we count an invoice that both hold, by their own fields; `None` for what is no invoice, and
    /// where a system does not say enough to be compared.
    #[must_use]
    pub fn totals(&self, own: Sides<&Fields>) -> Option<TotalsCheck> {
        let (field, terms) = self.lines_field()?;
        let binding = |side: Side| field.bindings.get(side);
        let read = |side: Side, own: &Fields| binding(side).read(side, own)?.ok();
        // Dinero's own lines where it shows them, because they are what it counts; the CRM's otherwise.
        let canonical = read(Side::Left, own.left).or_else(|| read(Side::Right, own.right))?;
        let lines = from_rows(&canonical)?;
        let number = |name: &str, own: &Fields| own.get(name).and_then(Value::as_decimal);
        let ours = Totals::of(&lines, Entry::Net);
        // We count with the CRM's sign, and Dinero's credit notes are positive.
        let turned = |amount: Decimal| if terms.sign() == Sign::CreditNote { -amount } else { amount };
        let stated = |name: &str| number(name, own.left).map(turned);
        let dinero = if own.left.get("ShowLinesInclVat") == Some(&Value::Flag(true)) {
            // The prices are with VAT: what we hold are the same prices without it, which may be thousandths of an øre off.
            Stated { gross: stated("TotalInclVat"), ..Stated::default() }
        } else {
            Stated {
                lines: own.left.get("LineTotals").and_then(|shown| line_totals(shown, &turned)),
                net: stated("TotalExclVat"),
                vat: stated("TotalVat"),
                gross: stated("TotalInclVat"),
            }
        };
        let crm = crm_differences(field, terms, &ours, own.right);
        Some(TotalsCheck { dinero: differences(&ours, &dinero), crm, ours })
    }

    /// Whether it is about invoices: records with lines that are counted.
    #[must_use]
    pub fn is_of_invoices(&self) -> bool {
        self.lines_field().is_some()
    }

    /// Whether it is about credit notes.
    #[must_use]
    pub fn is_of_credit_notes(&self) -> bool {
        self.lines_field().is_some_and(|(_, terms)| terms.sign() == Sign::CreditNote)
    }

    /// What a credit note comes to, as a positive amount, by `side`'s own fields.
    #[must_use]
    pub fn credited_by(&self, side: Side, own: &Fields) -> Option<Decimal> {
        let field = self.field("total").filter(|_| self.is_of_credit_notes())?;
        let total = field.bindings.get(side).read(side, own)?.ok()?;
        total.as_decimal().map(|total| -ore(total))
    }

    /// The CRM's organisation or person that a new invoice goes to although the other one is preferred; `None` where the
    /// preferred one is there.
    #[must_use]
    pub fn stand_in<'o>(&self, own: &'o Fields) -> Option<&'o RecordKey> {
        self.fields.iter().find_map(|field| {
            let Lens::Customer(terms) = field.lens() else { return None };
            let values: Option<Vec<&Value>> =
                field.own_fields(Side::Right).map(|name| own.get(name.as_str())).collect();
            let values = values.filter(|values| terms.stands_in(values))?;
            values.into_iter().find_map(|value| if let Value::Reference(key) = value { Some(key) } else { None })
        })
    }

    /// Whether the CRM's own fields say that the invoice was cancelled.
    #[must_use]
    pub fn is_cancelled(&self, own: &Fields) -> bool {
        let Some((_, terms)) = self.lines_field() else { return false };
        let word = self.field("status").and_then(|field| field.own_fields(Side::Right).next());
        let said = word.and_then(|name| own.get(name.as_str())).and_then(Value::as_text);
        said.is_some() && said == terms.cancelled()
    }

    fn lines_field(&self) -> Option<(&FieldMapping, &LineTerms)> {
        self.fields.iter().find_map(|field| match field.lens() {
            Lens::Lines(terms) => Some((field, &**terms)),
            _ => None,
        })
    }
}

impl FieldMapping {
    /// Whether two values, in normal form, are lines that differ in nothing but the roundings that we add to the CRM's.
    #[must_use]
    pub fn differs_by_rounding(&self, one: &Value, other: &Value) -> bool {
        let Lens::Lines(terms) = self.lens() else { return false };
        let sold = |value: &Value| Some(terms.without_rounding(from_rows(value)?));
        one != other && sold(one).is_some() && sold(one) == sold(other)
    }
}

/// What the CRM's stored totals have different: from what we make of its own fields, and from what Dinero will get.
fn crm_differences(field: &FieldMapping, terms: &LineTerms, ours: &Totals, own: &Fields) -> Vec<Difference> {
    let Some(grand) = own.get("hdnGrandTotal").and_then(Value::as_decimal) else { return Vec::new() };
    let values: Option<Vec<&Value>> =
        field.bindings.right.fields.iter().map(|spec| own.get(spec.name.as_str())).collect();
    let counted = values.and_then(|values| terms.crm_invoice(&values).ok()).map(|invoice| invoice.totals().grand);
    let mut found = Vec::new();
    if let Some(counted) = counted.filter(|counted| ore(*counted) != ore(grand)) {
        found.push(Difference { part: Part::Gross, ours: ore(counted), theirs: ore(grand) });
    } else {
        found.extend(differences(ours, &Stated { gross: Some(grand), ..Stated::default() }));
    }
    found
}

fn line_totals(value: &Value, turned: &dyn Fn(Decimal) -> Decimal) -> Option<Vec<LineTotal>> {
    let Value::Rows(rows) = value else { return None };
    let number = |row: &Fields, name: &str| row.get(name).and_then(Value::as_decimal).map(turned);
    let total = |row: &Fields| Some(LineTotal { net: number(row, "net")?, gross: number(row, "gross")? });
    rows.iter().map(|row| total(row).or(Some(LineTotal { net: Decimal::ZERO, gross: Decimal::ZERO }))).collect()
}
