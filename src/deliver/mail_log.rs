//! Where log lines go: a bounded channel, and a thread that writes them to `log/mail.log` and, when asked, `log/mail.json`.
//!
//! Saying something never waits, and wakes nobody while the log is busy: what is said within a moment is written at once. When the
//! disk does not keep up, lines are counted, not kept, and the count is logged.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use super::log_line::{Event, Level, LogLine};
use super::metrics::Counts;
use crate::model::configuration::Log;
use crate::sys::clock;
use crate::sys::log_file::{LogFile, Rotation};
use crate::sys::time_zone::TimeZone;

/// Lines that wait for the disk: about ten seconds of a busy gateway. A waiting line takes a few hundred octets.
const WAITING: usize = 32_768;
/// How long lines are gathered after the first: nobody reads faster, and waking a thread for each line costs more than the line.
const GATHERING: Duration = Duration::from_millis(20);
/// Octets that are written at once.
const AT_ONCE: usize = 256 << 10;

/// The log. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct MailLog {
    sender: SyncSender<Wish>,
    lost: Arc<AtomicU64>,
    counts: Counts,
}

#[derive(Debug)]
enum Wish {
    Line(Box<LogLine>),
    /// Open the files anew, as they are called: somebody has moved them.
    Reopen,
    /// Other settings hold from now on.
    Settings(Log),
    /// Answer when everything before is written.
    Flush(SyncSender<()>),
}

/// The thread that writes. Ends when every `MailLog` is gone.
#[derive(Debug)]
pub struct LogThread(JoinHandle<()>);

impl MailLog {
    /// Opens the files in `directory`, which is made when it is missing.
    pub fn open(directory: &Path, settings: Log) -> io::Result<(MailLog, LogThread)> {
        let writer = Writer::open(directory, settings)?;
        let (sender, receiver) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let log = MailLog { sender, lost: Arc::clone(&lost), counts: Counts::default() };
        let thread = std::thread::Builder::new().name("mail log".into()).spawn(move || writer.run(&receiver, &lost))?;
        Ok((log, LogThread(thread)))
    }

    /// A log that nobody reads.
    pub fn nowhere() -> MailLog {
        let (sender, _) = sync_channel(0);
        MailLog { sender, lost: Arc::default(), counts: Counts::default() }
    }

    /// A log whose lines are handed over, for tests and tools.
    pub fn collecting(capacity: usize) -> (MailLog, impl Iterator<Item = LogLine>) {
        let (sender, receiver) = sync_channel(capacity);
        let lines = receiver.into_iter().filter_map(|wish| match wish {
            Wish::Line(line) => Some(*line),
            _ => None,
        });
        (MailLog { sender, lost: Arc::default(), counts: Counts::default() }, lines)
    }

    /// What was said so far, in numbers.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Logs what happened now.
    pub fn say(&self, event: Event) {
        self.counts.note(&event);
        let line = Wish::Line(Box::new(LogLine { time: clock::now(), event }));
        if let Err(TrySendError::Full(_)) = self.sender.try_send(line) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.counts.lost_lines.inc();
        }
    }

    pub fn reopen(&self) {
        // With a full channel, waiting here would be the same as in `say`; the files stay, and can be asked for again.
        let _ = self.sender.try_send(Wish::Reopen);
    }

    pub fn set(&self, settings: Log) {
        let _ = self.sender.try_send(Wish::Settings(settings));
    }

    /// Waits until everything that was said is written. Blocks: not for async code.
    pub fn flush(&self) {
        let (sender, receiver) = sync_channel(1);
        if self.sender.send(Wish::Flush(sender)).is_ok() {
            let _ = receiver.recv();
        }
    }
}

impl LogThread {
    /// Waits for the end, after every `MailLog` is gone.
    pub fn join(self) {
        let _ = self.0.join();
    }
}

struct Writer {
    text: LogFile,
    json: Option<LogFile>,
    directory: std::path::PathBuf,
    zone: TimeZone,
    /// Written but not handed to the system yet.
    pending: (String, String),
}

fn rotation(settings: &Log) -> Rotation {
    Rotation { size: settings.rotate_size, keep: settings.keep }
}

