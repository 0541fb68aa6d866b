//! Two companies with a connection each, people with every role, and sandboxes behind one of the connections.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::Utc;
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use secrecy::SecretString;
use serde_json::Value;
use sync_app::Entries;
use sync_app::office::{FIRST_SETTINGS, Ground, Office};
use tenancy::{Account, AccountId, ApiToken, Connection, Digest, KeyRing, PasswordHash, Role, Scope};

use super::Visitor;
use crate::routes;
use crate::server::{Manners, Server};

/// Everybody's.
pub(crate) const PASSWORD: &str = "en god lang sætning";

/// The secret of connection A's webhooks.
pub(crate) const HOOK: &str = "krogen-som-kun-dinero-kender";

/// A server without any account.
pub(crate) async fn server(manners: Manners) -> Server {
    let keys = KeyRing::parse(&KeyRing::fresh_line()).unwrap();
    let office = Office::open("sqlite::memory:", keys, Ground::default()).await.unwrap();
    Server::new(Arc::new(office), manners, Some("ABCD-EFGH-JKMN".to_owned()))
}

/// A server that is in use.
pub(crate) struct World {
    pub(crate) server: Server,
    /// Whose owner is mette, operator olga, viewer vera; it reaches the sandboxes.
    pub(crate) a: Connection,
    /// Whose owner is lars.
    pub(crate) b: Connection,
    /// Tokens of connection A by scope, and one with all.
    pub(crate) tokens: BTreeMap<&'static str, String>,
    dinero: Arc<Mutex<Dinero>>,
    crm: Arc<Mutex<SimplyCrm>>,
    sandboxes: [sandbox::Server; 2],
}

impl World {
    pub(crate) async fn new() -> Self {
        let (mut dinero, mut crm) = sandbox::seed_pair(6, 7, Utc::now());
        sandbox::seed_sales(&mut dinero, &mut crm, 5, 7, Utc::now());
        dinero.requests_per_minute = 0;
        let (dinero, crm) = (Arc::new(Mutex::new(dinero)), Arc::new(Mutex::new(crm)));
        let sandboxes = [sandbox::serve(dinero.clone()).await.unwrap(), sandbox::serve(crm.clone()).await.unwrap()];
        let given = access(&sandboxes);
        let mut entries = Entries::default();
        for key in ["dinero.client_id", "dinero.client_secret", "dinero.base_url", "dinero.token_url"] {
            entries.set(key, given.get(key).unwrap().to_owned().into());
        }
        entries.set("dinero.requests_per_minute", "0".to_owned().into());
        let ground = Ground { entries, private_addresses: true, runs_at_once: 4 };
        let keys = KeyRing::parse(&KeyRing::fresh_line()).unwrap();
        let office = Arc::new(Office::open("sqlite::memory:", keys, ground).await.unwrap());
        let server = Server::new(office, Manners::default(), None);
        let a = connection(&server, "Nordlys ApS").await;
        let b = connection(&server, "Vestkyst A/S").await;
        for (name, of, role) in [
            ("mette", &a, Role::Owner),
            ("olga", &a, Role::Operator),
            ("vera", &a, Role::Viewer),
            ("lars", &b, Role::Owner),
        ] {
            let account = account(&server, name).await;
            server.registry().set_member(&of.id, &account.id, Some(role)).await.unwrap();
        }
        let mut tokens = BTreeMap::new();
        for (name, scopes) in [
            ("read", vec![Scope::Read]),
            ("sync", vec![Scope::Read, Scope::Sync]),
            ("settings", vec![Scope::Settings]),
            ("all", Scope::ALL.to_vec()),
        ] {
            let (token, secret) =
                ApiToken::make(a.id.clone(), name.to_owned(), scopes, AccountId::fresh(), server.now());
            server.registry().put_token(&token).await.unwrap();
            tokens.insert(name, secret);
        }
        let mut world = Self { server, a, b, tokens, dinero, crm, sandboxes };
        world.connect().await;
        world
    }

    /// Gives connection A what it needs to reach the sandboxes.
    async fn connect(&mut self) {
        let given = access(&self.sandboxes);
        let keys =
            ["dinero.organization_id", "dinero.api_key", "simplycrm.url", "simplycrm.username", "simplycrm.access_key"];
        let typed: BTreeMap<String, SecretString> =
            keys.iter().map(|key| ((*key).to_owned(), given.get(key).unwrap().to_owned().into())).collect();
        let change = self.server.office().change(&self.a, &typed).unwrap();
        assert!(change.wrong.is_none());
        let changed = Connection { hook: Some(Digest::of(HOOK)), ..change.connection };
        self.a = self.server.registry().put_connection(&changed).await.unwrap();
    }

