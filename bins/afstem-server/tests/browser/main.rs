//! The pages as a person uses them: a real Chromium against the real program, with both systems as sandboxes that the test
//! edits by hand. What was seen is kept as pictures in `target/screenshots`.
#![expect(clippy::unwrap_used, reason = "a test fails where it finds what cannot be")]

mod browser;
#[path = "../house/mod.rs"]
#[allow(dead_code, reason = "other tests use other parts of the house")]
mod house;

use browser::Browser;
use house::House;

const PASSWORD: &str = "en god lang sætning";

/// The way from an empty page to a green status and a finished synchronisation, and everything a person does afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bookkeeper_s_first_day() {
    let house = House::open(9).await;
    let browser = Browser::open(house.address()).await;
    let result = first_day(&house, &browser).await;
    if let Err(error) = &result {
        browser.picture("failed").await;
        eprintln!("{}\n{error}", browser.text().await);
    }
    browser.close().await;
    result.unwrap();
}

async fn first_day(house: &House, browser: &Browser) -> Result<(), browser::Trouble> {
    set_up(house, browser).await?;
    wrong_key_then_right_key(house, browser).await?;
    every_option(browser).await?;
    everything_that_is_typed(browser).await?;
    first_meeting(house, browser).await?;
    synchronise_with_live_progress(house, browser).await?;
    let name = conflict(house, browser).await?;
    why_and_undo(house, browser, &name).await?;
    booking(house, browser).await?;
    single_record(house, browser).await?;
    every_page_in_both_languages_and_sizes(browser).await
}

async fn set_up(house: &House, browser: &Browser) -> Result<(), browser::Trouble> {
    browser.go("/").await?;
    browser.fits_and_is_accessible("setup").await?;
    browser.fill("code", "AAAA-BBBB-CCCC").await?;
    browser.fill("name", "mette@nordlys.dk").await?;
    browser.fill("password", PASSWORD).await?;
    browser.press("Lav konto").await?;
    browser.sees("Koden er ikke den, der står i konsollen").await?;
    browser.fill("code", house.code()).await?;
    browser.fill("password", PASSWORD).await?;
    browser.press("Lav konto").await?;
    browser.sees("Her er ingen forbindelser endnu").await?;
    browser.fits_and_is_accessible("connections").await?;
    browser.fill("name", "Nordlys ApS").await?;
    browser.press("Opret").await?;
    browser.sees("Udfyld felterne herunder").await
}

async fn wrong_key_then_right_key(house: &House, browser: &Browser) -> Result<(), browser::Trouble> {
    browser.fill("dinero.organization_id", "4711").await?;
    browser.fill("dinero.api_key", "0000000000").await?;
    browser.fill("simplycrm.url", &house.crm_url()).await?;
    browser.fill("simplycrm.username", "integration").await?;
    browser.fill("simplycrm.access_key", sandbox::simplycrm::INTEGRATION_ACCESS_KEY).await?;
    browser.press("Gem og prøv forbindelsen").await?;
    browser.sees("Dinero: ikke forbundet").await?;
    browser.sees("Dinero tager ikke imod nøglen").await?;
    browser.sees("Næste skridt: Kontrollér API-nøgle").await?;
    browser.sees("Simply CRM: forbundet").await?;
    for word in ["Status", "Firma ID", "API-nøgle", "Sync"] {
        browser.sees(word).await?;
    }
    browser.fits_and_is_accessible("connection-red").await?;
    browser.fill("dinero.api_key", sandbox::dinero::API_KEY).await?;
    browser.press("Gem og prøv forbindelsen").await?;
    browser.sees("Dinero: forbundet").await?;
    browser.fits_and_is_accessible("connection-green").await?;
    let shown = browser.source().await?;
    for secret in [sandbox::dinero::API_KEY, sandbox::simplycrm::INTEGRATION_ACCESS_KEY] {
        assert!(!shown.contains(secret), "a stored secret is shown again");
    }
    Ok(())
}

