//! Setting and removing entries of the configuration: what the commands and dialogues of interfaces, listeners, routes … have in common.

use std::rc::Rc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Assignment, Change, Configuration, Edit, Mistake, nearest};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::role::Role;
use crate::model::shell_word::shell_word;
use crate::operate::{RevisionNumber, Staged};

use super::cert_list::StagedAs;
use super::committing::{Committing, Outcome};
use super::configuring;
use super::context::Context;

/// What became of one entry: a table of `sealpost.toml`, or a sender group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Configured {
    /// `interface`, `listener`, `route`, …
    pub kind: String,
    /// Empty for a table that there is once.
    pub name: String,
    pub action: ConfiguredAs,
    /// Keys that have another value now.
    pub changes: Vec<KeyChange>,
    /// The revision that holds the change; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
    /// The command that looks at it.
    #[serde(skip)]
    pub look: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConfiguredAs {
    Created,
    Changed,
    Removed,
    /// It was as wanted already; nothing was staged.
    Unchanged,
}

/// A key before and after; absent where its default holds. Values of secrets are never told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyChange {
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
}

/// An entry that has a table of its own, or a group of a listener.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As people call it, such as `bounce profile`.
    pub kind: &'static str,
    /// As commands call it, such as `bounce-profile` or `listener policy`.
    pub noun: &'static str,
    pub name: String,
    /// Where its table stands.
    pub path: Vec<String>,
    /// The command that lists its like.
    pub list: String,
}

impl Entry {
    /// The entry `[noun.NAME]`.
    pub fn new(kind: &'static str, noun: &'static str, name: &str) -> Entry {
        let path = vec![noun.to_owned(), name.to_owned()];
        Entry { kind, noun, name: name.to_owned(), path, list: format!("sealpost {noun} list") }
    }

    pub fn path(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// Begins the codes of errors about it.
    fn family(&self) -> String {
        self.noun.replace(' ', "-")
    }

    /// There is none of this name, but there are these.
    pub fn unknown<'k>(&self, known: impl IntoIterator<Item = &'k str>) -> Diagnostics {
        const MOST: usize = 12;
        let known: Vec<&str> = known.into_iter().collect();
        let list = match known.get(..MOST) {
            _ if known.is_empty() => format!("there is no {} at all", self.kind),
            Some(first) if known.len() > MOST => format!("known: {} and {} more", first.join(", "), known.len() - MOST),
            _ => format!("known: {}", known.join(", ")),
        };
        let near = nearest(&self.name, known);
        Diagnostic::error(format!("{}/unknown", self.family()), format!("there is no {} `{}`", self.kind, self.name))
            .fact(list)
            .fact("nothing was changed")
            .help(near.map_or_else(|| self.list.clone(), |near| format!("did you mean `{near}`?")))
            .into()
    }

    /// The answer to a command that changed it.
    pub fn configured(&self, action: ConfiguredAs, changes: Vec<KeyChange>, outcome: Outcome) -> Reply<Configured> {
        let look = match action {
            ConfiguredAs::Created | ConfiguredAs::Changed | ConfiguredAs::Unchanged if !self.noun.contains(' ') => {
                format!("sealpost {} show {}", self.noun, shell_word(&self.name))
            }
            _ => self.list.clone(),
        };
        let (kind, name, revision) = (self.kind.to_owned(), self.name.clone(), outcome.revision());
        Reply::new(Configured { kind, name, action, changes, revision, look }, outcome.into_remarks())
    }
}

/// Sets keys of an entry, which comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    entry: &Entry,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    set_checked(context, committing, entry, assignments, |_, _| Ok(()))
}

/// The same, after `check` has looked at the configuration as it is.
pub fn set_checked(
    context: &Context,
    committing: &Committing,
    entry: &Entry,
    assignments: &[Assignment],
    check: impl FnOnce(&Configuration, &Edit) -> Result<(), Diagnostics>,
) -> Result<Reply<Configured>, Diagnostics> {
    let mut near = None;
    let done = configuring::change(context, committing, |configuration, edit| {
        check(configuration, edit)?;
        let path = entry.path();
        let is_new = !edit.has(&path);
        if is_new {
            let known = path.split_last().map(|(_, parents)| edit.names(parents)).unwrap_or_default();
            near = nearest(&entry.name, known.iter().map(String::as_str));
            if !assignments.is_empty() && only_unsets(assignments) {
                return Err(entry.unknown(known.iter().map(String::as_str)));
            }
        } else if assignments.is_empty() {
            return Err(nothing_to_set(entry));
        }
        edit.make(&path);
        let changes = assign(assignments, |assignment| {
            let before = edit.written(&path, assignment.key.name);
            edit.assign(&path, assignment)?;
            Ok((before, edit.written(&path, assignment.key.name)))
        })?;
        Ok((set_as(is_new, &changes), changes))
    });
    let (outcome, (action, changes)) = match (done, near) {
        (Ok(done), _) => done,
        (Err(errors), None) => return Err(with_help(errors, &format!("sealpost {} set --help", entry.noun))),
        // What is missing is missing because the name was not quite the one that is there.
        (Err(errors), Some(near)) => {
            let errors = errors.with_fact(&format!("there was no {} `{}` before", entry.kind, entry.name));
            return Err(with_help(errors, &format!("did you mean `{near}`?")));
        }
    };
    Ok(entry.configured(action, changes, outcome))
}

