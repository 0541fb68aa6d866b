//! Everything that is printed: documents on standard output, sentences and tables on standard error or output.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use serde_json::Value;
use sync_app::{
    Agreement, Entry, Language, Light, Line, MappingView, Meeting, Side, SideStatus, Status, Summary, Travel,
    module_name, side_name, summary_lines,
};

/// Lines of a table before it is cut.
const MOST_LINES: usize = 40;
/// Characters of the longest name of a record: `contact/` or `product/` and a guid.
const LONGEST_NAME: usize = 44;
/// Blanks beside what stands in a column.
const PADDING: u16 = 2;

/// Prints a sentence to standard error.
pub(crate) fn tell(text: &str) {
    // Nobody can be told that telling failed.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints an error to standard error.
pub(crate) fn complain(text: &str) {
    let red = colour(AnsiColor::Red);
    let _ = writeln!(anstream::stderr(), "{red}✗{red:#} {text}");
}

/// Prints text to standard output.
pub(crate) fn print(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Prints the one document of a `--json` call.
pub(crate) fn document(value: &Value) {
    let _ = writeln!(std::io::stdout(), "{value:#}");
}

/// Both connections, red or green.
pub(crate) fn status(status: &Status, language: Language) {
    status.sides.iter().for_each(|(side, connection)| self::connection(side, connection, language));
}

/// One connection, red or green.
pub(crate) fn connection(side: Side, connection: &SideStatus, language: Language) {
    let name = side_name(side);
    match connection {
        SideStatus::Green { account, detail } => {
            let green = colour(AnsiColor::Green);
            print(&format!("{green}●{green:#} {name}: {account} ({detail})"));
        }
        SideStatus::Red { cause, next_step } => {
            let red = colour(AnsiColor::Red);
            print(&format!("{red}●{red:#} {name}: {cause}"));
            print(&format!("  {}: {next_step}", language.pick("Næste skridt", "Next step")));
        }
    }
}

/// Whether the two systems agree, as far as is remembered.
pub(crate) fn agreement(agreement: &Agreement, language: Language) {
    let lamp = match agreement.light() {
        Light::Green => colour(AnsiColor::Green),
        Light::Red => colour(AnsiColor::Red),
        Light::None => Style::new().dimmed(),
    };
    for sentence in agreement.sentences(language) {
        print(&format!("{lamp}●{lamp:#} {sentence}"));
    }
}

/// A table of what is or was done, cut to a readable length.
pub(crate) fn lines(lines: &[Line], language: Language) {
    if lines.is_empty() {
        return;
    }
    let mut table = table([
        language.pick("Modul", "Module"),
        language.pick("Post", "Record"),
        language.pick("Hvad", "What"),
        language.pick("Hvorfor", "Why"),
    ]);
    for line in lines.iter().take(MOST_LINES) {
        table.add_row([&module_name(&line.module, language), &line.record, &line.what, &line.why]);
    }
    // A name that is to be typed must not be broken in two.
    let longest = lines.iter().take(MOST_LINES).flat_map(|line| line.why.split_whitespace()).map(str::len).max();
    if let (Some(column), Some(longest)) = (table.column_mut(3), longest) {
        let room = u16::try_from(longest.min(LONGEST_NAME)).unwrap_or_default() + PADDING;
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(room)));
    }
    print(&table.to_string());
    more(lines.len(), language);
}

/// Says how much is not shown.
fn more(all: usize, language: Language) {
    if all > MOST_LINES {
        let more = all - MOST_LINES;
        print(&format!("… {more} {}", language.pick("mere; se dem alle med --json", "more; see them all with --json")));
    }
}

/// How records would find each other, and the numbers below.
pub(crate) fn meeting(meeting: &Meeting, language: Language) {
    lines(&meeting.lines(language), language);
    let questions = meeting.questions(language);
    for question in questions.iter().take(MOST_LINES) {
        let bold = Style::new().bold();
        print(&format!("{bold}{}{bold:#} ({})", question.what, question.why));
        question.answers.iter().for_each(|(typed, means)| print(&format!("  {means}: {typed}")));
    }
    more(questions.len(), language);
    meeting.numbers(language).iter().for_each(|numbers| print(numbers));
}

