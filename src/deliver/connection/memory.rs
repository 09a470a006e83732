//! What is remembered of hosts: which offered TLS, because when one of them no longer does, somebody in between may have taken the
//! offer away (S4); and which ones have only TLS of the past, so that the log lists each of them and not each of its messages (S26).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::Duration;

use crate::model::moment::Moment;

/// Hosts that are remembered, in two generations of half as many.
const ROOM: usize = 50_000;
/// How long it is no news that a host has only TLS of the past.
const NEWS: Duration = Duration::DAY;

/// Lasts as long as the engine.
#[derive(Debug, Default)]
pub struct TlsMemory {
    offered: Mutex<Generations>,
    legacy: Mutex<Generations>,
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
        self.young.insert(peer, now);
    }

    fn take(&mut self, peer: SocketAddr) -> Option<Moment> {
        let old = self.old.remove(&peer);
        self.young.remove(&peer).or(old)
    }
}

impl TlsMemory {
    /// A handshake with the peer ended well at `now`.
    pub fn remember(&self, peer: SocketAddr, now: Moment) {
        locked(&self.offered).keep(peer, now);
    }

    /// When the peer last did TLS. Told once for each time that it stops, so that the log has one line and not one per message.
    pub fn lost(&self, peer: SocketAddr) -> Option<Moment> {
        locked(&self.offered).take(peer)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_offer_is_told_once() {
        let (memory, peer) = (TlsMemory::default(), "192.0.2.1:25".parse().unwrap());
        assert_eq!(memory.lost(peer), None);
        memory.remember(peer, Moment::UNIX_EPOCH);
        assert_eq!(memory.lost(peer), Some(Moment::UNIX_EPOCH));
        assert_eq!(memory.lost(peer), None);
    }

    #[test]
    fn a_host_of_the_past_is_told_once_a_day() {
        let (memory, peer) = (TlsMemory::default(), "192.0.2.1:25".parse().unwrap());
        let after = |hours| Moment::UNIX_EPOCH + Duration::hours(hours);
        let told: Vec<i64> = (0..50).filter(|hours| memory.is_news(peer, after(*hours))).collect();
        assert_eq!(told, [0, 24, 48]);
        assert!(memory.is_news("192.0.2.2:25".parse().unwrap(), after(49)));
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let memory = TlsMemory::default();
        let peer = |number: u32| SocketAddr::from((number.to_be_bytes(), 25));
        (0..200_000).for_each(|number| memory.remember(peer(number), Moment::UNIX_EPOCH));
        let generations = memory.offered.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= ROOM);
        drop(generations);
        assert!(memory.lost(peer(199_999)).is_some() && memory.lost(peer(0)).is_none());
    }
}
