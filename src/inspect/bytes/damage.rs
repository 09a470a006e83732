//! What is wrong with a file's form: the facts of one fault, and the bounded list that collects them.

use std::fmt::Display;

use crate::model::diagnostic::Severity;
use crate::model::place::Place;

/// One fault of a file's form.
///
/// The severity tells what reading made of it. An error: something in the file was not read, or only in part. A warning: all was
/// read here, and other programs lose something, which the facts name. A note: everyone reads it, but it is not what a generator
/// should write. A ruleset of the linter may judge the same rule otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Id of the rule, such as `pem/glued-blocks`.
    pub rule: &'static str,
    pub severity: Severity,
    pub place: Place,
    pub message: String,
    pub facts: Vec<String>,
    pub help: Option<String>,
}

impl Damage {
    pub(super) fn error(rule: &'static str, place: Place, message: impl Into<String>) -> Damage {
        Damage::new(rule, Severity::Error, place, message)
    }

    pub(super) fn warning(rule: &'static str, place: Place, message: impl Into<String>) -> Damage {
        Damage::new(rule, Severity::Warning, place, message)
    }

    pub(super) fn note(rule: &'static str, place: Place, message: impl Into<String>) -> Damage {
        Damage::new(rule, Severity::Note, place, message)
    }

    fn new(rule: &'static str, severity: Severity, place: Place, message: impl Into<String>) -> Damage {
        Damage { rule, severity, place, message: message.into(), facts: Vec::new(), help: None }
    }

    #[must_use]
    pub(super) fn fact(mut self, fact: impl Into<String>) -> Damage {
        self.facts.push(fact.into());
        self
    }

    /// One more fact, or none.
    #[must_use]
    pub(super) fn facts(mut self, facts: impl IntoIterator<Item = String>) -> Damage {
        self.facts.extend(facts);
        self
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Damage {
        self.help = Some(help.into());
        self
    }
}

/// Enough to mend a file by; a hostile one could hold a fault every dozen bytes.
const KEPT: usize = 1000;

/// The faults found so far, the first of them kept and the rest counted.
#[derive(Debug, Default)]
pub(super) struct Damages {
    kept: Vec<Damage>,
    errors: usize,
    dropped: usize,
    dropped_errors: usize,
}

impl Damages {
    /// Takes the fault from `make`, which is not called when there are too many already.
    pub fn add(&mut self, severity: Severity, make: impl FnOnce() -> Damage) {
        let is_error = severity == Severity::Error;
        self.errors += usize::from(is_error);
        if self.kept.len() < KEPT {
            let damage = make();
            debug_assert_eq!(damage.severity, severity);
            self.kept.push(damage);
        } else {
            self.dropped += 1;
            self.dropped_errors += usize::from(is_error);
        }
    }

    pub fn push(&mut self, damage: Damage) {
        self.add(damage.severity, || damage);
    }

    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// In file order; what was not kept is one last entry, as severe as the worst of it.
    pub fn finish(mut self, file: &str) -> Vec<Damage> {
        self.kept.sort_by_key(|damage| damage.place.offset);
        if self.dropped > 0 {
            let message = format!("{} more faults of form are not listed", self.dropped);
            let make = if self.dropped_errors > 0 { Damage::error } else { Damage::warning };
            self.kept.push(make("pem/malformed", Place::file(file), message));
        }
        self.kept
    }
}

/// `1 byte`, `4 bytes`.
pub(super) fn counted(count: usize, noun: impl Display) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
