//! Many files at once, on every core; what is told is in their order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::inspect::question::Question;
use crate::model::diagnostic::Diagnostics;

use super::super::secrets::{Locked, Password, Secrets};
use super::super::unlocking::Unlocking;
use super::accepting::Accepted;
use super::settings::Questions;
use super::{LintOrder, Linted, one};

/// What all workers share.
pub(super) struct Run<'a> {
    pub order: &'a LintOrder,
    pub files: &'a [String],
    pub questions: &'a Questions,
    pub accepted: &'a Accepted,
    /// Told how many files are done.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl Run<'_> {
    /// Lints every file. `linted` gets them in order.
    pub(super) fn start(&self, secrets: &mut (dyn Secrets + Send), linted: &mut Linted) {
        let secrets = Mutex::new(secrets);
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::with_capacity(self.files.len()));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        match cores.min(self.files.len()) {
            0 | 1 => self.work(&next, &secrets, &done),
            workers => std::thread::scope(|scope| {
                for _ in 0..workers {
                    scope.spawn(|| self.work(&next, &secrets, &done));
                }
            }),
        }
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().for_each(|(_, one)| linted.absorb(one));
    }

    fn work(&self, next: &AtomicUsize, secrets: &Mutex<&mut (dyn Secrets + Send)>, done: &Mutex<Vec<(usize, Linted)>>) {
        // Its own copy of the question it asked last.
        let mut kept: Option<(usize, Question)> = None;
        let mut secrets = Shared(secrets);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = self.files.get(index) else { return };
            let Some((number, question)) = self.questions.of(file) else { continue };
            let question = match &mut kept {
                Some((kept, question)) if *kept == number => question,
                other => &mut other.insert((number, question.clone())).1,
            };
            let mut linted = Linted::new(self.order);
            one(file, self.order, question, self.accepted, &mut Unlocking::new(&mut secrets), &mut linted);
            let count = {
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.push((index, linted));
                done.len()
            };
            (self.progress)(count, self.files.len());
        }
    }
}

/// One asker for all workers: a person answers one question at a time.
struct Shared<'a, 'b>(&'a Mutex<&'b mut (dyn Secrets + Send)>);

impl Secrets for Shared<'_, '_> {
    fn unlock(&mut self, locked: &Locked, attempt: usize) -> Result<Option<Password>, Diagnostics> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).unlock(locked, attempt)
    }

    fn seal(&mut self, file: &str) -> Result<Password, Diagnostics> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seal(file)
    }
}
