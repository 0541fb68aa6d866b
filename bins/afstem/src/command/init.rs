//! `init`: asks for what is needed, tries both connections on the way, and writes the settings file.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use sync_app::first::{Answers, DINERO, SIMPLYCRM, SYNC, check, open, variable};
use sync_app::form::{Answering, Field};
use sync_app::{App, AppError, Language, Side, Unheard};

use crate::{AGREED, FAILED, output, question};

/// Asks and writes `afstem.toml`, or the file that was named. An existing file is left as it is.
pub(crate) async fn run(named: Option<&Path>, language: Language, json: bool) -> Result<u8, AppError> {
    let path = named.map_or_else(|| PathBuf::from("afstem.toml"), Path::to_owned);
    if path.exists() {
        let what = language.pick("findes allerede og bliver ikke rørt", "exists already and is left as it is");
        return Ok(super::failed(&format!("{} {what}.", path.display()), json));
    }
    let environment: Vec<(String, String)> = std::env::vars().collect();
    let mut interview = Interview { language, environment, answers: Answers::default(), home: home(&path) };
    if let Some(sentence) = interview.cannot_ask() {
        return Ok(super::failed(&sentence, json));
    }
    interview.connection(Side::Left, DINERO).await?;
    interview.connection(Side::Right, SIMPLYCRM).await?;
    interview.ask(SYNC)?;
    let read = |name: &str| std::fs::read_to_string(interview.home.join(name)).map_err(|error| error.to_string());
    let name = path.display().to_string();
    let settings = interview.answers.settings(&name, language, &interview.environment, &read)?;
    let status = App::connect(settings, None, Arc::new(Unheard))?.status().await;
    write_privately(&path, &interview.answers.text(language))?;
    if json {
        let mut document = status.to_json();
        document["written"] = json!(name);
        output::document(&document);
    } else {
        output::status(&status, language);
        let next = language.pick("er skrevet. Se nu, hvad der ville ske", "is written. Now see what would happen");
        output::print(&format!("{name} {next}: afstem plan"));
    }
    Ok(if status.is_green() { AGREED } else { FAILED })
}

/// The folder that the files named in the settings are relative to.
fn home(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// What was asked and answered so far.
struct Interview {
    language: Language,
    environment: Vec<(String, String)>,
    answers: Answers,
    home: PathBuf,
}

impl Interview {
    /// Without a terminal everything has to come from the environment; names what does not.
    fn cannot_ask(&self) -> Option<String> {
        if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
            return None;
        }
        let asked = [DINERO, SIMPLYCRM, SYNC].into_iter().flat_map(|keys| self.open(keys));
        let open: Vec<String> = asked.map(|field| variable(field.key)).collect();
        let what = self.language.pick(
            "`afstem init` spørger og skal bruge en terminal. Uden den skal miljøet give svarene; det mangler",
            "`afstem init` asks and needs a terminal. Without one the environment has to give the answers; missing are",
        );
        (!open.is_empty()).then(|| format!("{what}: {}", open.join(", ")))
    }

    /// What of `keys` has to be asked for, as far as the answers so far tell.
    fn open(&self, keys: &[&str]) -> Vec<&'static Field> {
        open(keys, &self.answers, &self.environment).collect()
    }

    fn ask(&mut self, keys: &[&str]) -> Result<(), AppError> {
        for key in keys {
            for field in self.open(&[key]) {
                let answer = put(field, self.answers.shown(field), self.language)?;
                self.answers.take(field, &answer);
            }
        }
        Ok(())
    }

    /// Asks until the connection works, or the user goes on all the same.
    async fn connection(&mut self, side: Side, keys: &[&str]) -> Result<(), AppError> {
        if self.open(keys).is_empty() {
            return Ok(());
        }
        loop {
            self.ask(keys)?;
            let read = |name: &str| std::fs::read_to_string(self.home.join(name)).map_err(|error| error.to_string());
            let settings = self.answers.settings_so_far(self.language, &self.environment, &read)?;
            let check = App::connect(settings, None, Arc::new(Unheard))?.check(side).await;
            output::connection(side, &check, self.language);
            let again = self.language.pick("Vil du rette svarene?", "Do you want to correct the answers?");
            if check.is_green() || !question::confirmed(again, self.language)? {
                return Ok(());
            }
        }
    }
}

/// Asks for one setting; an `earlier` answer stands when nothing is typed.
fn put(field: &'static Field, earlier: Option<&str>, language: Language) -> std::io::Result<String> {
    let said = |[danish, english]: [&'static str; 2]| language.pick(danish, english);
    let question = format!("{}. {}", said(field.label), said(field.explain));
    match field.answer {
        Answering::Text => {
            let mut input = cliclack::input(question).validate(move |answer: &String| check(field, answer, language));
            if let Some(earlier) = earlier {
                input = input.default_input(earlier);
            }
            input.interact()
        }
        Answering::Secret => {
            cliclack::password(question).validate(move |answer: &String| check(field, answer, language)).interact()
        }
        Answering::Flag => question::confirmed(&question, language).map(|yes| yes.to_string()),
        Answering::One(choices) => {
            let mut select = cliclack::select(question);
            for choice in choices {
                select = select.item(choice.value, said(choice.label), said(choice.effect));
            }
            select.interact().map(str::to_owned)
        }
        Answering::Some(choices) => {
            let mut select = cliclack::multiselect(question);
            for choice in choices {
                select = select.item(choice.value, said(choice.label), said(choice.effect));
            }
            select.interact().map(|chosen| chosen.join(","))
        }
    }
}

/// The file holds keys: nobody but its owner may read it, and one that appeared meanwhile is not written over.
fn write_privately(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
