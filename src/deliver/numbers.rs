//! Numbers of incoming connections, messages, recipients and deliveries. None is given twice, not even after a crash.
//!
//! A counter hands out what the queue has reserved in its database before, block by block; a new block is asked for when
//! half of the last is gone. A crash loses the rest of a block, an orderly end loses nothing.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers reserved at once: half of it is several seconds of the busiest gateway, and one write.
const BLOCK: u64 = 10_000;

macro_rules! number {
    ($(#[$about:meta])* $name:ident, $inner:ty) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<$name, Self::Err> {
                text.parse().map($name)
            }
        }
    };
}

number! {
    /// An incoming connection.
    Icid, u64
}
number! {
    /// A message.
    Mid, u64
}
number! {
    /// A delivery connection.
    Dcid, u64
}
number! {
    /// A recipient: its place among those of the message, from 0.
    Rid, u32
}

/// The reserved numbers are used up and the disk takes no new reservation: answer 421 and wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no number is reserved: the queue cannot write")]
pub struct Exhausted;

/// Which counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Icid,
    Mid,
    Dcid,
}

impl Kind {
    pub(super) const ALL: [Kind; 3] = [Kind::Icid, Kind::Mid, Kind::Dcid];

    /// Its name in the database.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Icid => "icid",
            Kind::Mid => "mid",
            Kind::Dcid => "dcid",
        }
    }
}

#[derive(Debug)]
struct Counter {
    next: AtomicU64,
    /// The first number that is not reserved.
    reserved: AtomicU64,
}

/// The three counters. Nothing here waits: only the queue's committer reserves, and is nudged when it is time.
pub struct Numbers {
    counters: [Counter; 3],
    nudge: Box<dyn Fn() + Send + Sync>,
}

impl Numbers {
    /// Counters that go on at `starts`, the numbers the database has reserved up to, in the order of `Kind::ALL`.
    pub(super) fn starting(starts: [u64; 3], nudge: impl Fn() + Send + Sync + 'static) -> Numbers {
        // Numbers count from 1.
        let counter = |start: u64| Counter { next: start.max(1).into(), reserved: start.max(1).into() };
        Numbers { counters: starts.map(counter), nudge: Box::new(nudge) }
    }

    pub fn icid(&self) -> Result<Icid, Exhausted> {
        self.take(Kind::Icid).map(Icid)
    }

    pub fn mid(&self) -> Result<Mid, Exhausted> {
        self.take(Kind::Mid).map(Mid)
    }

    pub fn dcid(&self) -> Result<Dcid, Exhausted> {
        self.take(Kind::Dcid).map(Dcid)
    }

    fn take(&self, kind: Kind) -> Result<u64, Exhausted> {
        let counter = self.counter(kind);
        let reserved = counter.reserved.load(Ordering::Acquire);
        let below = |next: u64| (next < reserved).then_some(next + 1);
        let taken = counter.next.fetch_update(Ordering::AcqRel, Ordering::Acquire, below).map_err(|_| Exhausted);
        // Once for each block; again and again when the block is used up.
        if taken.map_or(true, |taken| reserved - taken == BLOCK / 2) {
            (self.nudge)();
        }
        taken
    }

    /// The last MID that was given; 0 when none was.
    pub(super) fn last_mid(&self) -> Mid {
        Mid(self.counter(Kind::Mid).next.load(Ordering::Acquire).saturating_sub(1))
    }

    /// What must be reserved now, if anything: the kind and the first number that is not.
    pub(super) fn wanted(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        Kind::ALL.into_iter().filter_map(|kind| {
            let counter = self.counter(kind);
            let next = counter.next.load(Ordering::Acquire);
            let left = counter.reserved.load(Ordering::Acquire).saturating_sub(next);
            (left <= BLOCK / 2).then_some((kind, next + BLOCK))
        })
    }

    /// Called when the reservation is on stable storage.
    pub(super) fn reserved(&self, kind: Kind, up_to: u64) {
        self.counter(kind).reserved.fetch_max(up_to, Ordering::AcqRel);
    }

    /// Where each counter stands, for an orderly end. Nothing can be taken afterwards.
    pub(super) fn close(&self) -> [(Kind, u64); 3] {
        Kind::ALL.map(|kind| {
            let counter = self.counter(kind);
            counter.reserved.store(0, Ordering::Release);
            (kind, counter.next.load(Ordering::Acquire))
        })
    }

    fn counter(&self, kind: Kind) -> &Counter {
        let [icid, mid, dcid] = &self.counters;
        match kind {
            Kind::Icid => icid,
            Kind::Mid => mid,
            Kind::Dcid => dcid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_reserved_is_given() {
        let numbers = Numbers::starting([0, 7, 7], || ());
        assert_eq!(numbers.icid(), Err(Exhausted));
        let wanted: Vec<_> = numbers.wanted().collect();
        assert_eq!(wanted, [(Kind::Icid, BLOCK + 1), (Kind::Mid, BLOCK + 7), (Kind::Dcid, BLOCK + 7)]);
        for (kind, up_to) in wanted {
            numbers.reserved(kind, up_to);
        }
        assert_eq!((numbers.icid(), numbers.icid()), (Ok(Icid(1)), Ok(Icid(2))));
        assert_eq!(numbers.mid(), Ok(Mid(7)));
        assert_eq!(numbers.wanted().count(), 0);
    }

    #[test]
    fn the_next_block_is_asked_for_in_time() {
        let nudges = std::sync::Arc::new(AtomicU64::new(0));
        let counted = nudges.clone();
        let numbers = Numbers::starting([1; 3], move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        numbers.reserved(Kind::Mid, 1 + BLOCK);
        let taken = (0..BLOCK / 2).map(|_| numbers.mid().unwrap().0).collect::<std::collections::BTreeSet<_>>();
        assert_eq!((taken.len() as u64, nudges.load(Ordering::Relaxed)), (BLOCK / 2, 0));
        assert!(numbers.wanted().any(|(kind, _)| kind == Kind::Mid));
        numbers.mid().unwrap();
        assert_eq!(nudges.load(Ordering::Relaxed), 1);
        let rest = (0..BLOCK).map_while(|_| numbers.mid().ok()).count() as u64;
        assert_eq!((rest, numbers.mid()), (BLOCK / 2 - 1, Err(Exhausted)));
    }

    #[test]
    fn an_orderly_end_says_where_to_go_on() {
        let numbers = Numbers::starting([1; 3], || ());
        numbers.reserved(Kind::Dcid, 100);
        numbers.dcid().unwrap();
        assert_eq!(numbers.close(), [(Kind::Icid, 1), (Kind::Mid, 1), (Kind::Dcid, 2)]);
        assert_eq!(numbers.dcid(), Err(Exhausted));
    }
}
