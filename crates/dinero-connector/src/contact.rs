//! Contacts as records, and back.

use dinero_client::model::{Contact, ContactWrite};
use dinero_client::op::ListContacts;
use dinero_client::{ContactField, ContactGuid, DineroClient, Filter};
use rust_decimal::Decimal;
use sync_model::{Fields, Kind, Lock, Mark, Presence, Record, RecordId, RecordKey};
use sync_run::ConnectorError;

use crate::errors::{down, unsayable};
use crate::kind::{CONTACT, flag, known, known_flag, known_number, known_text, mark, revision, text, whole};

/// A contact as it was seen; `partial` when a list showed a part of it.
pub(crate) fn seen(contact: &Contact, partial: bool) -> Presence {
    let key = RecordKey::new(CONTACT, contact.contact_guid.to_string().as_str());
    if contact.deleted_at.is_some() {
        return Presence::Deleted(key);
    }
    let days = contact.payment_condition_number_of_days.map(|days| days.map(Decimal::from));
    let fields = known([
        ("ExternalReference", known_text(&contact.external_reference)),
        ("Name", known_text(&contact.name)),
        ("Street", known_text(&contact.street)),
        ("ZipCode", known_text(&contact.zip_code)),
        ("City", known_text(&contact.city)),
        ("CountryKey", known_text(&contact.country_key)),
        ("Phone", known_text(&contact.phone)),
        ("Email", known_text(&contact.email)),
        ("Webpage", known_text(&contact.webpage)),
        ("AttPerson", known_text(&contact.att_person)),
        ("VatNumber", known_text(&contact.vat_number)),
        ("EanNumber", known_text(&contact.ean_number)),
        ("SENumber", known_text(&contact.se_number)),
        ("PNumber", known_text(&contact.p_number)),
        ("PaymentConditionType", known_text(&contact.payment_condition_type)),
        ("MemberNumber", known_text(&contact.member_number)),
        ("CompanyTypeKey", known_text(&contact.company_type_key)),
        ("InvoiceMailOutOptionKey", known_text(&contact.invoice_mail_out_option_key)),
        ("PreferredInvoiceLanguageKey", known_text(&contact.preferred_invoice_language_key)),
        ("PreferredInvoiceCurrencyKey", known_text(&contact.preferred_invoice_currency_key)),
        ("IsPerson", known_flag(contact.is_person)),
        ("IsMember", known_flag(contact.is_member)),
        ("UseCvr", known_flag(contact.use_cvr)),
        ("PaymentConditionNumberOfDays", known_number(days)),
    ]);
    Presence::Present(Record {
        kind: Kind::new(CONTACT),
        id: RecordId::new(contact.contact_guid.to_string()),
        fields,
        partial,
        revision: revision(contact.updated_at.as_ref(), contact.created_at.as_ref()),
        changed_at: contact.updated_at.as_ref().map(|time| time.at),
        mark: mark(&contact.external_reference),
        lock: Lock::Open,
    })
}

/// A contact of ours as the list of those with its mark shows it.
pub(crate) async fn listed(client: &DineroClient, key: &RecordKey, mark: &Mark) -> Result<Presence, ConnectorError> {
    let filter = Filter::contacts(ContactField::ExternalReference, mark.as_str());
    let filter = Some(filter.map_err(|error| unsayable(&error))?);
    let page = client.send(&ListContacts { filter, ..ListContacts::new() }).await.map_err(|error| down(&error))?;
    let shown = page.collection.iter().map(|it| seen(it, true)).find(|it| it.key() == *key);
    Ok(shown.unwrap_or_else(|| Presence::Unseen(key.clone())))
}

/// The whole contact as it is written.
pub(crate) fn body(fields: &Fields, guid: Option<ContactGuid>, sign: Option<&Mark>) -> ContactWrite {
    let company = !flag(fields, "IsPerson");
    let company_text = |name| text(fields, name).filter(|_| company);
    ContactWrite {
        contact_guid: guid,
        external_reference: text(fields, "ExternalReference").or_else(|| sign.map(|mark| mark.to_string())),
        name: text(fields, "Name").unwrap_or_default(),
        street: text(fields, "Street"),
        zip_code: text(fields, "ZipCode"),
        city: text(fields, "City"),
        country_key: text(fields, "CountryKey").unwrap_or_default(),
        phone: text(fields, "Phone"),
        email: text(fields, "Email"),
        webpage: text(fields, "Webpage"),
        att_person: company_text("AttPerson"),
        vat_number: company_text("VatNumber"),
        ean_number: company_text("EanNumber"),
        se_number: company_text("SENumber"),
        p_number: company_text("PNumber"),
        payment_condition_type: text(fields, "PaymentConditionType"),
        payment_condition_number_of_days: whole(fields, "PaymentConditionNumberOfDays"),
        is_person: !company,
        is_member: flag(fields, "IsMember"),
        member_number: text(fields, "MemberNumber"),
        use_cvr: flag(fields, "UseCvr"),
        company_type_key: text(fields, "CompanyTypeKey"),
        invoice_mail_out_option_key: text(fields, "InvoiceMailOutOptionKey"),
        preferred_invoice_language_key: text(fields, "PreferredInvoiceLanguageKey"),
        preferred_invoice_currency_key: text(fields, "PreferredInvoiceCurrencyKey"),
    }
}