    /// Changes settings of connection A.
    pub(crate) async fn set(&mut self, settings: &[(&str, &str)]) {
        let typed: BTreeMap<String, SecretString> =
            settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned().into())).collect();
        let change = self.server.office().change(&self.a, &typed).unwrap();
        assert!(change.wrong.is_none(), "{:?}", change.wrong);
        self.a = self.server.registry().put_connection(&change.connection).await.unwrap();
    }

    fn crm(&self) -> MutexGuard<'_, SimplyCrm> {
        self.crm.lock().unwrap()
    }

    fn dinero(&self) -> MutexGuard<'_, Dinero> {
        self.dinero.lock().unwrap()
    }

    /// Somebody changes an organisation's telephone number in Simply CRM; which organisation.
    pub(crate) fn edit_crm_phone(&self, phone: &str) -> String {
        let id = self.crm().records("Accounts")[0]["id"].as_str().unwrap().to_owned();
        self.crm().edit(&id, &[("phone", phone)], "mette", Utc::now()).unwrap();
        format!("Accounts/{id}")
    }

    /// Somebody makes `count` organisations in Simply CRM with a CVR number that is none.
    pub(crate) fn add_wrong_cvrs(&self, count: usize) {
        let mut crm = self.crm();
        let cvr = crm.custom_field("Accounts", "CVR-nr.").unwrap();
        for number in 0..count {
            let name = format!("Anlægsgartner nr. {number} ApS");
            crm.add("Accounts", &[("accountname", &name), (&cvr, "12")], "mette", Utc::now()).unwrap();
        }
    }

    /// Somebody gives the first organisation of Simply CRM a CVR number that is none; which organisation.
    pub(crate) fn spoil_cvr(&self) -> String {
        let mut crm = self.crm();
        let cvr = crm.custom_field("Accounts", "CVR-nr.").unwrap();
        let id = crm.records("Accounts")[0]["id"].as_str().unwrap().to_owned();
        crm.edit(&id, &[(&cvr, "12")], "mette", Utc::now()).unwrap();
        format!("Accounts/{id}")
    }

    /// Whether any contact of Dinero has this telephone number.
    pub(crate) fn dinero_knows(&self, digits: &str) -> bool {
        self.dinero().contacts().iter().any(|contact| contact.to_string().replace(' ', "").contains(digits))
    }

    /// Somebody gives an invoice of Simply CRM more time.
    pub(crate) fn edit_invoice(&self, subject: &str) {
        let invoice = self.crm().records("Invoice").into_iter().find(|it| it["subject"] == subject).unwrap();
        self.crm().edit(invoice["id"].as_str().unwrap(), &[("duedate", "2027-06-30")], "mette", Utc::now()).unwrap();
    }

    /// How many invoices that were made from Simply CRM's are booked in Dinero.
    pub(crate) fn booked(&self) -> usize {
        let ours = |invoice: &Value| invoice["ExternalReference"].as_str().is_some_and(|it| !it.is_empty());
        let invoices = self.dinero().invoices(Utc::now());
        invoices.iter().filter(|it| ours(it) && it["Status"] != "Draft").count()
    }

    /// Every secret that must not come out anywhere.
    pub(crate) fn canaries(&self) -> Vec<String> {
        let given = access(&self.sandboxes);
        let keys = ["dinero.api_key", "simplycrm.access_key", "dinero.client_secret"];
        keys.iter().map(|key| given.get(key).unwrap().to_owned()).collect()
    }

    /// Somebody who is not signed in.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(routes::all(&self.server))
    }

    /// Somebody who is.
    pub(crate) async fn signed_in(&self, name: &str) -> Visitor {
        let mut visitor = self.visitor();
        let answer = visitor.post("/login", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{name} signs in");
        visitor.get("/connections").await;
        visitor
    }

    /// Comes back when nothing is being worked on for connection A.
    pub(crate) async fn rest(&self) {
        self.server.office().desk(&self.a.id).rest().await;
    }
}

/// What reaches the sandboxes, by key.
fn access([dinero, crm]: &[sandbox::Server; 2]) -> Entries {
    let [dinero, crm] = [dinero, crm].map(|server| format!("http://{}", server.address));
    let mut entries = Entries::default();
    for (key, text) in [
        ("dinero.organization_id", "4711"),
        ("dinero.api_key", sandbox::dinero::API_KEY),
        ("dinero.client_id", sandbox::dinero::CLIENT_ID),
        ("dinero.client_secret", sandbox::dinero::CLIENT_SECRET),
        ("dinero.base_url", &dinero),
        ("dinero.token_url", &format!("{dinero}/dineroapi/oauth/token")),
        ("simplycrm.url", &crm),
        ("simplycrm.username", "integration"),
        ("simplycrm.access_key", sandbox::simplycrm::INTEGRATION_ACCESS_KEY),
    ] {
        entries.set(key, text.to_owned().into());
    }
    entries
}

async fn connection(server: &Server, name: &str) -> Connection {
    let mut connection = Connection::named(name, server.now());
    for (key, text) in FIRST_SETTINGS {
        connection.entries.insert((*key).to_owned(), (*text).to_owned());
    }
    server.registry().put_connection(&connection).await.unwrap()
}

async fn account(server: &Server, name: &str) -> Account {
    let account = Account {
        id: AccountId::fresh(),
        name: name.to_owned(),
        password: PasswordHash::of(&PASSWORD.into()).unwrap(),
        administrator: name == "mette",
        language: None,
        created: server.now(),
    };
    server.registry().put_account(&account).await.unwrap();
    account
}
