//! Telling files to whoever asked while the run goes on, with a bar on a terminal.

use std::io;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::lint::{Audience, FileAnswer, Linted};
use crate::model::diagnostic::{Diagnostic, Reply, Severity};
use crate::render::answer::{Answer, Exit};
use crate::render::lint::{Manner, Teller};
use crate::render::page::Page;

use super::session::Session;

/// The page of the file at hand is printed before the next one is told.
pub struct LintTold<'a> {
    session: &'a Session,
    teller: Box<dyn Teller>,
    page: Page,
    bar: ProgressBar,
    /// Why standard output takes no more.
    refused: Option<io::Error>,
}

/// Fewer files are done before anybody asks.
const WORTH_A_BAR: usize = 50;

impl<'a> LintTold<'a> {
    pub fn new(session: &'a Session, manner: Manner) -> LintTold<'a> {
        let teller = match session.report_form() {
            Some(form) => manner.report(form),
            None if session.is_json() => manner.json(),
            None => manner.text(),
        };
        LintTold { session, teller, page: session.page(), bar: ProgressBar::hidden(), refused: None }
    }

    /// What holds of all files, and how the program ends.
    pub fn end(mut self, reply: &Reply<Linted>) -> Exit {
        self.bar.finish_and_clear();
        self.teller.end(&mut self.page, &reply.answer, &reply.remarks);
        if self.session.report_form().is_some() {
            self.tell_beside(reply);
        }
        self.print();
        match self.refused {
            Some(error) => self.session.output_refused(&error),
            None => reply.answer.exit(),
        }
    }

    /// What went wrong, for whoever reads the log of a build whose answer is a file.
    fn tell_beside(&mut self, reply: &Reply<Linted>) {
        let refused = reply.answer.unread.iter().chain(&reply.answer.unmended).map(|unread| &unread.error);
        let is_told = |told: &&Diagnostic| !self.session.is_quiet() || told.severity == Severity::Error;
        reply.remarks.iter().chain(refused).filter(is_told).for_each(|told| self.page.diagnostic(told));
    }

    fn print(&mut self) {
        let page = std::mem::replace(&mut self.page, self.session.page());
        if self.refused.is_none() && !page.is_empty() {
            self.refused = self.bar.suspend(|| self.session.print(&page)).err();
        }
    }

    /// Nothing is shown where standard error is no terminal.
    fn begin_bar(&mut self, files: usize) {
        if files < WORTH_A_BAR || self.session.is_quiet() {
            return;
        }
        self.bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} files, {per_sec}, {eta} left") {
            self.bar.set_style(style);
        }
    }
}

impl Audience for LintTold<'_> {
    fn hear(&mut self, answer: &FileAnswer, done: usize, of: usize) {
        if done == 1 {
            self.begin_bar(of);
        }
        self.teller.file(&mut self.page, answer, of);
        self.print();
        self.bar.set_position(done as u64);
    }
}