/// Every option of the page is changed, its meaning shown, and saved; then everything is as before.
async fn every_option(browser: &Browser) -> Result<(), browser::Trouble> {
    let options = [
        ("mapping.kind", "custom", "Jeres egne feltpar bruges"),
        ("mapping.kind", "standard", "Alle felter følger Afstems standard"),
        ("sync.mode", "auto", "Afstem synkroniserer også af sig selv"),
        ("sync.mode", "manual", "Intet sker, før nogen trykker Sync"),
        ("sync.direction", "crm-to-dinero", "Der skrives kun i Dinero"),
        ("sync.drift", "overwrite", "Modtageren bliver et spejl af kilden"),
        ("sync.drift", "keep", "bliver stående"),
        ("sync.direction", "dinero-to-crm", "Der skrives kun i Simply CRM"),
        ("sync.deletes", "approve", "kommer den i indbakken"),
        ("sync.deletes", "keep", "bliver den stående i det andet"),
        ("sync.invoice_priority", "contacts", "Fakturaer stilles til kontaktpersonen"),
        ("sync.invoice_priority", "organisations", "Fakturaer stilles til organisationen"),
        ("invoices.book", "true", "Det kan ikke fortrydes"),
        ("invoices.book", "true", "Må bogføre"),
        ("invoices.send", "true", "Må sende"),
        ("invoices.send", "true", "Må sende"),
        ("invoices.payments", "true", "Må registrere betalinger"),
        ("invoices.payments", "true", "Må registrere betalinger"),
        ("invoices.other_customer", "true", "Den anden må træde i stedet"),
        ("invoices.other_customer", "true", "Den anden må træde i stedet"),
        ("sync.modules", "products", "synkroniseres ikke mere. Intet slettes"),
        ("sync.modules", "products", "Produkter synkroniseres"),
    ];
    for (key, value, meaning) in options {
        browser.follow("Indstillinger").await?;
        browser.choose(key, value).await?;
        browser.press("Se, hvad det ændrer").await?;
        browser.sees(meaning).await?;
        browser.press("Gem").await?;
        browser.sees("Intet ændres, før du har set").await?;
    }
    // Under the very words that a user of Simply CRM knows.
    browser.follow("Indstillinger").await?;
    for word in ["Kortlægning", "Synkronisere", "Synkroniseringsindstilling", "Prioritetsmodul"] {
        browser.sees(word).await?;
    }
    // Both directions need a priority, which is asked for only then.
    browser.choose("sync.direction", "both").await?;
    browser.choose("sync.priority", "crm-first").await?;
    browser.fill("invoices.vat_accounts", "25=1000,0=1100").await?;
    browser.fits_and_is_accessible("settings").await?;
    browser.press("Se, hvad det ændrer").await?;
    browser.sees("Rettelser af forskellige felter flettes").await?;
    browser.fits_and_is_accessible("review").await?;
    browser.press("Gem").await?;
    browser.sees("Intet ændres, før du har set").await
}

/// What cannot be used is refused beside its field; what can is explained and saved.
async fn everything_that_is_typed(browser: &Browser) -> Result<(), browser::Trouble> {
    let typed = [
        ("sync.max_creates", "mange", "500", "Så mange nye poster"),
        ("invoices.text_service", "ydelse", "Services/26x5", "Den ydelse i Simply CRM"),
        ("invoices.adjustment_account", "salg", "1100", "justering i Simply CRM"),
        ("invoices.rounding_account", "øre", "1100", "de to systemer afrunder forskelligt"),
        ("invoices.rounding_limit", "lidt", "0.10", "Så meget må øreafrundingen højst være"),
        ("invoices.closed_until", "i går", "2025-12-31", "Ingen faktura får en dato i den"),
        ("invoices.deposit_account", "banken", "55000", "betalinger registreres på"),
    ];
    for (key, wrong, right, meaning) in typed {
        browser.follow("Indstillinger").await?;
        browser.fill(key, wrong).await?;
        browser.press("Se, hvad det ændrer").await?;
        browser.sees("Noget skal rettes, før det kan gemmes").await?;
        browser.sees("Her skal stå").await?;
        browser.fill(key, right).await?;
        browser.press("Se, hvad det ændrer").await?;
        browser.sees(meaning).await?;
        browser.press("Gem").await?;
        browser.sees("Intet ændres, før du har set").await?;
    }
    browser.follow("Indstillinger").await?;
    browser.choose("sync.mode", "auto").await?;
    browser.fill("sync.every", "snart").await?;
    browser.press("Se, hvad det ændrer").await?;
    browser.sees("Her skal stå et tidsrum som 3h, 90m eller 1d").await?;
    browser.fits_and_is_accessible("settings-wrong").await
}

