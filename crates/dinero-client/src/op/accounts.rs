//! Accounts, VAT types and accounting years (fact sheet §6.6).

use super::operations;
use crate::field::{DepositAccountField, EntryAccountField, PurchaseAccountField};
use crate::model::{AccountingYear, DepositAccount, DepositAccountWrite, EntryAccount, EntryAccountWrite, VatType};

operations! {
    /// All accounts of entries, or those of some categories.
    ListEntryAccounts {
        /// Names of categories, such as `Turnover`, separated by commas.
        categories: Option<String>,
    }
    "accounts.entry.list": Read,
    GET "v1" ["accounts", "entry"]
        .fields(EntryAccountField::ALL, EntryAccountField::AccountNumber)
        .query("categoryFilter", categories.as_ref())
        => json Vec<EntryAccount>;

    /// Makes an account of entries.
    CreateEntryAccount {
        /// The account.
        account: EntryAccountWrite,
    }
    "accounts.entry.create": UnsafeWrite, POST "v1" ["accounts", "entry"].json(account) => nothing;

    /// The accounts of entries that purchases use: 2000 to 9399.
    ListPurchaseAccounts {}
    "accounts.purchase.list": Read,
    GET "v1" ["accounts", "purchase"].fields(PurchaseAccountField::ALL, PurchaseAccountField::AccountNumber)
        => json Vec<EntryAccount>;

    /// The accounts that payments go to.
    ListDepositAccounts {}
    "accounts.deposit.list": Read,
    GET "v1" ["accounts", "deposit"].fields(DepositAccountField::ALL, DepositAccountField::AccountNumber)
        => json Vec<DepositAccount>;

    /// Makes an account that payments go to.
    CreateDepositAccount {
        /// The account.
        account: DepositAccountWrite,
    }
    "accounts.deposit.create": UnsafeWrite, POST "v1" ["accounts", "deposit"].json(account) => nothing;

    /// The kinds of VAT.
    ListVatTypes {}
    "vat_types.list": Read, GET "v1" ["vatTypes"] => json Vec<VatType>;

    /// The accounting years.
    ListAccountingYears {}
    "accounting_years.list": Read, GET "v1" ["accountingyears"] => json Vec<AccountingYear>;
}
