//! One file: read, opened, mended where that is asked for, inspected.

use crate::inspect::bundle::Bundle;
use crate::inspect::bytes::{self, Items};
use crate::inspect::findings;
use crate::inspect::gap;
use crate::inspect::question::Question;
use crate::model::diagnostic::Diagnostic;
use crate::sys::input;
use crate::trust::verdict::Verdict;

use super::super::issuer_fetching::IssuerFetching;
use super::super::mend::{Fix, MendedFile, mend};
use super::super::reading::unreadable;
use super::super::unlocking::Unlocking;
use super::LintOrder;
use super::accepting::Accepted;
use super::answer::Unread;
use super::excerpt::Excerpts;
use super::file_answer::{FileAnswer, Source};
use super::fixes::Fixes;

/// What one file is held against, and what has been said of it so far.
pub(super) struct Inspecting<'a, 'b> {
    pub order: &'a LintOrder,
    pub question: &'a mut Question,
    pub accepted: &'a Accepted,
    pub fetching: Option<&'a IssuerFetching>,
    pub unlocking: Unlocking<'b>,
    pub answer: FileAnswer,
}

impl Inspecting<'_, '_> {
    pub(super) fn inspect(mut self, file: &str) -> FileAnswer {
        let read = match input::read(file, self.order.max_bytes) {
            Ok(read) => read,
            Err(error) => {
                self.answer.unread.push(Unread::new(file, too_large_or(file, &error)));
                return self.answer;
            }
        };
        self.question.file_mode = read.mode;
        let (items, errors) = self.unlocking.open_all(bytes::read(file, &read.bytes));
        self.answer.unread.extend(errors.into_iter().map(|error| Unread::new(file, error)));
        self.question.fetched.clear();
        self.question.is_fetching = self.fetching.is_some();
        let bundle = self.completed(&items);
        match &self.order.fix {
            None => self.report(file, &read.bytes, &bundle),
            Some(fix) => self.mended(file, &read.bytes, &bundle, fix),
        }
        self.answer
    }

    /// The bundle with what could be fetched of what it lacks.
    fn completed<'i>(&mut self, items: &'i Items) -> Bundle<'i> {
        let bundle = Bundle::new(items, self.question);
        let Some(fetching) = self.fetching else { return bundle };
        let Some(verdict) = bundle.verdict.as_ref().filter(|verdict| !gap::open_ends(verdict).is_empty()) else {
            return bundle;
        };
        let ends = |verdict: &Verdict| gap::open_ends(verdict).into_iter().cloned().collect::<Vec<_>>();
        let mut first = Some(ends(verdict));
        let question = &mut *self.question;
        let (fetched, told) = fetching.complete(|fetched| {
            first.take().unwrap_or_else(|| {
                question.fetched = fetched.to_vec();
                Bundle::new(items, question).verdict.as_ref().map(ends).unwrap_or_default()
            })
        });
        self.answer.fetched = told;
        self.question.fetched = fetched;
        Bundle::new(items, self.question)
    }

    /// Mends the file; then says what is still to be said.
    fn mended(&mut self, file: &str, bytes: &[u8], bundle: &Bundle<'_>, fix: &Fix) {
        let (mended, text) = match mend(bytes, bundle, self.question, fix) {
            Ok(done) => done,
            Err(errors) => {
                let errors = errors.into_vec().into_iter();
                self.answer.unmended.extend(errors.map(|error| Unread::new(file, error)));
                return self.report(file, bytes, bundle);
            }
        };
        let name = name_of(&mended);
        self.answer.mended = Some(mended);
        // What did not open the first time was told then.
        let (items, _) = self.unlocking.open_all(bytes::read(&name, &text));
        self.report(file, &text, &Bundle::new(&items, self.question));
    }

    fn report(&mut self, file: &str, bytes: &[u8], bundle: &Bundle<'_>) {
        let report = findings::inspect_bundle(bundle, self.question);
        let source = Source {
            known_as: file,
            mending: self.order.mending(file),
            bundle,
            question: self.question,
            accepted: self.accepted,
            fail_on: self.order.fail_on,
            excerpts: Excerpts::of(bytes, bundle.items),
            fixes: self.order.marks.then(|| Fixes::of(bytes, bundle, self.question)).flatten(),
        };
        self.answer.add(report, &source);
    }
}

/// Lines of the mended chain are told under the name of the file it went to; standard output has none.
fn name_of(mended: &MendedFile) -> String {
    match &mended.written {
        Some(written) => written.clone(),
        None if mended.changes.is_empty() => mended.file.clone(),
        None if mended.file == "-" => "standard input (mended)".to_owned(),
        None => format!("{} (mended)", mended.file),
    }
}

/// The limit of `lint` is the operator's own.
fn too_large_or(file: &str, error: &input::InputError) -> Diagnostic {
    let told = unreadable(file, error);
    match error {
        input::InputError::TooLarge { .. } => told.help("--max-bytes N reads larger files"),
        _ => told,
    }
}
