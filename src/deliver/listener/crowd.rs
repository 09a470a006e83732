//! How many connections and handshakes there may be at the same time, in all and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::model::configuration::Limits;

/// Counts who is here. What is too many is for others to say, except for handshakes.
#[derive(Debug)]
pub struct Crowd {
    counts: Arc<Mutex<Counts>>,
    handshakes: Arc<Semaphore>,
    handshake_limit: AtomicU32,
    empty: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Counts {
    by_address: HashMap<IpAddr, u32>,
    in_all: u32,
}

/// A place in the crowd; given back when dropped.
#[derive(Debug)]
pub struct Place {
    address: IpAddr,
    counts: Arc<Mutex<Counts>>,
    empty: Arc<Notify>,
    /// Connections from the same address, this one included, when it came.
    pub from_address: u32,
    /// Connections in all.
    pub in_all: u32,
}

impl Crowd {
    pub fn new(limits: &Limits) -> Crowd {
        let handshakes = limits.handshakes.max(1);
        Crowd {
            counts: Arc::default(),
            handshakes: Arc::new(Semaphore::new(handshakes as usize)),
            handshake_limit: handshakes.into(),
            empty: Arc::default(),
        }
    }

    /// Other limits hold from now on.
    pub fn set_limits(&self, limits: &Limits) {
        let new = limits.handshakes.max(1);
        let old = self.handshake_limit.swap(new, Ordering::AcqRel);
        if new > old {
            self.handshakes.add_permits((new - old) as usize);
        } else {
            self.handshakes.forget_permits((old - new) as usize);
        }
    }

    /// Counts one more from `address`.
    pub fn enter(&self, address: IpAddr) -> Place {
        let address = network(address);
        let mut counts = locked(&self.counts);
        counts.in_all += 1;
        let in_all = counts.in_all;
        let of_address = counts.by_address.entry(address).or_default();
        *of_address += 1;
        Place {
            address,
            counts: Arc::clone(&self.counts),
            empty: Arc::clone(&self.empty),
            from_address: *of_address,
            in_all,
        }
    }

    /// Waits, in the order of coming, for leave to do a handshake. The answer says too whether leave has become scarce.
    pub async fn handshake(&self) -> (Option<OwnedSemaphorePermit>, bool) {
        let permit = Arc::clone(&self.handshakes).acquire_owned().await.ok();
        let limit = self.handshake_limit.load(Ordering::Acquire) as usize;
        (permit, self.handshakes.available_permits() * 4 < limit)
    }

    /// Returns when nobody is here.
    pub async fn none_left(&self) {
        loop {
            let emptied = self.empty.notified();
            if self.count() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Connections now.
    pub fn count(&self) -> u32 {
        locked(&self.counts).in_all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = locked(&self.counts);
        counts.in_all = counts.in_all.saturating_sub(1);
        if counts.in_all == 0 {
            self.empty.notify_waiters();
        }
        if let Some(of_address) = counts.by_address.get_mut(&self.address) {
            *of_address -= 1;
            if *of_address == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

fn locked(counts: &Mutex<Counts>) -> std::sync::MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one customer of a network has: an IPv4 address, or 64 bits of an IPv6 address (RFC 6177 section 2).
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_none() => {
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)))
        }
        other => other.to_canonical(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back_and_a_network_counts_as_one() {
        let crowd = Crowd::new(&Limits::default());
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let first = crowd.enter(ip("2001:db8::1"));
        let second = crowd.enter(ip("2001:db8::ffff:2"));
        let other = crowd.enter(ip("2001:db8:0:1::1"));
        assert_eq!((first.from_address, second.from_address, other.from_address, other.in_all), (1, 2, 1, 3));
        drop((first, second));
        // The other network is still here.
        assert_eq!(crowd.count(), 1);
        assert_eq!(crowd.enter(ip("2001:db8::1")).from_address, 1);
    }
}
