//! One function for each command. All of them end in an exit code.

mod deciding;
mod demo;
mod init;
mod past;

use std::io::IsTerminal;
use std::sync::Arc;

use serde_json::json;
use sync_app::{
    Ahead, App, AppError, Language, ModuleName, RecordReference, Say, Settings, Summary, ahead, contract_sentences,
    plan_json, plan_lines, serve_sandboxes, summary_json,
};

use crate::args::{
    Arguments, Command, MappingArguments, MappingCommand, PlanArguments, PushArguments, SandboxArguments, SyncArguments,
};
use crate::progress::Progress;
use crate::{AGREED, FAILED, TO_DO, WAITING, configuration, output, question};

/// Does what was asked and says how it ended.
pub(crate) async fn run(arguments: Arguments) -> u8 {
    let json = arguments.json;
    match &arguments.command {
        Command::Demo(demo) => {
            let language = configuration::language(arguments.lang, Language::default());
            ended(demo::run(demo, language, json).await, language, json)
        }
        Command::Sandbox(sandbox) => {
            let language = configuration::language(arguments.lang, Language::default());
            ended(serve(sandbox, language, json).await, language, json)
        }
        Command::Init => {
            let language = configuration::language(arguments.lang, Language::default());
            ended(init::run(arguments.config.as_deref(), language, json).await, language, json)
        }
        Command::Status
        | Command::Plan(_)
        | Command::Sync(_)
        | Command::Push(_)
        | Command::Match(_)
        | Command::Conflicts(_)
        | Command::Held(_)
        | Command::Mapping(_)
        | Command::Runs(_)
        | Command::Why(_)
        | Command::Undo(_)
        | Command::Audit(_)
        | Command::Log(_) => {
            let settings = match configuration::load(arguments.config.as_deref()) {
                Ok(settings) => settings,
                Err(error) => {
                    let language = configuration::language(arguments.lang, error.language());
                    return failed(&error.say(language), json);
                }
            };
            let language = configuration::language(arguments.lang, settings.language);
            ended(with_settings(&arguments.command, settings, language, json).await, language, json)
        }
    }
}

async fn with_settings(command: &Command, settings: Settings, language: Language, json: bool) -> Result<u8, AppError> {
    let progress = Arc::new(Progress::new(language, json));
    let taking_part = settings.sync.modules.clone();
    let custom = settings.mapping.is_some();
    let mut settings = Settings { language, ..settings };
    if let Command::Sync(SyncArguments { max_creates: Some(most), .. }) = command {
        settings.sync.max_creates = *most;
    }
    let app = App::connect(settings, None, progress)?.on_behalf_of(configuration::user());
    match command {
        Command::Status => Ok(status(&app, custom, language, json).await),
        Command::Plan(asked) => plan(&app, asked, &taking_part, language, json).await,
        Command::Sync(asked) => sync(&app, asked, &taking_part, language, json).await,
        Command::Push(asked) => push(&app, asked, language, json).await,
        Command::Match(asked) => {
            deciding::matching(&app, asked, &modules(&asked.module, &taking_part)?, language, json).await
        }
        Command::Conflicts(asked) => deciding::conflicts(&app, asked, language, json).await,
        Command::Held(asked) => deciding::held(&app, asked, language, json).await,
        Command::Mapping(asked) => tell_mapping(&app, asked, language, json).await,
        Command::Runs(asked) => past::runs(&app, asked, language, json).await,
        Command::Why(asked) => past::why(&app, asked, language, json).await,
        Command::Undo(asked) => past::undo(&app, asked, language, json).await,
        Command::Audit(asked) => past::audit(&app, asked, &taking_part, language, json).await,
        Command::Log(asked) => past::log(&app, asked, language, json).await,
        Command::Init | Command::Demo(_) | Command::Sandbox(_) => Ok(AGREED),
    }
}

/// Both connections; and where they work, whether a mapping of the user's own fits them.
async fn status(app: &App, custom: bool, language: Language, json: bool) -> u8 {
    let status = app.status().await;
    let broken = if custom && status.is_green() { app.mapping().await.err() } else { None };
    let cause = broken.map(|error| error.say(language));
    // Without a database, or with one that cannot be read, the connections are still worth telling.
    let agreement = app.agreement().await.ok();
    if json {
        let mut document = status.to_json();
        if let Some(cause) = &cause {
            document["status"] = json!("red");
            document["mapping"] = json!({ "ok": false, "cause": cause });
        }
        if let Some(agreement) = &agreement {
            document["agreement"] = agreement.to_json(language);
        }
        output::document(&document);
    } else {
        output::status(&status, language);
        agreement.iter().for_each(|agreement| output::agreement(agreement, language));
    }
    cause.iter().for_each(|cause| output::complain(cause));
    if status.is_green() && cause.is_none() { AGREED } else { FAILED }
}