/// What waits for a person, entry by entry.
pub(crate) fn entries(entries: &[&Entry], language: Language) {
    if entries.is_empty() {
        print(language.pick("Intet venter på dig her.", "Nothing waits for you here."));
    }
    let bold = Style::new().bold();
    for entry in entries {
        let (id, title) = (&entry.id, entry.title(language));
        let module = module_name(entry.module.as_str(), language);
        let records: Vec<String> = entry.records().take(2).map(|(_, key)| key.to_string()).collect();
        print(&format!("{bold}{id}{bold:#}  {module} · {title} ({})", records.join(", ")));
        print(&format!("  {}", entry.why(language)));
        for (field, dinero, crm) in entry.values() {
            print(&format!("  {field}: Dinero “{dinero}”, Simply CRM “{crm}”"));
        }
        let since = entry.since.format("%Y-%m-%d %H:%M UTC");
        print(&format!("  {} {since}", language.pick("Venter siden", "Waiting since")));
        match &entry.answered {
            Some(answered) => print(&format!(
                "  {} {}, {}",
                language.pick("Besvaret af", "Answered by"),
                answered.by,
                language.pick("næste synkronisering retter sig efter det.", "and the next sync goes by it.")
            )),
            None => print(&format!("  → {}", entry.remedy(language))),
        }
    }
}

/// The runs, newest first.
pub(crate) fn runs(lines: &[[String; 3]], language: Language) {
    let mut table = table([
        language.pick("Begyndt (UTC)", "Begun (UTC)"),
        language.pick("Kørsel", "Run"),
        language.pick("Hvad", "What"),
    ]);
    for line in lines {
        table.add_row(line);
    }
    print(&table.to_string());
}

/// Which field means which.
pub(crate) fn mapping(view: &MappingView, language: Language) {
    let mut table = table([
        language.pick("Modul", "Module"),
        language.pick("Felt", "Field"),
        "Dinero",
        "",
        "Simply CRM",
        language.pick("Oversættelse", "Translation"),
    ]);
    for row in &view.fields {
        let arrow = match row.direction {
            Travel::Both => "↔",
            Travel::ToDinero => "←",
            Travel::ToCrm => "→",
            Travel::None => "·",
        };
        let (dinero, crm) = (row.dinero.join(", "), row.simplycrm.join(", "));
        table.add_row([module_name(&row.module, language).as_str(), &row.label, &dinero, arrow, &crm, row.translation]);
    }
    print(&table.to_string());
    headline(language.pick("Følger bevidst ikke med", "Left alone on purpose"));
    for row in &view.unmapped {
        print(&format!(
            "{} · {}: {} — {}",
            module_name(&row.module, language),
            row.system,
            row.fields.join(", "),
            row.why
        ));
    }
    view.notes.iter().for_each(|note| print(note));
}

/// An empty table, as wide as the terminal.
fn table<const N: usize>(headers: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(110);
    }
    table.set_header(headers);
    table
}

/// What a run did.
pub(crate) fn summary(summary: &Summary, language: Language) {
    lines(&summary_lines(summary, language), language);
    let counts = |label: &str, dinero: u64, crm: u64| format!("{label}: Dinero {dinero}, Simply CRM {crm}");
    let (created, updated) = (&summary.created, &summary.updated);
    let (requests, writes) = (summary.usage.map(|it| it.requests), summary.usage.map(|it| it.writes));
    print(&counts(language.pick("Oprettet", "Created"), created.left, created.right));
    print(&counts(language.pick("Rettet", "Updated"), updated.left, updated.right));
    print(&format!(
        "{}: {} · {}: {} · {}: {} · {}: {}",
        language.pick("Koblet", "Linked"),
        summary.linked,
        language.pick("Konflikter", "Conflicts"),
        summary.conflicts(),
        language.pick("Venter", "Held"),
        summary.held(),
        language.pick("Fejlet", "Failed"),
        summary.failed
    ));
    let effects = summary.effects;
    if effects.booked + effects.sent + effects.paid > 0 {
        print(&format!(
            "{}: {} · {}: {} · {}: {}",
            language.pick("Bogført", "Booked"),
            effects.booked,
            language.pick("Sendt", "Sent"),
            effects.sent,
            language.pick("Betalinger", "Payments"),
            effects.paid
        ));
    }
    print(&counts(language.pick("Forespørgsler", "Requests"), requests.left, requests.right));
    print(&counts(language.pick("Heraf skrivninger", "Of these writes"), writes.left, writes.right));
    let green = colour(AnsiColor::Green);
    let yellow = colour(AnsiColor::Yellow);
    if summary.spent.is_some() {
        return;
    }
    if summary.in_agreement() {
        print(&format!("{green}✓{green:#} {}", language.pick("De to systemer stemmer.", "The two systems agree.")));
    } else {
        print(&format!(
            "{yellow}!{yellow:#} {}",
            language.pick(
                "Færdig, men noget venter på dig (se ovenfor).",
                "Finished, but something waits for you (see above)."
            )
        ));
    }
}

/// A headline of the demo.
pub(crate) fn headline(text: &str) {
    let bold = Style::new().bold();
    print(&format!("\n{bold}{text}{bold:#}"));
}

fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(colour.into()))
}
