//! What one rule is made of. `lint`, `explain`, the rulesets and the man page are derived from it.

use crate::inspect::bundle::{Bundle, Sheet};
use crate::inspect::question::Question;
use crate::model::diagnostic::{PlaceNote, Severity};
use crate::model::finding::Finding;
use crate::model::place::Place;

/// A rule, as a constant in the file that bears its name.
pub struct Rule {
    /// `family/name`; reads well after the word "allow".
    pub id: &'static str,
    /// In ruleset `public-tls`; other rulesets may judge otherwise.
    pub severity: Severity,
    /// In `public-tls` a finding makes the verdict no, whatever its severity.
    pub decides: bool,
    /// One line: what is wrong when it fires; lower case, no full stop.
    pub summary: &'static str,
    /// What it means for real consumers, and why anybody should care; whole sentences.
    pub why: &'static str,
    /// How to mend it; whole sentences, commands in backquotes.
    pub mend: &'static str,
    /// Document and section, checked.
    pub source: &'static str,
    /// `sealpost lint --fix` mends it.
    pub fixable: bool,
    pub check: Check,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}

/// How a rule looks.
pub enum Check {
    /// The scanner and the decoders tell it while they read (`inspect::bytes`).
    Reading,
    /// Once for each certificate in the file.
    Certificate(fn(&Sheet<'_>, &Question) -> Outcome),
    /// Once for the file.
    Bundle(fn(&Bundle<'_>, &Question) -> Outcome),
    /// Once for the file, after all other rules, with what they found.
    Remaining(fn(&Bundle<'_>, &Question, &[Finding]) -> Outcome),
}

/// What came of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It does not apply to this certificate or file.
    NotApplicable,
    Passed,
    /// It applies, and what is needed to tell is not there; what that is.
    NotCheckable(&'static str),
    Found(Vec<Said>),
}

/// What a rule says; the engine adds rule, severity, and the certificate's place where none is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub message: String,
    pub place: Option<Place>,
    /// The certificate it is about, counted from 1 in file order; for rules that look at the whole file.
    pub certificate: Option<usize>,
    pub related: Vec<PlaceNote>,
    pub facts: Vec<String>,
    pub help: Option<String>,
    /// A form that is not as bad as the rule: told at this severity at most, and it decides nothing unless `decides`.
    pub at_most: Option<Severity>,
    /// `--fix` leaves it as it is, though it mends other findings of the rule.
    pub is_left: bool,
    /// With `at_most`: it decides all the same, where the rule does.
    pub decides: bool,
}

impl Said {
    pub fn new(message: impl Into<String>) -> Said {
        Said { message: message.into(), ..Said::default() }
    }

    #[must_use]
    pub fn at(mut self, place: Place) -> Said {
        self.place = Some(place);
        self
    }

    /// About the certificate with this number.
    #[must_use]
    pub fn about(mut self, index: usize) -> Said {
        self.certificate = Some(index);
        self
    }

    #[must_use]
    pub fn related(mut self, place: Place, what: impl Into<String>) -> Said {
        self.related.push(PlaceNote { place, what: Some(what.into()), source: None });
        self
    }

    /// Told at this severity at most, and it decides nothing.
    #[must_use]
    pub fn at_most(mut self, severity: Severity) -> Said {
        self.at_most = Some(severity);
        self
    }

    /// Nothing that `--fix` mends.
    #[must_use]
    pub fn left_as_it_is(mut self) -> Said {
        self.is_left = true;
        self
    }

    /// A form that is told as less, and forbidden like the rest.
    #[must_use]
    pub fn deciding(mut self) -> Said {
        self.decides = true;
        self
    }

    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Said {
        self.facts.push(fact.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Said {
        self.help = Some(help.into());
        self
    }
}

impl Outcome {
    /// One finding.
    pub fn found(said: Said) -> Outcome {
        Outcome::Found(vec![said])
    }

    /// Passed when nothing was said.
    pub fn of(said: Vec<Said>) -> Outcome {
        if said.is_empty() { Outcome::Passed } else { Outcome::Found(said) }
    }

    /// Passed when it holds; else what is said.
    pub fn unless(holds: bool, said: impl FnOnce() -> Said) -> Outcome {
        if holds { Outcome::Passed } else { Outcome::found(said()) }
    }
}
