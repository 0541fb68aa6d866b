//! Questions on the terminal that are answered with yes or no, in the language of everything else.

use cliclack::{Theme, ThemeState};
use sync_app::Language;

/// As the prompts look by themselves, in Danish.
struct Danish;

impl Theme for Danish {
    fn format_confirm(&self, state: &ThemeState, confirm: bool) -> String {
        let yes = self.radio_item(state, confirm, "Ja", "");
        let no = self.radio_item(state, !confirm, "Nej", "");
        let between = match state {
            ThemeState::Active => self.placeholder_style(state).apply_to(" / ").to_string(),
            ThemeState::Cancel | ThemeState::Submit | ThemeState::Error(_) => String::new(),
        };
        format!("{}  {yes}{between}{no}\n", self.bar_color(state).apply_to("│"))
    }
}

/// Asks; no is what happens when nobody chooses.
///
/// # Errors
/// When the terminal is gone, or the question was broken off.
pub(crate) fn confirmed(question: &str, language: Language) -> std::io::Result<bool> {
    match language {
        Language::Da => cliclack::set_theme(Danish),
        Language::En => cliclack::reset_theme(),
    }
    cliclack::confirm(question).interact()
}
