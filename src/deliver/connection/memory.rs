//! What is remembered of hosts: which offered TLS, because when one of them no longer does, somebody in between may have taken the
//! offer away (S4); and which ones have only TLS of the past, so that the log lists each of them and not each of its messages (S26).
//! The first is kept in a file beside the queue, so that a restart is no moment at which nobody looks.

use std::collections::HashMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::Duration;

use crate::model::moment::Moment;
use crate::sys::files::{Directory, FileError};

/// Hosts that are remembered, in two generations of half as many.
const ROOM: usize = 50_000;
/// A host that was not met for so long may have changed hands.
const LIFETIME: Duration = Duration::days(90);
/// How long it is no news that a host has only TLS of the past.
const NEWS: Duration = Duration::DAY;
/// Each line has an address with its port, and seconds since 1970.
const FILE: &str = "tls-seen";
/// Octets: more than `ROOM` lines have.
const LIMIT: u64 = 8 << 20;

#[derive(Debug, Default)]
pub struct TlsMemory {
    offered: Mutex<Generations>,
    legacy: Mutex<Generations>,
    /// The file does not say it yet.
    is_unsaved: AtomicBool,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<SocketAddr, Moment>,
    old: HashMap<SocketAddr, Moment>,
}

impl Generations {
    fn keep(&mut self, peer: SocketAddr, now: Moment) {
        if self.young.len() >= ROOM / 2 && !self.young.contains_key(&peer) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&peer);
        self.young.insert(peer, now);
    }

    fn take(&mut self, peer: SocketAddr) -> Option<Moment> {
        let old = self.old.remove(&peer);
        self.young.remove(&peer).or(old)
    }
}

impl TlsMemory {
    /// What was kept in `directory`, as far as it can be read: without it, every host is a new one.
    pub fn load(directory: &Directory, now: Moment) -> TlsMemory {
        let memory = TlsMemory::default();
        let kept = directory.read(FILE, LIMIT).unwrap_or_default();
        for line in String::from_utf8_lossy(&kept).lines().take(ROOM) {
            let Some((peer, seconds)) = line.split_once(' ') else { continue };
            let time = seconds.parse().ok().and_then(|seconds| Moment::from_unix_timestamp(seconds).ok());
            if let (Ok(peer), Some(time)) = (peer.parse(), time.filter(|time| is_fresh(*time, now))) {
                memory.remember(peer, time);
            }
        }
        memory.is_unsaved.store(false, Ordering::Relaxed);
        memory
    }

    /// Keeps it in `directory`, when there is news. Blocks: not for async code.
    pub fn save(&self, directory: &Directory, now: Moment) -> Result<(), FileError> {
        if !self.is_unsaved.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let mut lines = String::new();
        {
            let offered = locked(&self.offered);
            // Who was met last comes last, and is forgotten last.
            for (peer, time) in offered.old.iter().chain(&offered.young) {
                if is_fresh(*time, now) {
                    // A String takes everything.
                    let _ = writeln!(lines, "{peer} {}", time.unix_timestamp());
                }
            }
        }
        directory.replace(FILE, lines.as_bytes()).inspect_err(|_| self.is_unsaved.store(true, Ordering::Relaxed))
    }

    /// A handshake with the peer ended well at `now`.
    pub fn remember(&self, peer: SocketAddr, now: Moment) {
        locked(&self.offered).keep(peer, now);
        self.is_unsaved.store(true, Ordering::Relaxed);
    }

    /// When the peer last did TLS. Told once for each time that it stops, so that the log has one line and not one per message.
    pub fn lost(&self, peer: SocketAddr, now: Moment) -> Option<Moment> {
        let last = locked(&self.offered).take(peer)?;
        self.is_unsaved.store(true, Ordering::Relaxed);
        is_fresh(last, now).then_some(last)
    }

    /// Whether nobody has been told for a day that the peer has only TLS of the past. From then on somebody has.
    pub fn is_news(&self, peer: SocketAddr, now: Moment) -> bool {
        let mut legacy = locked(&self.legacy);
        let told = legacy.take(peer);
        let news = told.is_none_or(|told| now - told >= NEWS);
        legacy.keep(peer, told.filter(|_| !news).unwrap_or(now));
        news
    }
}

fn locked(generations: &Mutex<Generations>) -> MutexGuard<'_, Generations> {
    generations.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_fresh(time: Moment, now: Moment) -> bool {
    now - time <= LIFETIME
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = time::macros::datetime!(2026-03-06 12:00 UTC);

    #[test]
    fn a_lost_offer_is_told_once() {
        let (memory, peer) = (TlsMemory::default(), "192.0.2.1:25".parse().unwrap());
        assert_eq!(memory.lost(peer, NOW), None);
        memory.remember(peer, NOW);
        assert_eq!(memory.lost(peer, NOW), Some(NOW));
        assert_eq!(memory.lost(peer, NOW), None);
    }

    #[test]
    fn a_host_of_the_past_is_told_once_a_day() {
        let (memory, peer) = (TlsMemory::default(), "192.0.2.1:25".parse().unwrap());
        let after = |hours| NOW + Duration::hours(hours);
        let told: Vec<i64> = (0..50).filter(|hours| memory.is_news(peer, after(*hours))).collect();
        assert_eq!(told, [0, 24, 48]);
        assert!(memory.is_news("192.0.2.2:25".parse().unwrap(), after(49)));
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let memory = TlsMemory::default();
        let peer = |number: u32| SocketAddr::from((number.to_be_bytes(), 25));
        (0..200_000).for_each(|number| memory.remember(peer(number), NOW));
        let generations = memory.offered.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= ROOM);
        drop(generations);
        assert!(memory.lost(peer(199_999), NOW).is_some() && memory.lost(peer(0), NOW).is_none());
    }

    #[test]
    fn what_was_seen_outlives_the_engine_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(folder.path()).unwrap();
        let (one, two): (SocketAddr, SocketAddr) =
            ("192.0.2.1:25".parse().unwrap(), "[2001:db8::1]:25".parse().unwrap());
        let memory = TlsMemory::load(&directory, NOW);
        memory.remember(one, NOW - Duration::days(100));
        memory.remember(two, NOW);
        memory.save(&directory, NOW).unwrap();
        let later = TlsMemory::load(&directory, NOW);
        assert_eq!((later.lost(one, NOW), later.lost(two, NOW)), (None, Some(NOW)));
        later.save(&directory, NOW).unwrap();
        assert_eq!(TlsMemory::load(&directory, NOW).lost(two, NOW), None, "it was told already");
        memory.remember(two, NOW);
        assert_eq!(memory.lost(two, NOW + LIFETIME + Duration::SECOND), None);
    }

    #[test]
    fn a_damaged_file_is_read_as_far_as_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            format!("\0\u{fffd}\n192.0.2.1:25\nnobody 1\n192.0.2.2:25 x\n192.0.2.3:25 {}\n192", NOW.unix_timestamp());
        std::fs::write(folder.path().join(FILE), [text.as_bytes(), b"\xff"].concat()).unwrap();
        let memory = TlsMemory::load(&Directory::open(folder.path()).unwrap(), NOW);
        assert_eq!(memory.lost("192.0.2.3:25".parse().unwrap(), NOW), Some(NOW));
        assert!(memory.offered.lock().unwrap().young.is_empty());
    }
}
