//! What the handles of the queue and its thread share.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::deliver::log_line::{Event, Level};
use crate::deliver::mail_log::MailLog;
use crate::deliver::numbers::Numbers;
use crate::sys::files::Directory;

use super::recovery::Recovery;
use super::store;
use super::time::Timeline;
use super::view::Stats;
use super::window::Window;

pub(super) struct Shared {
    /// Never held across a wait.
    pub window: Mutex<Window>,
    /// Something may be claimed.
    pub ready: Notify,
    pub numbers: Numbers,
    pub timeline: Timeline,
    pub counts: Counts,
    /// The disk failed; nothing is taken until the database was checked.
    pub broken: AtomicBool,
    /// How often somebody asked for mail to be tried at once.
    pub flushes: AtomicU64,
    pub directory: Directory,
    pub bodies: Arc<Directory>,
    pub log: MailLog,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("directory", &self.directory.path()).finish_non_exhaustive()
    }
}

impl Shared {
    pub fn with_window<T>(&self, work: impl FnOnce(&mut Window) -> T) -> T {
        work(&mut self.window.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn give_back(&self, number: u64) {
        self.with_window(|window| window.give_back(number));
        self.ready.notify_one();
    }

    /// How long the thread may sleep: until the next recipient is due, or for ever when something else wakes it.
    pub fn until_due(&self) -> Option<Duration> {
        let now = self.timeline.now();
        self.with_window(|window| window.next_due.filter(|_| window.caught_up)).map(|due| due.since(now))
    }

    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::Release);
    }

    pub fn say(&self, level: Level, text: String) {
        self.log.say(Event::engine(level, text));
    }
}

/// What is in the queue, counted along.
#[derive(Debug)]
pub(super) struct Counts {
    messages: AtomicI64,
    recipients: AtomicI64,
    bytes: AtomicI64,
}

impl Counts {
    pub fn starting(recovery: &Recovery) -> Counts {
        let signed = |number: u64| AtomicI64::new(store::integer(number));
        Counts {
            messages: signed(recovery.messages),
            recipients: signed(recovery.recipients),
            bytes: signed(recovery.bytes),
        }
    }

    pub fn add(&self, messages: i64, recipients: i64, bytes: i64) {
        self.messages.fetch_add(messages, Ordering::Relaxed);
        self.recipients.fetch_add(recipients, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn stats(&self) -> Stats {
        let natural = |count: &AtomicI64| store::natural(count.load(Ordering::Relaxed));
        Stats { messages: natural(&self.messages), recipients: natural(&self.recipients), bytes: natural(&self.bytes) }
    }
}