impl Writer {
    fn open(directory: &Path, settings: Log) -> io::Result<Writer> {
        let text = LogFile::open(directory, "mail.log", rotation(&settings))?;
        let json = settings.json.then(|| LogFile::open(directory, "mail.json", rotation(&settings))).transpose()?;
        let directory = directory.to_owned();
        Ok(Writer { text, json, directory, zone: TimeZone::of_machine(), pending: Default::default() })
    }

    fn run(mut self, receiver: &Receiver<Wish>, lost: &AtomicU64) {
        while let Ok(first) = receiver.recv() {
            if matches!(first, Wish::Line(_)) {
                sleep(GATHERING);
            }
            let mut next = Some(first);
            while let Some(wish) = next {
                self.take(wish);
                next = receiver.try_recv().ok();
            }
            let count = lost.swap(0, Ordering::Relaxed);
            if count > 0 {
                let text =
                    format!("{count} lines of this log were lost, because they came faster than they could be written");
                self.line(LogLine { time: clock::now(), event: Event::engine(Level::Warning, text) });
            }
            self.hand_over();
        }
    }

    fn take(&mut self, wish: Wish) {
        match wish {
            Wish::Line(line) => {
                self.line(*line);
                if self.pending.0.len() > AT_ONCE {
                    self.hand_over();
                }
            }
            Wish::Reopen => {
                self.hand_over();
                self.zone = TimeZone::of_machine();
                self.text.reopen();
                self.json.iter_mut().for_each(LogFile::reopen);
            }
            Wish::Settings(settings) => {
                self.hand_over();
                self.text.set(rotation(&settings));
                self.json = match (self.json.take(), settings.json) {
                    (Some(mut file), true) => {
                        file.set(rotation(&settings));
                        Some(file)
                    }
                    (None, true) => LogFile::open(&self.directory, "mail.json", rotation(&settings)).ok(),
                    (_, false) => None,
                };
            }
            Wish::Flush(done) => {
                self.hand_over();
                let _ = done.try_send(());
            }
        }
    }

    fn line(&mut self, mut line: LogLine) {
        if self.json.is_some() {
            line.json(&mut self.pending.1);
        }
        line.time = self.zone.local(line.time);
        line.text(&mut self.pending.0);
    }

    /// What the disk does not take is told by the file itself, when it takes something again.
    fn hand_over(&mut self) {
        self.text.append(self.pending.0.as_bytes());
        self.pending.0.clear();
        if let Some(json) = &mut self.json {
            json.append(self.pending.1.as_bytes());
        }
        self.pending.1.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::numbers::Icid;

    #[test]
    fn lines_are_on_disk_when_the_log_is_flushed_and_the_json_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let (log, thread) = MailLog::open(&folder.path().join("log"), Log { json: true, ..Log::default() }).unwrap();
        log.say(Event::Close { connection: Icid(7).into() });
        log.flush();
        let read = |name: &str| std::fs::read_to_string(folder.path().join("log").join(name)).unwrap();
        assert!(read("mail.log").ends_with(" Info: ICID 7 close\n"));
        assert!(read("mail.json").contains(r#""event":"close","icid":7}"#));
        log.set(Log { json: false, ..Log::default() });
        std::fs::rename(folder.path().join("log/mail.log"), folder.path().join("log/moved")).unwrap();
        log.reopen();
        log.say(Event::Lost { connection: Icid(8).into() });
        drop(log);
        thread.join();
        assert!(read("mail.log").ends_with("ICID 8 lost\n") && !read("mail.json").contains("lost"));
    }

    #[test]
    fn what_comes_too_fast_is_counted_and_the_count_is_logged() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, receiver) = sync_channel(2);
        let log = MailLog { sender, lost: Arc::default(), counts: Counts::default() };
        (0..5).for_each(|number| log.say(Event::Close { connection: Icid(number).into() }));
        let lost = Arc::clone(&log.lost);
        drop(log);
        Writer::open(folder.path(), Log::default()).unwrap().run(&receiver, &lost);
        let text = std::fs::read_to_string(folder.path().join("mail.log")).unwrap();
        assert!(text.contains("ICID 1 close\n") && text.contains("Warning: 3 lines of this log were lost"), "{text}");
    }
}
