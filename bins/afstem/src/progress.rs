//! Progress on a terminal: what was read, what is written, and how long the rate limits will make it take.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use sync_app::{Event, Events, Language, side_name};

/// Draws events on standard error; on anything but a terminal nothing is drawn.
#[derive(Debug)]
pub(crate) struct Progress {
    language: Language,
    bars: MultiProgress,
    reading: Mutex<Option<ProgressBar>>,
    writing: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// Progress in `language`; silent when `quiet`.
    pub(crate) fn new(language: Language, quiet: bool) -> Self {
        let bars = MultiProgress::new();
        if quiet {
            bars.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { language, bars, reading: Mutex::default(), writing: Mutex::default() }
    }

    fn read(&self, text: String) {
        let Ok(mut reading) = self.reading.lock() else { return };
        let bar = reading.get_or_insert_with(|| {
            let bar = self.bars.add(ProgressBar::new_spinner());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(text);
    }

    /// Nothing more is read: what is printed or asked next stands alone.
    fn rest(&self) {
        if let Ok(mut reading) = self.reading.lock()
            && let Some(bar) = reading.take()
        {
            bar.finish_and_clear();
        }
    }

    fn start(&self, module: &str, writes: u64, wait: u64) {
        self.rest();
        let Ok(mut writing) = self.writing.lock() else { return };
        let bar = self.bars.add(ProgressBar::new(writes));
        if let Ok(style) = ProgressStyle::with_template("{prefix:16} {bar:32.green} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(module.to_owned());
        bar.set_message(self.remaining(wait));
        *writing = Some(bar);
    }

    fn step(&self, title: &str, wait: u64) {
        let Ok(mut writing) = self.writing.lock() else { return };
        let Some(bar) = writing.as_ref() else { return };
        bar.inc(1);
        bar.set_message(format!("{} {title}", self.remaining(wait)));
        if bar.length() == Some(bar.position()) {
            bar.finish_with_message(self.language.pick("færdig", "done"));
            *writing = None;
        }
    }

    /// How long the rate limits will make it take, in words.
    fn remaining(&self, milliseconds: u64) -> String {
        let seconds = milliseconds.div_ceil(1000);
        let about = self.language.pick("ca.", "about");
        match seconds {
            0 => String::new(),
            1..=90 => format!("{about} {seconds} s ·"),
            _ => format!("{about} {} min ·", seconds.div_ceil(60)),
        }
    }
}

impl Events for Progress {
    fn take(&self, event: Event) {
        match event {
            Event::Waiting { until } => self.read(format!(
                "{} {} UTC",
                self.language.pick("en anden kørsel er i gang; venter til", "another run is at work; waiting until"),
                until.format("%H:%M:%S")
            )),
            Event::Recovering { intents } => self.read(format!(
                "{}: {intents}",
                self.language.pick("rydder op efter en afbrudt kørsel", "clearing up after an interrupted run")
            )),
            Event::Gathered { side, kind, records } => {
                let what = self.language.pick("læser", "reading");
                self.read(format!("{}: {what} {kind}: {records}", side_name(side)));
            }
            Event::Looked => self.rest(),
            Event::Planned { .. } => {}
            Event::Applying { module, writes, wait } => {
                self.start(module.as_str(), (writes.left + writes.right) as u64, wait);
            }
            Event::Wrote { step, wait, .. } => self.step(&step.title, wait),
            Event::Happened { record } => self.read(format!("{}: {}", record.title, record.effect)),
            Event::Missed { step, .. } => self.step(&step.title, 0),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // A spinner that nobody finished would stay on the screen.
        let _ = self.bars.clear();
    }
}
