//! `afstem demo`: the whole story on embedded sandboxes and a temporary database.

use std::sync::Arc;

use serde_json::{Value, json};
use sync_app::{App, AppError, Demo, Language, Say, Scene, Summary, plan_json, plan_lines, summary_json};

use crate::args::DemoArguments;
use crate::progress::Progress;
use crate::{AGREED, WAITING, output};

/// Tells the story; with `json`, as one document of what happened.
pub(super) async fn run(asked: &DemoArguments, language: Language, json: bool) -> Result<u8, AppError> {
    let directory = tempfile::tempdir()?;
    let store = format!("sqlite://{}", directory.path().join("demo.db").display());
    let demo = Demo::new(asked.records, asked.seed, store, language, Arc::new(Progress::new(language, json)));
    let mut story = Story { language, json, chapters: Vec::new() };

    story.chapter(
        "1. En forkert API-nøgle: rødt, med årsag og næste skridt",
        "1. A wrong API key: red, with the cause and the next step",
    );
    story.status(&demo.app_with_wrong_key()?).await;
    let app = demo.app()?;
    story.chapter("2. Den rigtige nøgle: grønt", "2. The right key: green");
    story.status(&app).await;
    story.chapter("3. Planen: hvad der ville ske, og hvorfor", "3. The plan: what would happen, and why");
    story.plan(&app).await?;
    story.chapter("4. Første synkronisering", "4. The first synchronisation");
    story.sync(&app).await?;
    story.chapter(
        "5. Den samme organisation rettes begge steder, i hver sit felt",
        "5. The same organisation is edited on both sides, in a field of its own each",
    );
    story.edits(&demo.edit_apart());
    story.sync(&app).await?;
    story.chapter(
        "6. Det samme felt rettes begge steder: prioriteten afgør det",
        "6. The same field is edited on both sides: priority decides",
    );
    story.edits(&demo.edit_against());
    story.sync(&app).await?;
    let app = story.invoice(&demo).await?;
    story.chapter("11. Én gang til: intet skrives", "11. Once more: nothing is written");
    let last = story.sync(&app).await?;
    Ok(story.ended(&last))
}

/// What was told so far.
struct Story {
    language: Language,
    json: bool,
    chapters: Vec<Value>,
}

impl Story {
    fn chapter(&mut self, danish: &str, english: &str) {
        let title = self.language.pick(danish, english);
        if self.json {
            self.chapters.push(json!({ "title": title }));
        } else {
            output::headline(title);
        }
    }

    fn note(&mut self, key: &str, value: Value) {
        if let Some(chapter) = self.chapters.last_mut() {
            chapter[key] = value;
        }
    }

    async fn status(&mut self, app: &App) {
        let status = app.status().await;
        if self.json {
            self.note("status", status.to_json());
        } else {
            output::status(&status, self.language);
        }
    }

    async fn plan(&mut self, app: &App) -> Result<(), AppError> {
        let preview = app.plan(&[]).await?;
        if self.json {
            self.note("plan", plan_json(&preview, self.language));
        } else {
            output::lines(&plan_lines(&preview, self.language), self.language);
            output::print(&app.cost(&preview, self.language));
        }
        Ok(())
    }

    /// What people do, or what now stands there.
    fn edits(&mut self, edits: &[impl Say]) {
        if self.json {
            let said: Vec<String> = edits.iter().map(|edit| edit.say(self.language)).collect();
            self.note("edits", json!(said));
        } else {
            for edit in edits {
                output::print(&edit.say(self.language));
            }
        }
    }

    /// An invoice's life, from the CRM to the books and back. The app that goes on keeps invoices in agreement, too.
    async fn invoice(&mut self, demo: &Demo) -> Result<App, AppError> {
        let app = demo.app_with_invoices()?;
        self.chapter(
            "7. Fakturaer kommer med fra nu af; der er ingen endnu",
            "7. From now on invoices are kept in agreement, too; there are none yet",
        );
        self.sync(&app).await?;
        self.chapter(
            "8. En faktura laves i Simply CRM: den bliver en kladde i Dinero, og beløbene stemmer",
            "8. An invoice is made in Simply CRM: it becomes a draft in Dinero, and the amounts agree",
        );
        let sold = demo.sell().await?;
        self.told(&app, &[sold], demo, false).await?;
        self.chapter("9. Den bogføres, fordi nogen beder om det", "9. It is booked, because somebody asks for it");
        self.told(&app, &[], demo, true).await?;
        self.chapter(
            "10. Kunden betaler i Dinero: fakturaen er betalt i Simply CRM",
            "10. The customer pays in Dinero: the invoice is paid in Simply CRM",
        );
        self.told(&app, &demo.pay(), demo, false).await?;
        Ok(app)
    }

    /// What happens to the invoice, the run after it, and how the invoice stands then.
    async fn told(&mut self, app: &App, scenes: &[Scene], demo: &Demo, effects: bool) -> Result<(), AppError> {
        self.edits(scenes);
        let summary = if effects { app.sync_with_effects(&[], None).await? } else { app.sync(&[]).await? };
        self.tell(&summary);
        let stands: Vec<String> = demo.invoices().iter().map(|scene| scene.say(self.language)).collect();
        if self.json {
            self.note("invoices", json!(stands));
        } else {
            stands.iter().for_each(|line| output::print(line));
        }
        Ok(())
    }

    async fn sync(&mut self, app: &App) -> Result<Summary, AppError> {
        let summary = app.sync(&[]).await?;
        self.tell(&summary);
        Ok(summary)
    }

    fn tell(&mut self, summary: &Summary) {
        if self.json {
            self.note("sync", summary_json(summary, self.language));
        } else {
            output::summary(summary, self.language);
        }
    }

    fn ended(self, last: &Summary) -> u8 {
        if self.json {
            output::document(&json!({ "demo": self.chapters }));
        }
        if last.in_agreement() { AGREED } else { WAITING }
    }
}
