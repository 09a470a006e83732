//! What is told to an operator: an error, a warning or a note, always in the same five parts.
//!
//! Layers below `app` return their own typed errors; `app` turns them into these, and `render` prints them.
//! What happened stands in `message`, where in `places`, both sides of a comparison in `facts`, and what to do in
//! `help`, as a command that can be pasted. Messages begin in lower case and end without a full stop.

use std::borrow::Cow;

use super::place::Place;

/// How bad it is. An error means that the command did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One thing told. `code` is `family/name`, the id of the lint rule where a rule says the same.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Diagnostic {
    pub severity: Severity,
    pub code: Cow<'static, str>,
    pub message: String,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub places: Vec<PlaceNote>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub facts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// A place and what stands there: `mail.key line 1 (RSA 2048)`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct PlaceNote {
    #[serde(flatten)]
    pub place: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The line itself, where people wrote it and it holds no secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<SourceLine>,
}

/// A line of a file, and which characters of it are meant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct SourceLine {
    pub text: String,
    /// The first character that is meant, counted from 1.
    pub column: usize,
    /// How many are; at least one.
    pub width: usize,
}

impl Diagnostic {
    pub fn new(severity: Severity, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity,
            code: code.into(),
            message: message.into(),
            places: Vec::new(),
            facts: Vec::new(),
            help: None,
        }
    }

    pub fn error(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message)
    }

    pub fn warning(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, message)
    }

    pub fn note(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Note, code, message)
    }

    #[must_use]
    pub fn at(mut self, place: Place) -> Diagnostic {
        self.places.push(PlaceNote { place, what: None, source: None });
        self
    }

    /// A place whose line is shown.
    #[must_use]
    pub fn at_source(mut self, place: Place, what: impl Into<String>, source: Option<SourceLine>) -> Diagnostic {
        self.places.push(PlaceNote { place, what: Some(what.into()), source });
        self
    }

    #[must_use]
    pub fn at_what(mut self, place: Place, what: impl Into<String>) -> Diagnostic {
        self.places.push(PlaceNote { place, what: Some(what.into()), source: None });
        self
    }

    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Diagnostic {
        self.facts.push(fact.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }
}

/// Everything that was wrong, worst first; never empty. This is the `Err` of every function of `app`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// `None` when nothing in the list is an error.
    pub fn if_errors(mut list: Vec<Diagnostic>) -> Option<Diagnostics> {
        list.sort_by_key(|d| d.severity);
        list.iter().any(|d| d.severity == Severity::Error).then_some(Diagnostics(list))
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }

    /// Adds the same fact to every error, such as `nothing was staged`.
    #[must_use]
    pub fn with_fact(mut self, fact: &str) -> Diagnostics {
        for diagnostic in self.0.iter_mut().filter(|d| d.severity == Severity::Error) {
            diagnostic.facts.push(fact.to_owned());
        }
        self
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics(vec![diagnostic])
    }
}

/// What a function of `app` gives back: the answer, and what else the operator should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    pub answer: T,
    pub remarks: Vec<Diagnostic>,
}

impl<T> Reply<T> {
    pub fn new(answer: T, remarks: Vec<Diagnostic>) -> Reply<T> {
        Reply { answer, remarks }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { answer: f(self.answer), remarks: self.remarks }
    }
}

impl<T> From<T> for Reply<T> {
    fn from(answer: T) -> Reply<T> {
        Reply { answer, remarks: Vec::new() }
    }
}
