//! `sealpost lint`: told file by file, in one of five forms.

mod chain;
mod github;
mod json;
mod junit;
mod sarif;
mod text;

use crate::app::lint::{FileAnswer, Linted};
use crate::model::diagnostic::{Diagnostic, Severity};

use super::answer::{Answer, Exit, Report};
use super::page::Page;

/// Tells files while the run goes on, then what holds of all. Each call adds to a page that is printed and emptied in between.
pub trait Teller: Send {
    /// The `done`th of `of`.
    fn file(&mut self, page: &mut Page, answer: &FileAnswer, of: usize);

    /// After the last file.
    fn end(&mut self, page: &mut Page, linted: &Linted, remarks: &[Diagnostic]);
}

/// How an answer is told.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Findings of this severity and worse make the answer no.
    pub fail_on: Severity,
    /// Tell people only what makes the answer no.
    pub is_brief: bool,
    /// Files are mended: standard output belongs to the mended file, even when there is none.
    pub is_fix: bool,
    /// The options that say what files are held against, as they were typed, each after a space.
    pub materials: String,
    /// The command for these files with these options.
    pub again: String,
    /// The command that mends these files; `None` when none can be proposed.
    pub mending: Option<String>,
}

impl Manner {
    /// For people.
    pub fn text(self) -> Box<dyn Teller> {
        Box::new(text::Text::new(self))
    }

    /// The JSON object that is published under `Linted::SCHEMA`.
    pub fn json(self) -> Box<dyn Teller> {
        Box::new(json::Json::default())
    }

    /// A form that other programs brought along.
    pub fn report(self, form: Report) -> Box<dyn Teller> {
        match form {
            Report::Sarif => Box::new(sarif::Sarif::default()),
            Report::Junit => Box::new(junit::Junit::new(self)),
            Report::Github => Box::new(github::Github),
        }
    }

    fn fails(&self, severity: Severity) -> bool {
        severity <= self.fail_on
    }
}

impl Answer for Linted {
    const SCHEMA: &'static str = "sealpost.lint/1";

    /// What is said after the last file.
    fn page(&self, page: &mut Page) {
        text::summary(page, self);
    }

    fn exit(&self) -> Exit {
        let is_whole = self.unread.is_empty() && self.unmended.is_empty() && !self.is_incomplete;
        match (is_whole, self.is_failed) {
            (false, _) => Exit::Failed,
            (true, true) => Exit::No,
            (true, false) => Exit::Done,
        }
    }
}
