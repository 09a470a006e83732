//! Which hosts offered TLS: when one of them no longer does, somebody in between may have taken the offer away (S4). Kept in a file
//! beside the queue, so that a restart is no moment at which nobody looks.

use std::collections::HashMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::model::moment::Moment;
use crate::sys::files::{Directory, FileError};

/// Hosts that are remembered, in two generations of half as many.
const ROOM: usize = 50_000;
/// A host that was not met for so long may have changed hands.
const LIFETIME: Duration = Duration::from_secs(90 * 86_400);
/// Each line has an address with its port, and seconds since 1970.
const FILE: &str = "tls-seen";
/// Octets: more than `ROOM` lines have.
const LIMIT: u64 = 8 << 20;

#[derive(Debug, Default)]
pub struct TlsMemory {
    generations: Mutex<Generations>,
    /// The file does not say it yet.
    is_news: AtomicBool,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<SocketAddr, Moment>,
    old: HashMap<SocketAddr, Moment>,
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
        memory.is_news.store(false, Ordering::Relaxed);
        memory
    }

    /// Keeps it in `directory`, when there is news. Blocks: not for async code.
    pub fn save(&self, directory: &Directory, now: Moment) -> Result<(), FileError> {
        if !self.is_news.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let mut lines = String::new();
        {
            let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
            // Who was met last comes last, and is forgotten last.
            for (peer, time) in generations.old.iter().chain(&generations.young) {
                if is_fresh(*time, now) {
                    // A String takes everything.
                    let _ = writeln!(lines, "{peer} {}", time.unix_timestamp());
                }
            }
        }
        directory.replace(FILE, lines.as_bytes()).inspect_err(|_| self.is_news.store(true, Ordering::Relaxed))
    }

    /// A handshake with the peer ended well at `now`.
    pub fn remember(&self, peer: SocketAddr, now: Moment) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= ROOM / 2 && !generations.young.contains_key(&peer) {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.old.remove(&peer);
        generations.young.insert(peer, now);
        self.is_news.store(true, Ordering::Relaxed);
    }

    /// When the peer last did TLS. Told once for each time that it stops, so that the log has one line and not one per message.
    pub fn lost(&self, peer: SocketAddr, now: Moment) -> Option<Moment> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let old = generations.old.remove(&peer);
        let last = generations.young.remove(&peer).or(old)?;
        self.is_news.store(true, Ordering::Relaxed);
        is_fresh(last, now).then_some(last)
    }
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
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let memory = TlsMemory::default();
        let peer = |number: u32| SocketAddr::from((number.to_be_bytes(), 25));
        (0..200_000).for_each(|number| memory.remember(peer(number), NOW));
        let generations = memory.generations.lock().unwrap();
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
        memory.remember(one, NOW - Duration::from_secs(100 * 86_400));
        memory.remember(two, NOW);
        memory.save(&directory, NOW).unwrap();
        let later = TlsMemory::load(&directory, NOW);
        assert_eq!((later.lost(one, NOW), later.lost(two, NOW)), (None, Some(NOW)));
        later.save(&directory, NOW).unwrap();
        assert_eq!(TlsMemory::load(&directory, NOW).lost(two, NOW), None, "it was told already");
        memory.remember(two, NOW);
        assert_eq!(memory.lost(two, NOW + LIFETIME + Duration::from_secs(1)), None);
    }

    #[test]
    fn a_damaged_file_is_read_as_far_as_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            format!("\0\u{fffd}\n192.0.2.1:25\nnobody 1\n192.0.2.2:25 x\n192.0.2.3:25 {}\n192", NOW.unix_timestamp());
        std::fs::write(folder.path().join(FILE), [text.as_bytes(), b"\xff"].concat()).unwrap();
        let memory = TlsMemory::load(&Directory::open(folder.path()).unwrap(), NOW);
        assert_eq!(memory.lost("192.0.2.3:25".parse().unwrap(), NOW), Some(NOW));
        assert!(memory.generations.lock().unwrap().young.is_empty());
    }
}
