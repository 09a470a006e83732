//! `.sealpost-lint.toml` in the folder of a file, or above it: what the command line leaves open.
//!
//! ```toml
//! ruleset = "smtp-server"          # a name, or a file beside this one
//! trust = ["system", "lab=ca.pem"]
//! hostname = ["mx1.example.com"]
//! [severity]
//! "chain/root-included" = "off"
//! ```

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::inspect::question::Question;
use crate::inspect::ruleset::Ruleset;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::place::Place;
use crate::sys::{folder, input};
use crate::trust::link::Link;
use crate::trust::reference::Reference;

use super::super::reading::unreadable;
use super::super::rulesets::{changed, ruleset};
use super::super::secrets::Secrets;
use super::super::verify_materials::TrustSource;
use super::answer::Unread;
use super::mail_hosts::MailHosts;
use super::{DEFAULT_RULESET, LintOrder, materials};
use crate::sys::library_error;

/// The name of a settings file.
pub const SETTINGS_FILE: &str = ".sealpost-lint.toml";

/// Settings, policies and waivers are a page of text.
const LARGEST_SETTINGS: u64 = 1 << 20;

/// What a settings file says.
#[derive(Debug, Default)]
pub struct Settings {
    /// Where it stands; `None` where there is no such file.
    pub file: Option<String>,
    ruleset: Option<String>,
    pub trust: Vec<TrustSource>,
    pub names: Vec<Reference>,
    /// `RULE=LEVEL`
    severities: Vec<String>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    ruleset: Option<String>,
    #[serde(default)]
    trust: Vec<String>,
    #[serde(default)]
    hostname: Vec<String>,
    #[serde(default)]
    severity: BTreeMap<String, String>,
}

impl Settings {
    fn read(path: &Path) -> Result<Settings, Diagnostics> {
        let file = path.to_string_lossy();
        let text = text(&file)?;
        let written: Written =
            toml_edit::de::from_str(&text).map_err(|error| Diagnostics::from(toml_mistake(&file, &text, &error)))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let beside = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let mut names = Vec::new();
        for name in &written.hostname {
            names.push(name.parse().map_err(|error| mistake(&file, None, format!("{error}")))?);
        }
        let trust = |source: &String| {
            let Ok(source) = source.parse();
            match source {
                TrustSource::File { label, file } => TrustSource::File { label, file: beside(&file) },
                other => other,
            }
        };
        Ok(Settings {
            file: Some(file.to_string()),
            // A ruleset with a dot or slash in its name is a file.
            ruleset: written.ruleset.map(|name| if name.contains(['.', '/']) { beside(&name) } else { name }),
            trust: written.trust.iter().map(trust).collect(),
            names,
            severities: written.severity.iter().map(|(rule, level)| format!("{rule}={level}")).collect(),
        })
    }

    /// What the command line says goes first.
    pub(super) fn ruleset(&self, order: &LintOrder) -> Result<Ruleset, Diagnostics> {
        let name = order.ruleset.as_ref().or(self.ruleset.as_ref()).map_or(DEFAULT_RULESET, String::as_str);
        let named = ruleset(name, &[]).map_err(|errors| match order.ruleset {
            None => self.says(errors),
            Some(_) => errors,
        })?;
        let own = changed(named, &self.severities).map_err(|errors| self.says(errors))?;
        changed(own, &order.severities)
    }

    fn says(&self, errors: Diagnostics) -> Diagnostics {
        match &self.file {
            Some(file) => errors.with_fact(&format!("said in {file}")),
            None => errors,
        }
    }
}

/// The questions of a run, one for each settings file.
pub(super) struct Questions {
    questions: Vec<Question>,
    by_folder: HashMap<PathBuf, usize>,
    /// What was named to hold files against, and cannot be opened.
    pub(super) unread: Vec<Unread>,
}

impl Questions {
    /// Reads the settings of all files, and everything they name. A mistake in a settings file is an error before any file is looked at;
    /// what is wrong with what they name costs no report.
    pub(super) fn prepare(
        order: &LintOrder,
        mail_hosts: &MailHosts,
        files: &[String],
        secrets: &mut dyn Secrets,
    ) -> Result<Reply<Questions>, Diagnostics> {
        let mut prepared = Questions { questions: Vec::new(), by_folder: HashMap::new(), unread: Vec::new() };
        let mut remarks = Vec::new();
        let mut by_settings: HashMap<Option<PathBuf>, usize> = HashMap::new();
        for file in files {
            let folder = folder_of(file);
            if prepared.by_folder.contains_key(&folder) {
                continue;
            }
            let path = folder::find_upwards(file, SETTINGS_FILE);
            let index = match by_settings.get(&path) {
                Some(index) => *index,
                None => {
                    let settings = path.as_deref().map_or(Ok(Settings::default()), Settings::read)?;
                    let Reply { answer: (question, unread), remarks: more } =
                        materials::question(order, &settings, mail_hosts, secrets)?;
                    prepared.questions.push(question);
                    let is_new = |one: &Unread| prepared.unread.iter().all(|known| known.file != one.file);
                    prepared.unread.extend(unread.into_iter().filter(is_new).collect::<Vec<_>>());
                    remarks.extend(more);
                    prepared.questions.len() - 1
                }
            };
            by_settings.insert(path, index);
            prepared.by_folder.insert(folder, index);
        }
        remarks.dedup();
        Ok(Reply::new(prepared, remarks))
    }

    /// The trust anchors of all questions.
    pub(super) fn anchors(&self) -> impl Iterator<Item = &Link> {
        self.questions.iter().flat_map(|question| &question.stores).flat_map(|store| &store.anchors)
    }

    /// The question for a file that `prepare` was told of, and its number.
    pub(super) fn of(&self, file: &str) -> Option<(usize, &Question)> {
        let index = *self.by_folder.get(&folder_of(file))?;
        self.questions.get(index).map(|question| (index, question))
    }
}

fn folder_of(file: &str) -> PathBuf {
    Path::new(file).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A text file of at most 1 MiB.
pub(super) fn text(file: &str) -> Result<String, Diagnostics> {
    let bytes = input::read(file, LARGEST_SETTINGS).map_err(|error| unreadable(file, &error))?.bytes;
    String::from_utf8(bytes).map_err(|_| mistake(file, None, "it is not UTF-8 text".into()))
}

/// What is wrong with a file that says how to lint.
pub(super) fn mistake(file: &str, line: Option<usize>, reason: String) -> Diagnostics {
    let place = Place { line, ..Place::file(file) };
    Diagnostic::error("lint/bad-settings", format!("`{file}` cannot be used: {reason}"))
        .at(place)
        .fact("no file was looked at")
        .help("sealpost lint --help")
        .into()
}

/// The same for a mistake that the TOML reader found in `text`.
pub(super) fn toml_mistake(file: &str, text: &str, error: &toml_edit::de::Error) -> Diagnostic {
    let (line, reason) = library_error::toml(error, text);
    Diagnostic::error("lint/bad-settings", format!("`{file}` cannot be used: {reason}"))
        .at(Place { line, ..Place::file(file) })
        .fact("no file was looked at")
        .help("sealpost lint --help")
}
