//! The contract of a [`Registry`], property by property. A registry passes all of them or is not one.
#![expect(clippy::unwrap_used, reason = "a property fails where it finds what cannot be")]

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use crate::{
    Account, AccountId, Actor, Answer, AnswerKey, ApiToken, Claim, Connection, ConnectionId, Digest, Note,
    PasswordHash, Registry, RegistryError, Role, Scope, Session, fresh,
};

/// Makes one `#[tokio::test]` for each property. The argument is an expression for a future that gives a fresh database,
/// whose `registry()` is a future for an `Arc<dyn Registry>` on it.
#[macro_export]
macro_rules! registry_conformance {
    ($fresh:expr) => {
        $crate::registry_conformance! { $fresh;
            the_first_account_is_founded_once
            a_name_belongs_to_one_account
            sessions_end_and_are_swept
            an_erased_account_leaves_nothing_but_its_notes
            nobody_writes_over_what_he_did_not_see
            p32_an_erased_connection_takes_its_own_with_it_and_nothing_else
            roles_are_given_changed_and_taken
            a_token_is_known_by_its_digest_until_it_is_revoked
            of_many_that_ask_the_same_exactly_one_carries_it_out
            an_answer_is_given_again_and_never_to_another_question
            failures_count_until_they_are_forgiven
            notes_are_kept_apart_and_newest_first
        }
    };
    ($fresh:expr; $($property:ident)*) => {$(
        #[tokio::test]
        async fn $property() {
            let database = $fresh.await;
            $crate::conformance::$property(database.registry().await).await;
        }
    )*};
}

type Shared = Arc<dyn Registry>;

fn now() -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + Duration::days(20_000)
}

fn account(name: &str) -> Account {
    Account {
        id: AccountId::fresh(),
        name: name.to_owned(),
        password: PasswordHash::nobodys(),
        administrator: false,
        language: None,
        created: now(),
    }
}

async fn connection(registry: &Shared, name: &str) -> Connection {
    registry.put_connection(&Connection::named(name, now())).await.unwrap()
}

/// However many found at once.
pub async fn the_first_account_is_founded_once(registry: Shared) {
    assert!(registry.accounts().await.unwrap().is_empty());
    let (mette, lars) = (account("mette"), account("lars"));
    assert!(registry.found(&mette).await.unwrap());
    assert!(!registry.found(&lars).await.unwrap());
    assert_eq!(registry.accounts().await.unwrap(), std::slice::from_ref(&mette));
    assert_eq!(registry.account(&mette.id).await.unwrap(), Some(mette.clone()));
    assert_eq!(registry.account_named("mette").await.unwrap(), Some(mette));
    assert_eq!(registry.account_named("lars").await.unwrap(), None);
    registry.ping().await.unwrap();
}

/// Also after a change.
pub async fn a_name_belongs_to_one_account(registry: Shared) {
    let (mette, mut lars) = (account("mette"), account("lars"));
    registry.put_account(&mette).await.unwrap();
    registry.put_account(&lars).await.unwrap();
    lars.name = "mette".to_owned();
    assert!(matches!(registry.put_account(&lars).await, Err(RegistryError::Taken)));
    lars.name = "lasse".to_owned();
    registry.put_account(&lars).await.unwrap();
    let names: Vec<_> = registry.accounts().await.unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["lasse", "mette"]);
}

/// A session is known until it is closed or swept away.
pub async fn sessions_end_and_are_swept(registry: Shared) {
    let mette = account("mette");
    registry.put_account(&mette).await.unwrap();
    let open = || Session::begin(mette.id.clone(), now()).0;
    let (one, two, three) = (open(), open(), open());
    for session in [&one, &two, &three] {
        registry.open_session(session).await.unwrap();
    }
    registry.close_session(&one.digest).await.unwrap();
    assert_eq!(registry.session(&one.digest).await.unwrap(), None);
    let later = now() + Duration::days(1);
    registry.extend_session(&two.digest, later + Duration::hours(1)).await.unwrap();
    registry.sweep(later).await.unwrap();
    assert_eq!(registry.session(&three.digest).await.unwrap(), None, "swept");
    assert_eq!(registry.session(&two.digest).await.unwrap().unwrap().expires, later + Duration::hours(1));
    registry.close_sessions(&mette.id).await.unwrap();
    assert_eq!(registry.session(&two.digest).await.unwrap(), None);
}