async fn first_meeting(_house: &House, browser: &Browser) -> Result<(), browser::Trouble> {
    browser.follow("Overblik").await?;
    browser.fits_and_is_accessible("overview-new").await?;
    browser.follow("Begynd").await?;
    browser.press("Se på begge systemer").await?;
    browser.sees("Udfør første synkronisering").await?;
    browser.sees("hører sammen").await?;
    browser.fits_and_is_accessible("meeting").await
}

async fn synchronise_with_live_progress(house: &House, browser: &Browser) -> Result<(), browser::Trouble> {
    // Slow enough to be looked at.
    house.slow_down();
    browser.press("Udfør første synkronisering").await?;
    browser.sees("Skriver").await?;
    browser.picture("progress").await;
    browser.sees("oprettet i Dinero").await?;
    browser.press("Stop").await?;
    browser.sees("Stoppet").await?;
    house.hurry_up();
    browser.press("Sync").await?;
    browser.sees("De to systemer er i overensstemmelse").await?;
    browser.fits_and_is_accessible("overview-agreed").await?;
    house.agrees()?;
    browser.press("Sync").await?;
    browser.sees("Skrevet: Dinero 0, Simply CRM 0.").await?;
    browser.follow("Historik").await?;
    browser.fits_and_is_accessible("history").await
}

/// A field that is decided by a person: changed on both sides, shown with both values, taken from one.
async fn conflict(house: &House, browser: &Browser) -> Result<String, browser::Trouble> {
    browser.follow("Kortlægning").await?;
    browser.follow("Hele kortlægningen som tekst").await?;
    browser.edit_text("text", "dinero = \"Email\"", "dinero = \"Email\"\npriority = \"ask\"").await?;
    browser.press("Prøv og gem").await?;
    browser.sees("I bruger jeres egne feltpar").await?;
    let name = house.edit_both("dinero@nordlys.dk", "crm@nordlys.dk");
    browser.press("Sync").await?;
    browser.sees("Færdig, men noget venter").await?;
    browser.follow("Indbakke").await?;
    browser.sees(&name).await?;
    browser.sees("dinero@nordlys.dk").await?;
    browser.sees("crm@nordlys.dk").await?;
    browser.fits_and_is_accessible("inbox").await?;
    browser.press("Brug Dineros").await?;
    browser.sees("Afgjort af mette@nordlys.dk").await?;
    browser.press("Sync").await?;
    browser.sees("Skrevet: Dinero 0, Simply CRM 1.").await?;
    assert_eq!(house.crm_email(&name), "dinero@nordlys.dk");
    Ok(name)
}

