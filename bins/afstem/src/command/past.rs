//! The commands about the past: runs, why, undo, audit, log.

use std::io::IsTerminal;

use serde_json::json;
use sync_app::{
    App, AppError, Language, ModuleName, RecordReference, Say, audit_json, audit_lines, plan_lines, replay_json,
    run_detail_json, run_detail_lines, run_lines, runs_json, trail_json, why_json, why_lines,
};

use crate::args::{AuditArguments, LogArguments, LogCommand, RunsArguments, UndoArguments, WhyArguments};
use crate::{AGREED, WAITING, output, question};

pub(super) async fn runs(app: &App, asked: &RunsArguments, language: Language, json: bool) -> Result<u8, AppError> {
    if let Some(run) = &asked.run {
        let detail = app.run_detail(run).await?;
        if json {
            output::document(&run_detail_json(&detail, language));
        } else {
            run_detail_lines(&detail, language).iter().for_each(|line| output::print(line));
        }
        return Ok(AGREED);
    }
    let runs = app.latest_runs(asked.limit).await?;
    if json {
        output::document(&runs_json(&runs));
    } else if runs.is_empty() {
        output::print(language.pick("Der har ikke været nogen kørsel endnu.", "There was no run yet."));
    } else {
        output::runs(&run_lines(&runs, language), language);
    }
    Ok(AGREED)
}

pub(super) async fn why(app: &App, asked: &WhyArguments, language: Language, json: bool) -> Result<u8, AppError> {
    let told = app.why(&RecordReference::parse(&asked.record)?).await?;
    let field = asked.field.as_deref();
    if let Some(field) = field
        && !told.fields.is_empty()
        && told.fields.iter().all(|view| view.why.field.as_str() != field)
    {
        let names: Vec<String> = told.fields.iter().map(|view| view.why.field.to_string()).collect();
        return Err(AppError::NoSuchField(field.to_owned(), names.join(", ")));
    }
    if json {
        output::document(&why_json(&told, field, language));
    } else {
        why_lines(&told, field, language).iter().for_each(|line| output::print(line));
    }
    Ok(AGREED)
}

pub(super) async fn undo(app: &App, asked: &UndoArguments, language: Language, json: bool) -> Result<u8, AppError> {
    let field = asked.field.as_deref();
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if terminal && !asked.yes && !json {
        let preview = app.undo_preview(&asked.target, field).await?;
        output::lines(&plan_lines(&preview, language), language);
        let kept = preview.undone.iter().flat_map(|undone| &undone.kept);
        kept.for_each(|kept| output::print(&kept.say(language)));
        let question = language.pick("Skal det fortrydes?", "Undo it?");
        if !question::confirmed(question, language)? {
            output::tell(language.pick("Intet er skrevet.", "Nothing was written."));
            return Ok(AGREED);
        }
    }
    let summary = app.undo(&asked.target, field).await?;
    Ok(super::finished(&summary, language, json))
}

pub(super) async fn audit(
    app: &App,
    asked: &AuditArguments,
    taking_part: &[String],
    language: Language,
    json: bool,
) -> Result<u8, AppError> {
    let modules: Vec<ModuleName> =
        asked.module.iter().map(|name| ModuleName::parse(name, taking_part)).collect::<Result<_, _>>()?;
    let audit = app.audit(&modules).await?;
    if json {
        output::document(&audit_json(&audit, language));
    } else {
        audit_lines(&audit, language).iter().for_each(|line| output::print(line));
    }
    Ok(if audit.unexplained.is_empty() { AGREED } else { WAITING })
}

pub(super) async fn log(app: &App, asked: &LogArguments, language: Language, json: bool) -> Result<u8, AppError> {
    match asked.what {
        LogCommand::Verify => {
            let replay = app.verify_trail().await?;
            if json {
                output::document(&replay_json(&replay));
            } else {
                let head = replay.head.as_ref().map(ToString::to_string).unwrap_or_default();
                let (entries, links, writes) = (replay.entries, replay.links.len(), replay.writes.len());
                output::print(&match language {
                    Language::Da => format!(
                        "Loggen er ubrudt: {entries} indførsler, {links} koblinger, {writes} skrivninger. Sidste kontrolsum: {head}"
                    ),
                    Language::En => format!(
                        "The log is unbroken: {entries} entries, {links} links, {writes} writes. Last hash: {head}"
                    ),
                });
            }
        }
        LogCommand::Export => {
            let mut lines = Vec::new();
            let mut after = 0;
            loop {
                let page = app.trail(after).await?;
                let Some(last) = page.last() else { break };
                after = last.n;
                if json {
                    lines.extend(page.iter().map(trail_json));
                } else {
                    page.iter().for_each(|entry| output::print(&trail_json(entry).to_string()));
                }
            }
            if json {
                output::document(&json!({ "entries": lines }));
            }
        }
    }
    Ok(AGREED)
}
