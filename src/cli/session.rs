//! One run of the program: the global flags made ready to use, and the one place that prints.

use crate::sys::library_error;
use std::io::{self, IsTerminal, Write};

use crate::app::context::Context;
use crate::app::mend::FixAnswer;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply, Severity};
use crate::render::answer::{Answer, Exit, Report};
use crate::render::json;
use crate::render::page::Page;
use crate::sys;

use super::globals::{Color, Format, Globals};
use super::menu::prompter::Prompter;

pub struct Session {
    globals: Globals,
}

impl Session {
    pub fn new(globals: Globals) -> Session {
        Session { globals }
    }

    pub fn context(&self) -> Context {
        Context {
            home: self.globals.home.clone().unwrap_or_else(sys::host::default_home),
            now: sys::clock::now(),
            author: sys::host::user_name(),
        }
    }

    /// Whether a person can be asked: both ends are a terminal and nobody said `--no-input`.
    pub fn can_ask(&self) -> bool {
        !self.globals.no_input && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a person whether to go on, unless nobody is there; anything but yes is an error.
    pub fn confirm(&self, question: &str) -> Result<(), Diagnostics> {
        if !self.can_ask() {
            return Err(Diagnostic::error("confirm/missing", "this needs a yes, and nobody can be asked")
                .fact("nothing was changed")
                .help("--yes")
                .into());
        }
        let (mut input, mut output) = (io::stdin().lock(), io::stderr());
        match Prompter::on_standard_streams(&mut input, &mut output).yes(question, false) {
            Ok(true) => Ok(()),
            _ => Err(Diagnostic::error("confirm/no", "the answer was no").fact("nothing was changed").into()),
        }
    }

    pub fn is_json(&self) -> bool {
        self.globals.format == Format::Json
    }

    /// An error when `--format` asks for a form that only `lint` has.
    pub fn has_form(&self) -> Result<(), Diagnostics> {
        match self.report_form() {
            Some(_) => Err(Diagnostic::error("format/none", "this command answers in text or JSON only")
                .fact("nothing was done")
                .help("--format json; sarif, junit and github are for sealpost lint")
                .into()),
            None => Ok(()),
        }
    }

    /// What `lint --fix` may write to standard output.
    pub fn fix_answer(&self) -> FixAnswer {
        match (self.is_json(), self.report_form()) {
            (true, _) => FixAnswer::Json,
            (false, Some(_)) => FixAnswer::Findings,
            (false, None) => FixAnswer::Bytes,
        }
    }

    pub fn report_form(&self) -> Option<Report> {
        match self.globals.format {
            Format::Text | Format::Json => None,
            Format::Sarif => Some(Report::Sarif),
            Format::Junit => Some(Report::Junit),
            Format::Github => Some(Report::Github),
        }
    }

    pub fn is_quiet(&self) -> bool {
        self.globals.quiet
    }

    /// A page with colours for where its data goes.
    pub fn page(&self) -> Page {
        Page::new(self.colour(io::stdout().is_terminal()))
    }

    fn colour(&self, terminal: bool) -> bool {
        match self.globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Prints what a command came to.
    pub fn finish<A: Answer>(&self, result: Result<Reply<A>, Diagnostics>) -> Exit {
        match result {
            Ok(reply) => self.print_reply(&reply),
            Err(errors) => {
                self.print_failure(errors.iter());
                Exit::Failed
            }
        }
    }

    fn print_reply<A: Answer>(&self, reply: &Reply<A>) -> Exit {
        let mut talk = Page::new(self.colour(io::stderr().is_terminal()));
        let mut page = self.page();
        if self.is_json() {
            page.raw(json::answer(&reply.answer, &reply.remarks).as_bytes());
        } else {
            let is_told = |remark: &&Diagnostic| !self.globals.quiet || remark.severity == Severity::Error;
            reply.remarks.iter().filter(is_told).for_each(|remark| talk.diagnostic(remark));
            reply.answer.page(&mut page);
        }
        // What is now true is said after the remarks, so that the next command stands last.
        match self.write_out(page.data()) {
            Err(error) => self.output_refused(&error),
            Ok(()) => {
                print_talk(talk.talk());
                if !self.globals.quiet {
                    print_talk(page.talk());
                }
                reply.answer.exit()
            }
        }
    }

    /// Prints a part of an answer that is told bit by bit: data and talk, also under `--quiet`.
    pub fn print(&self, page: &Page) -> io::Result<()> {
        self.write_out(page.data())?;
        print_talk(page.talk());
        Ok(())
    }

    /// Says that the answer got lost.
    pub fn output_refused(&self, error: &io::Error) -> Exit {
        self.print_failure([output_error(error)].iter());
        Exit::Failed
    }

    fn print_failure<'a>(&self, errors: impl Iterator<Item = &'a Diagnostic> + Clone) {
        if self.is_json() {
            let _ = self.write_out(json::failure(errors.clone()).as_bytes());
        }
        let mut page = Page::new(self.colour(io::stderr().is_terminal()));
        errors.for_each(|error| page.diagnostic(error));
        print_talk(page.talk());
    }

    /// A mistake on the command line, in clap's words.
    pub fn usage_error(&self, error: &clap::Error) -> Exit {
        let _ = error.print();
        match error.use_stderr() {
            true => Exit::Failed,
            false => Exit::Done,
        }
    }

    /// A reader that went away (`| head`) is no error.
    fn write_out(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

fn print_talk(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

fn output_error(error: &io::Error) -> Diagnostic {
    Diagnostic::error("output/unwritable", "the answer could not be written to standard output")
        .fact(library_error::io(error))
}