/// The audit keeps what was done, not who the person was.
pub async fn an_erased_account_leaves_nothing_but_its_notes(registry: Shared) {
    let mette = account("mette");
    registry.put_account(&mette).await.unwrap();
    let own = connection(&registry, "Nordlys").await;
    registry.set_member(&own.id, &mette.id, Some(Role::Owner)).await.unwrap();
    let session = Session::begin(mette.id.clone(), now()).0;
    registry.open_session(&session).await.unwrap();
    registry.note(&note(Actor::Account(mette.id.clone()), Some(&own.id), "settings-changed")).await.unwrap();
    registry.erase_account(&mette.id).await.unwrap();
    assert_eq!(registry.account(&mette.id).await.unwrap(), None);
    assert_eq!(registry.session(&session.digest).await.unwrap(), None);
    assert_eq!(registry.members(&own.id).await.unwrap(), []);
    let notes = registry.notes(None, 10).await.unwrap();
    assert!(notes.len() == 1 && !serde_json::to_string(&notes).unwrap().contains("mette"));
}

/// A version that was overtaken changes nothing.
pub async fn nobody_writes_over_what_he_did_not_see(registry: Shared) {
    let first = connection(&registry, "Nordlys").await;
    assert_eq!(first.version, 1);
    let mut mine = first.clone();
    mine.entries.insert("sync.direction".to_owned(), "both".to_owned());
    let saved = registry.put_connection(&mine).await.unwrap();
    assert_eq!(saved.version, 2);
    let theirs = Connection { name: "Overskrevet".to_owned(), ..first };
    assert!(matches!(registry.put_connection(&theirs).await, Err(RegistryError::Overtaken)));
    assert_eq!(registry.connection(&saved.id).await.unwrap(), Some(saved.clone()));
    let gone_from = saved.clone();
    let gone = Connection { id: ConnectionId::fresh(), version: 7, ..saved };
    assert!(matches!(registry.put_connection(&gone).await, Err(RegistryError::Overtaken)), "it was erased meanwhile");
    let last = Connection { version: i64::MAX, ..registry.connection(&gone_from.id).await.unwrap().unwrap() };
    assert!(matches!(registry.put_connection(&last).await, Err(RegistryError::Overtaken)), "no number is too large");
    assert_eq!(registry.connections().await.unwrap().len(), 1);
}

/// Members, tokens, answers and notes go; those of another connection stay.
pub async fn p32_an_erased_connection_takes_its_own_with_it_and_nothing_else(registry: Shared) {
    let mette = account("mette");
    registry.put_account(&mette).await.unwrap();
    let (gone, stays) = (connection(&registry, "Går").await, connection(&registry, "Står").await);
    for it in [&gone, &stays] {
        registry.set_member(&it.id, &mette.id, Some(Role::Owner)).await.unwrap();
        registry.note(&note(Actor::Clock, Some(&it.id), "synchronised")).await.unwrap();
        registry.put_health(&it.id, &json!({ "ok": true })).await.unwrap();
        let key = AnswerKey { connection: it.id.clone(), key: "k".to_owned() };
        assert_eq!(registry.claim(&key, &Digest::of("q"), now()).await.unwrap(), Claim::Yours);
        let (token, _) = ApiToken::make(it.id.clone(), "t".to_owned(), vec![Scope::Read], mette.id.clone(), now());
        registry.put_token(&token).await.unwrap();
    }
    registry.erase_connection(&gone.id).await.unwrap();
    assert_eq!(registry.connection(&gone.id).await.unwrap(), None);
    assert_eq!(registry.health(&gone.id).await.unwrap(), None);
    assert_eq!(registry.tokens(&gone.id).await.unwrap(), []);
    assert_eq!(registry.notes(Some(&gone.id), 9).await.unwrap(), []);
    assert_eq!(registry.memberships(&mette.id).await.unwrap(), [(stays.id.clone(), Role::Owner)]);
    assert_eq!(registry.health(&stays.id).await.unwrap(), Some(json!({ "ok": true })));
    assert_eq!(registry.tokens(&stays.id).await.unwrap().len(), 1);
    assert_eq!(registry.notes(Some(&stays.id), 9).await.unwrap().len(), 1);
}

/// One role at a time, and none for who does not exist.
pub async fn roles_are_given_changed_and_taken(registry: Shared) {
    let mette = account("mette");
    registry.put_account(&mette).await.unwrap();
    let own = connection(&registry, "Nordlys").await;
    for role in [Some(Role::Viewer), Some(Role::Owner), None] {
        registry.set_member(&own.id, &mette.id, role).await.unwrap();
        let expected: Vec<_> = role.into_iter().map(|role| (mette.id.clone(), role)).collect();
        assert_eq!(registry.members(&own.id).await.unwrap(), expected);
    }
    let nobody = AccountId::fresh();
    registry.set_member(&own.id, &nobody, Some(Role::Owner)).await.unwrap();
    registry.set_member(&ConnectionId::fresh(), &mette.id, Some(Role::Owner)).await.unwrap();
    assert_eq!(registry.members(&own.id).await.unwrap(), []);
    assert_eq!(registry.memberships(&mette.id).await.unwrap(), []);
}

