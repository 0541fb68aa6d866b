//! `afstem match`, `afstem conflicts` and `afstem held`: what waits for a person, and what the person says to it.

use serde_json::{Value, json};
use sync_app::{App, AppError, Entry, Language, ModuleName, RecordReference, Reply, Side, Word};

use crate::args::{
    ConflictsArguments, ConflictsCommand, HeldArguments, HeldCommand, MatchArguments, MatchCommand, ReplyArguments,
    System,
};
use crate::{AGREED, WAITING, configuration, output};

/// `afstem match`.
pub(super) async fn matching(
    app: &App,
    asked: &MatchArguments,
    modules: &[ModuleName],
    language: Language,
    json: bool,
) -> Result<u8, AppError> {
    match &asked.what {
        None | Some(MatchCommand::List) => {
            let meeting = app.meeting(modules).await?;
            if json {
                output::document(&meeting.to_json(language));
            } else {
                output::meeting(&meeting, language);
            }
            Ok(if meeting.counts().ambiguous == 0 { AGREED } else { WAITING })
        }
        Some(MatchCommand::Confirm { above: Some(score), .. }) => {
            let meeting = app.meeting(modules).await?;
            let confirmed = app.confirm_above(&meeting, *score, &word(false)).await?;
            let pairs =
                confirmed.iter().map(|it| json!({ "dinero": it.left.to_string(), "simplycrm": it.right.to_string() }));
            let pairs: Vec<Value> = pairs.collect();
            let said = confirmed.iter().map(|it| format!("{} = {}", it.left, it.right)).collect::<Vec<_>>();
            Ok(said_so(&json!({ "confirmed": pairs }), &said, language, json))
        }
        Some(MatchCommand::Confirm { records, undo, .. }) => {
            let records = references(records)?;
            if let [one, other] = records.as_slice() {
                app.confirm(one, other, &word(*undo)).await?;
            }
            Ok(said_of(&records, if *undo { "taken_back" } else { "confirmed" }, language, json))
        }
        Some(MatchCommand::Ignore { records, undo }) => {
            let records = references(records)?;
            match records.as_slice() {
                [one, other] => app.tell_apart(one, other, &word(*undo)).await?,
                alone => {
                    for record in alone {
                        app.ignore(record, &word(*undo)).await?;
                    }
                }
            }
            Ok(said_of(&records, if *undo { "taken_back" } else { "ignored" }, language, json))
        }
    }
}

/// `afstem conflicts`.
pub(super) async fn conflicts(
    app: &App,
    asked: &ConflictsArguments,
    language: Language,
    json: bool,
) -> Result<u8, AppError> {
    match &asked.what {
        None | Some(ConflictsCommand::List) => {
            let inbox = app.inbox().await?;
            Ok(listed("conflicts", &inbox.conflicts().collect::<Vec<_>>(), language, json))
        }
        Some(ConflictsCommand::Resolve { id, take, field, undo }) => {
            let take = match take {
                System::Dinero => Side::Left,
                System::Crm => Side::Right,
            };
            let entry = app.resolve(id, take, field, &word(*undo)).await?;
            Ok(said_about(&[entry], if *undo { "taken_back" } else { "resolved" }, language, json))
        }
    }
}

/// `afstem held`.
pub(super) async fn held(app: &App, asked: &HeldArguments, language: Language, json: bool) -> Result<u8, AppError> {
    match &asked.what {
        None | Some(HeldCommand::List) => {
            let inbox = app.inbox().await?;
            Ok(listed("held", &inbox.held().collect::<Vec<_>>(), language, json))
        }
        Some(HeldCommand::Approve(which)) => answer(app, which, Reply::Approve, "approved", language, json).await,
        Some(HeldCommand::Reject(which)) => answer(app, which, Reply::Reject, "rejected", language, json).await,
    }
}

async fn answer(
    app: &App,
    which: &ReplyArguments,
    reply: Reply,
    verb: &str,
    language: Language,
    json: bool,
) -> Result<u8, AppError> {
    let mut answered = Vec::new();
    for id in &which.ids {
        answered.push(app.answer(id, reply, &word(which.undo)).await?);
    }
    Ok(said_about(&answered, if which.undo { "taken_back" } else { verb }, language, json))
}

/// Shows entries; what nobody answered makes the difference to the exit code.
fn listed(name: &str, entries: &[&Entry], language: Language, json: bool) -> u8 {
    if json {
        let entries: Vec<Value> = entries.iter().map(|entry| entry.to_json(language)).collect();
        output::document(&json!({ name: entries }));
    } else {
        output::entries(entries, language);
    }
    if entries.iter().any(|entry| entry.waits()) { WAITING } else { AGREED }
}

fn said_about(entries: &[Entry], verb: &str, language: Language, json: bool) -> u8 {
    let named: Vec<Value> =
        entries.iter().map(|entry| json!({ "id": entry.id, "title": entry.title(language) })).collect();
    let said: Vec<String> = entries.iter().map(|entry| format!("{} · {}", entry.id, entry.title(language))).collect();
    said_so(&json!({ verb: named }), &said, language, json)
}

fn said_of(records: &[RecordReference], verb: &str, language: Language, json: bool) -> u8 {
    let said: Vec<String> = records.iter().map(ToString::to_string).collect();
    said_so(&json!({ verb: said }), &said, language, json)
}

fn said_so(document: &Value, said: &[String], language: Language, json: bool) -> u8 {
    if json {
        output::document(document);
    } else {
        said.iter().for_each(|line| output::print(line));
        let none = language.pick("Der var intet at sige det om.", "There was nothing to say that of.");
        let noted = language
            .pick("Noteret. Næste `afstem sync` retter sig efter det.", "Noted. The next `afstem sync` goes by it.");
        output::print(if said.is_empty() { none } else { noted });
    }
    AGREED
}

fn references(named: &[String]) -> Result<Vec<RecordReference>, AppError> {
    named.iter().map(|name| RecordReference::parse(name)).collect()
}

fn word(undo: bool) -> Word {
    Word { by: configuration::user().unwrap_or_else(|| "afstem".to_owned()), given: !undo }
}
