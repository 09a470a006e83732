//! Which hosts offered TLS: when one of them no longer does, somebody in between may have taken the offer away (S4).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use crate::model::moment::Moment;

/// Hosts that are remembered, in two generations of half as many.
const ROOM: usize = 50_000;

/// Lasts as long as the engine.
#[derive(Debug, Default)]
pub struct TlsMemory(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<SocketAddr, Moment>,
    old: HashMap<SocketAddr, Moment>,
}

impl TlsMemory {
    /// A handshake with the peer ended well at `now`.
    pub fn remember(&self, peer: SocketAddr, now: Moment) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= ROOM / 2 && !generations.young.contains_key(&peer) {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(peer, now);
    }

    /// When the peer last did TLS. Told once for each time that it stops, so that the log has one line and not one per message.
    pub fn lost(&self, peer: SocketAddr) -> Option<Moment> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let old = generations.old.remove(&peer);
        generations.young.remove(&peer).or(old)
    }
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
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let memory = TlsMemory::default();
        let peer = |number: u32| SocketAddr::from((number.to_be_bytes(), 25));
        (0..200_000).for_each(|number| memory.remember(peer(number), Moment::UNIX_EPOCH));
        let generations = memory.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= ROOM);
        drop(generations);
        assert!(memory.lost(peer(199_999)).is_some() && memory.lost(peer(0)).is_none());
    }
}
