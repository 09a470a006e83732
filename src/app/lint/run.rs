//! Many files at once, on every core; they are told in the order in which they were named, and few wait to be told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::inspect::question::Question;
use crate::model::diagnostic::Diagnostics;

use super::super::issuer_fetching::IssuerFetching;
use super::super::secrets::{Locked, Password, Secrets};
use super::super::unlocking::Unlocking;
use super::accepting::Accepted;
use super::file_answer::FileAnswer;
use super::inspecting::Inspecting;
use super::settings::Questions;
use super::{Audience, LintOrder, Linted};

/// Answers that may wait for one that takes longer, so that memory does not grow with the number of files.
const WAITING: usize = 64;

/// What all workers share.
pub(super) struct Run<'a> {
    pub order: &'a LintOrder,
    pub files: &'a [String],
    pub questions: &'a Questions,
    pub accepted: &'a Accepted,
    pub fetching: Option<&'a IssuerFetching>,
}

/// Where the telling stands.
struct Telling<'a> {
    /// The file whose turn it is.
    next: usize,
    /// What was done before its turn.
    waiting: BTreeMap<usize, FileAnswer>,
    linted: &'a mut Linted,
    audience: &'a mut dyn Audience,
    /// A worker is gone, and whoever waits for it would wait for ever.
    is_abandoned: bool,
}

/// The telling, and word of its progress.
struct Turns<'a> {
    telling: Mutex<Telling<'a>>,
    changed: Condvar,
    files: usize,
}

impl Run<'_> {
    /// Lints every file.
    pub(super) fn start(&self, secrets: &mut (dyn Secrets + Send), linted: &mut Linted, audience: &mut dyn Audience) {
        let secrets = Mutex::new(secrets);
        let taken = AtomicUsize::new(0);
        let telling = Telling { next: 0, waiting: BTreeMap::new(), linted, audience, is_abandoned: false };
        let turns = Turns { telling: Mutex::new(telling), changed: Condvar::new(), files: self.files.len() };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        match cores.min(self.files.len()) {
            0 | 1 => self.work(&taken, &secrets, &turns),
            workers => std::thread::scope(|scope| {
                for _ in 0..workers {
                    scope.spawn(|| self.work(&taken, &secrets, &turns));
                }
            }),
        }
    }

    fn work(&self, taken: &AtomicUsize, secrets: &Mutex<&mut (dyn Secrets + Send)>, turns: &Turns<'_>) {
        let _leaving = Leaving(turns);
        // Its own copy of the question it asked last.
        let mut kept: Option<(usize, Question)> = None;
        let mut secrets = Shared(secrets);
        loop {
            let index = taken.fetch_add(1, Ordering::Relaxed);
            let Some(file) = self.files.get(index) else { return };
            if !turns.is_near(index) {
                return;
            }
            let mut answer = FileAnswer::default();
            if let Some((number, question)) = self.questions.of(file) {
                let question = match &mut kept {
                    Some((kept, question)) if *kept == number => question,
                    other => &mut other.insert((number, question.clone())).1,
                };
                let unlocking = Unlocking::new(&mut secrets);
                let Run { order, accepted, fetching, .. } = *self;
                answer = Inspecting { order, question, accepted, fetching, unlocking, answer }.inspect(file);
            }
            turns.tell(index, answer);
        }
    }
}

impl<'a> Turns<'a> {
    fn lock(&self) -> MutexGuard<'_, Telling<'a>> {
        // A panic of another worker leaves no half of an answer behind.
        self.telling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until not too many answers would wait for this one's predecessors. False when their turn will never come.
    fn is_near(&self, index: usize) -> bool {
        let is_far = |telling: &mut Telling<'_>| index >= telling.next + WAITING && !telling.is_abandoned;
        let telling = self.changed.wait_while(self.lock(), is_far).unwrap_or_else(PoisonError::into_inner);
        !telling.is_abandoned
    }

    /// Tells an answer, and those that waited for it; or keeps it until its turn has come.
    fn tell(&self, index: usize, answer: FileAnswer) {
        let mut telling = self.lock();
        let telling = &mut *telling;
        telling.waiting.insert(index, answer);
        while let Some(answer) = telling.waiting.remove(&telling.next) {
            telling.next += 1;
            telling.audience.hear(&answer, telling.next, self.files);
            telling.linted.count(answer);
        }
        self.changed.notify_all();
    }
}

/// Nobody waits for a worker that died.
struct Leaving<'a, 'b>(&'a Turns<'b>);

impl Drop for Leaving<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().is_abandoned = true;
            self.0.changed.notify_all();
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