async fn plan(
    app: &App,
    asked: &PlanArguments,
    taking_part: &[String],
    language: Language,
    json: bool,
) -> Result<u8, AppError> {
    let preview = app.plan(&modules(&asked.module, taking_part)?).await?;
    let mut document = plan_json(&preview, language);
    if let Some(path) = &asked.out {
        let saved = app.save_plan(&preview).await?;
        std::fs::write(path, saved.text()?)?;
        document["saved"] = json!({ "file": path.display().to_string(), "hash": saved.hash.as_str() });
        let (what, how) = match language {
            Language::Da => ("Planen er gemt i", "Udfør den med"),
            Language::En => ("The plan is saved in", "Carry it out with"),
        };
        output::tell(&format!("{what} {0}. {how} `afstem sync --plan {0}`.", path.display()));
    }
    if json {
        output::document(&document);
    } else {
        let lines = plan_lines(&preview, language);
        output::lines(&lines, language);
        match ahead(&preview) {
            Ahead::Nothing => output::print(
                language.pick("Intet at gøre: de to systemer stemmer.", "Nothing to do: the two systems agree."),
            ),
            Ahead::Waiting => output::print(language.pick(
                "Intet at gøre, før du har svaret på det, der venter (se `afstem held` og `afstem conflicts`).",
                "Nothing to do until you have answered what waits (see `afstem held` and `afstem conflicts`).",
            )),
            Ahead::Steps => output::print(&app.cost(&preview, language)),
        }
    }
    Ok(match ahead(&preview) {
        Ahead::Nothing => AGREED,
        Ahead::Waiting => WAITING,
        Ahead::Steps => TO_DO,
    })
}

async fn sync(
    app: &App,
    asked: &SyncArguments,
    taking_part: &[String],
    language: Language,
    json: bool,
) -> Result<u8, AppError> {
    if asked.if_due {
        let due = app.due().await?;
        if let Some(why) = due.say(language) {
            if json {
                output::document(&due.to_json());
            }
            output::tell(&why);
            return Ok(AGREED);
        }
    }
    if let Some(path) = &asked.plan {
        let text = std::fs::read_to_string(path)
            .map_err(|error| AppError::Unreadable(path.display().to_string(), error.to_string()))?;
        let summary = app.sync_plan(&text).await?;
        return Ok(finished(&summary, language, json));
    }
    let record = asked.record.as_deref().map(RecordReference::parse).transpose()?;
    let modules = modules(&asked.module, taking_part)?;
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if terminal && !asked.yes && !json && record.is_none() && app.is_first_meeting().await? {
        let preview = app.plan(&modules).await?;
        output::meeting(&app.meeting_of(&preview).await?, language);
        output::print(&app.cost(&preview, language));
        let question = language.pick("Første synkronisering. Skal det ske?", "First synchronisation. Go ahead?");
        if !question::confirmed(question, language)? {
            output::tell(language.pick("Intet er skrevet.", "Nothing was written."));
            return Ok(AGREED);
        }
    }
    let summary = match &record {
        record if asked.effects => app.sync_with_effects(&modules, record.as_ref()).await?,
        Some(record) => app.sync_record(record).await?,
        None => app.sync(&modules).await?,
    };
    Ok(finished(&summary, language, json))
}

async fn push(app: &App, asked: &PushArguments, language: Language, json: bool) -> Result<u8, AppError> {
    let summary = app.push(&RecordReference::parse(&asked.record)?).await?;
    Ok(finished(&summary, language, json))
}

async fn tell_mapping(app: &App, asked: &MappingArguments, language: Language, json: bool) -> Result<u8, AppError> {
    let what = asked.what.unwrap_or(MappingCommand::Show);
    if what == MappingCommand::Schema {
        output::document(&sync_app::mapping_schema());
        return Ok(AGREED);
    }
    if what == MappingCommand::Export {
        let text = app.mapping_text();
        if json {
            output::document(&json!({ "mapping": text }));
        } else {
            output::print(&text);
        }
        return Ok(AGREED);
    }
    let view = app.mapping().await?;
    if json {
        output::document(&json!(view));
    } else if what == MappingCommand::Show {
        output::mapping(&view, language);
    } else {
        output::print(language.pick("Kortlægningen passer til begge systemer.", "The mapping fits both systems."));
        view.notes.iter().for_each(|note| output::print(note));
    }
    Ok(AGREED)
}

async fn serve(asked: &SandboxArguments, language: Language, json: bool) -> Result<u8, AppError> {
    let served = serve_sandboxes(asked.records, asked.invoices, asked.seed).await?;
    if json {
        output::document(&served.to_json(language));
    } else {
        output::print(&served.configuration(language));
        output::tell(
            language.pick("Begge sandkasser kører. Stop med Ctrl-C.", "Both sandboxes are running. Stop with Ctrl-C."),
        );
    }
    tokio::signal::ctrl_c().await?;
    served.stop().await;
    Ok(AGREED)
}

fn modules(named: &[String], taking_part: &[String]) -> Result<Vec<ModuleName>, AppError> {
    named.iter().map(|name| ModuleName::parse(name, taking_part)).collect()
}

fn finished(summary: &Summary, language: Language, json: bool) -> u8 {
    contract_sentences(summary, language).iter().for_each(|sentence| output::tell(sentence));
    if json {
        output::document(&summary_json(summary, language));
    } else {
        output::summary(summary, language);
    }
    if summary.in_agreement() { AGREED } else { WAITING }
}

fn ended(result: Result<u8, AppError>, language: Language, json: bool) -> u8 {
    result.unwrap_or_else(|error| failed(&error.say(language), json))
}

fn failed(sentence: &str, json: bool) -> u8 {
    if json {
        output::document(&json!({ "error": sentence }));
    }
    output::complain(sentence);
    FAILED
}