/// Errors that give no advice of their own get this one.
pub fn with_help(errors: Diagnostics, help: &str) -> Diagnostics {
    let advised = |diagnostic: Diagnostic| match diagnostic.help {
        Some(_) => diagnostic,
        None => diagnostic.help(help),
    };
    let list = errors.clone().into_vec().into_iter().map(advised).collect();
    Diagnostics::if_errors(list).unwrap_or(errors)
}

/// What a set came to.
pub fn set_as(is_new: bool, changes: &[KeyChange]) -> ConfiguredAs {
    match (is_new, changes) {
        (true, _) => ConfiguredAs::Created,
        (false, []) => ConfiguredAs::Unchanged,
        (false, _) => ConfiguredAs::Changed,
    }
}

/// Makes each assignment with `make`, which tells the value before and after.
pub fn assign(
    assignments: &[Assignment],
    mut make: impl FnMut(&Assignment) -> Result<(Option<Vec<String>>, Option<Vec<String>>), Mistake>,
) -> Result<Vec<KeyChange>, Diagnostics> {
    let mut changes = Vec::new();
    for assignment in assignments {
        let (before, after) = make(assignment).map_err(|mistake| configuring::refused(mistake, ""))?;
        if before != after {
            let told = |value: Option<Vec<String>>| match assignment.key.secret {
                true => value.map(|_| vec!["(secret)".to_owned()]),
                false => value,
            };
            changes.push(KeyChange { key: assignment.key.name.to_owned(), before: told(before), after: told(after) });
        }
    }
    Ok(changes)
}

/// Removes an entry that nothing refers to.
pub fn remove(
    context: &Context,
    committing: &Committing,
    entry: &Entry,
    known: impl FnOnce(&Configuration) -> Vec<String>,
    references: impl FnOnce(&Configuration) -> Vec<Reference>,
) -> Result<Reply<Configured>, Diagnostics> {
    remove_checked(context, committing, entry, known, references, |_, _| Ok(()))
}

/// The same, after `check` has looked at the configuration as it is.
pub fn remove_checked(
    context: &Context,
    committing: &Committing,
    entry: &Entry,
    known: impl FnOnce(&Configuration) -> Vec<String>,
    references: impl FnOnce(&Configuration) -> Vec<Reference>,
    check: impl FnOnce(&Configuration, &Edit) -> Result<(), Diagnostics>,
) -> Result<Reply<Configured>, Diagnostics> {
    let (outcome, ()) = configuring::change(context, committing, |configuration, edit| {
        check(configuration, edit)?;
        let path = entry.path();
        if !edit.has(&path) {
            return Err(entry.unknown(known(configuration).iter().map(String::as_str)));
        }
        in_use(entry, &references(configuration))?;
        if let Some((name, parents)) = path.split_last() {
            edit.unset(parents, name);
        }
        Ok(())
    })?;
    Ok(entry.configured(ConfiguredAs::Removed, Vec::new(), outcome))
}

/// What refers to an entry, and the command that ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// A sentence, such as "listener `IncomingMail` listens on it".
    pub told: String,
    pub help: String,
}

fn in_use(entry: &Entry, references: &[Reference]) -> Result<(), Diagnostics> {
    const MOST: usize = 10;
    let Some(first) = references.first() else { return Ok(()) };
    let mut diagnostic =
        Diagnostic::error(format!("{}/in-use", entry.family()), format!("{} `{}` is in use", entry.kind, entry.name));
    diagnostic.facts = references.iter().take(MOST).map(|reference| reference.told.clone()).collect();
    if references.len() > MOST {
        diagnostic.facts.push(format!("and {} more", references.len() - MOST));
    }
    Err(diagnostic.fact("nothing was changed").help(first.help.clone()).into())
}

fn nothing_to_set(entry: &Entry) -> Diagnostics {
    Diagnostic::error("config/nothing-to-set", format!("no key was given for {} `{}`", entry.kind, entry.name))
        .fact("nothing was changed")
        .help(format!("sealpost {} set --help lists the keys", entry.noun))
        .into()
}

/// Whether an entry differs from what runs: `of` finds it in either configuration.
pub fn staged_as<T: PartialEq>(
    staged: &Configuration,
    running: &Configuration,
    of: impl Fn(&Configuration) -> Option<T>,
) -> Option<StagedAs> {
    match (of(staged), of(running)) {
        (Some(_), None) => Some(StagedAs::New),
        (Some(now), Some(before)) if now != before => Some(StagedAs::Changed),
        _ => None,
    }
}

/// The configuration as staged, and as it runs.
pub fn both(staged: &Staged) -> Result<(Rc<Configuration>, Rc<Configuration>), Diagnostics> {
    let now = staged.configuration()?;
    let running = if staged.configuration_changed() { staged.running().configuration()? } else { now.clone() };
    Ok((now, running))
}

/// Whether the change only takes keys away.
fn only_unsets(assignments: &[Assignment]) -> bool {
    assignments.iter().all(|assignment| assignment.change == Change::Unset)
}

/// The roles that `is_meant` and that a profile is bound to, as what keeps an entry from being removed.
pub fn bound(configuration: &Configuration, is_meant: impl Fn(&Role) -> bool) -> Vec<Reference> {
    let bound = configuration.roles.bound.keys().filter(|role| is_meant(role));
    bound
        .map(|role| Reference {
            told: format!("a profile is bound to its role `{role}`"),
            help: format!("sealpost role unbind {}", shell_word(&role.to_string())),
        })
        .collect()
}