/// Another connection cannot revoke it.
pub async fn a_token_is_known_by_its_digest_until_it_is_revoked(registry: Shared) {
    let own = connection(&registry, "Nordlys").await;
    let (token, secret) =
        ApiToken::make(own.id.clone(), "regneark".to_owned(), Scope::ALL.to_vec(), AccountId::fresh(), now());
    registry.put_token(&token).await.unwrap();
    assert_eq!(registry.token(&Digest::of(&secret)).await.unwrap(), Some(token.clone()));
    assert_eq!(registry.token(&Digest::of("afstem_gæt")).await.unwrap(), None);
    registry.revoke_token(&ConnectionId::fresh(), &token.id).await.unwrap();
    assert!(registry.token(&token.digest).await.unwrap().is_some());
    registry.revoke_token(&own.id, &token.id).await.unwrap();
    assert_eq!(registry.token(&token.digest).await.unwrap(), None);
}

/// The others are told that it is under way.
pub async fn of_many_that_ask_the_same_exactly_one_carries_it_out(registry: Shared) {
    let own = connection(&registry, "Nordlys").await;
    let key = AnswerKey { connection: own.id, key: fresh() };
    let mut claims = Vec::new();
    for _ in 0..8 {
        claims.push(registry.claim(&key, &Digest::of("sync"), now()).await.unwrap());
    }
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Yours).count(), 1);
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::UnderWay).count(), 7);
    registry.settle(&key, None).await.unwrap();
    assert_eq!(registry.claim(&key, &Digest::of("sync"), now()).await.unwrap(), Claim::Yours, "given up is free");
}

/// For a day.
pub async fn an_answer_is_given_again_and_never_to_another_question(registry: Shared) {
    let own = connection(&registry, "Nordlys").await;
    let key = AnswerKey { connection: own.id, key: "k".to_owned() };
    let (asked, other) = (Digest::of("sync"), Digest::of("undo"));
    let answer = Answer { status: 202, body: json!({ "run": "r" }) };
    registry.claim(&key, &asked, now()).await.unwrap();
    registry.settle(&key, Some(&answer)).await.unwrap();
    assert_eq!(registry.claim(&key, &asked, now()).await.unwrap(), Claim::Answered(answer));
    assert_eq!(registry.claim(&key, &other, now()).await.unwrap(), Claim::Another);
    registry.sweep(now() + Duration::hours(25)).await.unwrap();
    assert_eq!(registry.claim(&key, &other, now()).await.unwrap(), Claim::Yours);
}

/// Each name by itself.
pub async fn failures_count_until_they_are_forgiven(registry: Shared) {
    assert_eq!(registry.failures("mette").await.unwrap(), None);
    for count in 1..=3 {
        let at = now() + Duration::seconds(i64::from(count));
        registry.failed("mette", at).await.unwrap();
        let failures = registry.failures("mette").await.unwrap().unwrap();
        assert_eq!((failures.count, failures.last), (count, at));
    }
    assert_eq!(registry.failures("lars").await.unwrap(), None);
    registry.forgive("mette").await.unwrap();
    assert_eq!(registry.failures("mette").await.unwrap(), None);
    registry.failed("lars", now()).await.unwrap();
    registry.sweep(now() + Duration::hours(25)).await.unwrap();
    assert_eq!(registry.failures("lars").await.unwrap(), None, "old ones are forgotten");
}

/// And limited.
pub async fn notes_are_kept_apart_and_newest_first(registry: Shared) {
    let (own, other) = (connection(&registry, "A").await, connection(&registry, "B").await);
    for (it, what) in [(Some(&own.id), "one"), (Some(&other.id), "two"), (None, "three"), (Some(&own.id), "four")] {
        registry.note(&note(Actor::Console, it, what)).await.unwrap();
    }
    let told = |notes: Vec<Note>| notes.into_iter().map(|it| it.what).collect::<Vec<_>>();
    assert_eq!(told(registry.notes(Some(&own.id), 9).await.unwrap()), ["four", "one"]);
    assert_eq!(told(registry.notes(None, 2).await.unwrap()), ["four", "three"]);
}

fn note(actor: Actor, connection: Option<&ConnectionId>, what: &str) -> Note {
    Note { at: now(), actor, connection: connection.cloned(), what: what.to_owned(), detail: json!({}) }
}
