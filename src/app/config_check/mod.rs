//! `config check`: every mistake of a configuration at once, and what is bound to fail although it reads well.

mod certificates;
mod delivering;
mod listening;
mod loops;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Configuration, Problem, Spots};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply, Severity, SourceLine};
use crate::model::place::Place;
use crate::model::profile_name::ProfileName;
use crate::operate::Staged;
use crate::sys::input;

use super::context::Context;
use super::home;
use super::reading::unreadable;

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The staged edits, or what runs when nothing is staged.
    Staged,
    Running,
    /// A file that need not belong to a home; `-` is standard input.
    File(String),
}

/// What the check came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checked {
    pub file: String,
    /// It reads without mistakes and could be committed.
    pub readable: bool,
    /// Errors, warnings and notes; the worst first.
    pub findings: Vec<Diagnostic>,
    /// What could not be looked at, and why.
    pub not_checked: Vec<String>,
}

impl Checked {
    /// Something needs a person.
    pub fn has_warnings(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity != Severity::Note)
    }
}

/// The same limit as for the file of a home.
const LARGEST_FILE: u64 = 64 << 20;

/// Checks a configuration; with `ask_dns` also whether accepted domains lead back here.
pub fn config_check(context: &Context, subject: &Subject, ask_dns: bool) -> Result<Reply<Checked>, Diagnostics> {
    let (file, text, profiles) = read(context, subject)?;
    let configuration = match Configuration::parse(&text) {
        Ok(configuration) => configuration,
        Err(problems) => {
            let findings = problems.into_iter().map(|problem| mistake(&file, problem)).collect();
            return Ok(Checked { file, readable: false, findings, not_checked: Vec::new() }.into());
        }
    };
    let view = View { configuration: &configuration, spots: Spots::of(&text), file: &file };
    let mut findings = view.findings();
    let mut not_checked = Vec::new();
    match &profiles {
        Some(profiles) => findings.extend(certificates::missing(&view, profiles)),
        None if configuration.roles.bound.is_empty() => {}
        None => not_checked.push("whether the profiles of the roles exist: the file belongs to no home".to_owned()),
    }
    findings.extend(loops::through_dns(&view, ask_dns, &mut not_checked));
    findings.sort_by_key(|finding| finding.severity);
    Ok(Checked { file, readable: true, findings, not_checked }.into())
}

/// What a commit should warn of: what is bound to fail in the staged configuration, and is not so already in the running one. DNS is
/// not asked.
pub fn new_findings(staged: &Staged) -> Result<Vec<Diagnostic>, Diagnostics> {
    if !staged.configuration_changed() {
        return Ok(Vec::new());
    }
    let (before, after) = (staged.running().configuration()?, staged.configuration()?);
    let file = staged.configuration_path().display().to_string();
    let of = |configuration: &Configuration| {
        View { configuration, spots: Spots::of(configuration.text()), file: &file }.findings()
    };
    let known = of(&before);
    let is_new = |finding: &Diagnostic| !known.iter().any(|known| known.message == finding.message);
    Ok(of(&after).into_iter().filter(|finding| finding.severity != Severity::Note && is_new(finding)).collect())
}

/// Name and text of the subject, and the names of its profiles where it belongs to a home.
fn read(context: &Context, subject: &Subject) -> Result<(String, String, Option<Vec<ProfileName>>), Diagnostics> {
    if let Subject::File(name) = subject {
        let bytes = input::read(name, LARGEST_FILE).map_err(|error| unreadable(name, &error))?.bytes;
        let text = String::from_utf8(bytes).map_err(|_| {
            Diagnostic::error("config/not-text", format!("`{name}` is not UTF-8 text"))
                .help("a configuration is TOML, which is UTF-8")
        })?;
        return Ok((name.clone(), text, None));
    }
    let staged = home::open(context)?.staged()?;
    let (path, text, names) = match subject {
        Subject::Running => {
            let running = staged.running();
            (running.configuration_path(), running.configuration_text()?, running.names()?)
        }
        _ => (staged.configuration_path(), staged.configuration_text().to_owned(), staged.names()?),
    };
    Ok((path.display().to_string(), text, Some(names)))
}

/// A configuration with the places of its keys.
struct View<'a> {
    configuration: &'a Configuration,
    spots: Spots<'a>,
    file: &'a str,
}

/// A check that needs nothing but the configuration.
type Check = fn(&View<'_>) -> Vec<Diagnostic>;

const CHECKS: &[Check] = &[
    listening::required_of_everyone,
    listening::open_relay,
    listening::clear_for_some,
    listening::one_port_twice,
    listening::recipients_elsewhere,
    listening::no_domains,
    delivering::untagged,
    delivering::nothing_trusted,
    delivering::nobody_told,
    loops::through_routes,
    certificates::not_presented,
    certificates::demanded,
];

impl View<'_> {
    fn findings(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> = CHECKS.iter().flat_map(|check| check(self)).collect();
        findings.sort_by_key(|finding| finding.severity);
        findings
    }

    /// `diagnostic` with the line of the key at `path`.
    fn at(&self, diagnostic: Diagnostic, path: &[&str]) -> Diagnostic {
        self.placed(diagnostic, self.spots.at(path))
    }

    fn at_group(&self, diagnostic: Diagnostic, listener: &str, group: &str) -> Diagnostic {
        self.placed(diagnostic, self.spots.at_group(listener, group))
    }

    fn placed(&self, diagnostic: Diagnostic, spot: Option<Problem>) -> Diagnostic {
        let Some(spot) = spot else { return diagnostic.at(Place::file(self.file)) };
        let source = spot.source.map(|text| SourceLine { text, column: spot.column, width: spot.width });
        let place = Place { line: Some(spot.line), ..Place::file(self.file) };
        diagnostic.at_source(place, format!("column {}", spot.column), source)
    }
}

fn mistake(file: &str, problem: Problem) -> Diagnostic {
    let source = problem.source.map(|text| SourceLine { text, column: problem.column, width: problem.width });
    let place = Place { line: Some(problem.line), ..Place::file(file) };
    let diagnostic = Diagnostic::error("config/mistake", problem.message).at_source(
        place,
        format!("column {}", problem.column),
        source,
    );
    match problem.suggestion {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}