/// The run that settled the conflict is looked at, down to the field and its reason, and undone.
async fn why_and_undo(house: &House, browser: &Browser, name: &str) -> Result<(), browser::Trouble> {
    browser.follow("Historik").await?;
    browser.sees("Hvad der blev ændret").await?;
    browser.fits_and_is_accessible("history").await?;
    browser.follow_first("/history/").await?;
    browser.sees("valgt i hånden: Dinero").await?;
    browser.fits_and_is_accessible("run").await?;
    browser.follow(name).await?;
    browser.open_details().await?;
    browser.sees("valgt i hånden: Dinero").await?;
    browser.fits_and_is_accessible("record-why").await?;
    browser.follow("Historik").await?;
    browser.follow_first("/history/").await?;
    browser.press("Fortryd kørslen …").await?;
    browser.sees("Fortryd det").await?;
    browser.sees("crm@nordlys.dk").await?;
    browser.fits_and_is_accessible("undo").await?;
    browser.press("Fortryd det").await?;
    browser.sees("Fortrudt").await?;
    assert_eq!(house.crm_email(name), "crm@nordlys.dk", "it is as it was");
    Ok(())
}

/// Invoices are drafted by a plain synchronisation and booked by a button of their own, after they were shown.
async fn booking(house: &House, browser: &Browser) -> Result<(), browser::Trouble> {
    browser.follow("Indstillinger").await?;
    browser.choose("sync.modules", "invoices").await?;
    browser.choose("invoices.book", "true").await?;
    browser.press("Se, hvad det ændrer").await?;
    browser.sees("Det kan ikke fortrydes").await?;
    browser.press("Gem").await?;
    browser.sees("Intet ændres, før du har set").await?;
    browser.press("Sync").await?;
    browser.sees("Skrevet:").await?;
    assert_eq!(house.booked(), 0, "a plain synchronisation books nothing");
    browser.follow("Bogfør og send fakturaer").await?;
    browser.fits_and_is_accessible("booking").await?;
    browser.press("Se, hvad der kan bogføres").await?;
    browser.sees("Gør netop dette").await?;
    browser.fits_and_is_accessible("booking-shown").await?;
    browser.press("Gør netop dette").await?;
    browser.sees("Bogført:").await?;
    assert!(house.booked() > 0, "what was shown is booked");
    Ok(())
}

async fn single_record(house: &House, browser: &Browser) -> Result<(), browser::Trouble> {
    let id = house.an_account();
    browser.go(&format!("/open?module=Accounts&record={id}")).await?;
    browser.sees("Afstem denne post").await?;
    browser.does_not_see("Sync to Dinero\n").await?;
    browser.follow("Indstillinger").await?;
    browser.choose("sync.direction", "crm-to-dinero").await?;
    browser.press("Se, hvad det ændrer").await?;
    browser.press("Gem").await?;
    browser.sees("Intet ændres, før du har set").await?;
    house.edit_crm(&id, "phone", "70 10 20 30");
    // As a button in Simply CRM gives it: the number without the module's prefix.
    let number = id.split_once('x').unwrap().1;
    browser.go(&format!("/open?module=Accounts&record={number}")).await?;
    browser.fits_and_is_accessible("record").await?;
    browser.press("Sync to Dinero").await?;
    browser.sees("+4570102030").await?;
    assert!(house.dinero_has_phone("70102030"));
    Ok(())
}

async fn every_page_in_both_languages_and_sizes(browser: &Browser) -> Result<(), browser::Trouble> {
    browser.dark(true).await?;
    browser.press("English").await?;
    browser.sees("Sign out").await?;
    for page in ["Overview", "Connection", "Settings", "Mapping", "Inbox", "History", "Access"] {
        browser.follow(page).await?;
        browser.fits_and_is_accessible(&format!("en-{}", page.to_lowercase())).await?;
    }
    browser.follow("My account").await?;
    browser.fits_and_is_accessible("en-account").await?;
    browser.press("Dansk").await?;
    browser.sees("Log ud").await?;
    browser.dark(false).await?;
    browser.press("Log ud").await?;
    browser.sees("Adgangskode").await?;
    browser.fits_and_is_accessible("login").await?;
    browser.fill("name", "mette@nordlys.dk").await?;
    browser.fill("password", "forkert adgangskode").await?;
    browser.press("Log ind").await?;
    browser.sees("Brugernavn og adgangskode passer ikke sammen").await
}
