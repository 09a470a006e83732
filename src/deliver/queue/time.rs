//! Queue time: microseconds that a spool has lived, on which waits and ages are measured.
//!
//! While the engine runs, queue time follows the steady clock, so nobody who sets the wall clock delays or hastens a
//! retry, or lets a message expire. The wall clock is asked for one thing only: how long the engine was not running.
//! That is believed up to a day and never backwards, so a machine that wakes up in 1970 or in 2106 tries its mail again
//! at once or in at most the rest of its wait, and still has the retries of a message that was younger than its end.

use std::sync::Arc;
use std::time::Duration;

use crate::model::moment::Moment;
use crate::sys::clock::Clock;

/// What a pause counts at most, whatever the wall clock says: longer than any wait, shorter than the time a message has.
const LONGEST_PAUSE: i64 = 24 * 3600 * 1_000_000;

/// Microseconds of queue time: fine enough that each transaction has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(in crate::deliver) struct QueueTime(pub i64);

impl QueueTime {
    /// The time `wait` after this one.
    pub fn after(self, wait: Duration) -> QueueTime {
        QueueTime(self.0.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long it is from `earlier` to this time; zero when it is not earlier.
    pub fn since(self, earlier: QueueTime) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Both clocks as they stood at a transaction: what the database remembers across restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub queue: QueueTime,
    /// Microseconds since 1970.
    pub wall: i64,
}

/// Queue time as it goes on.
pub(super) struct Timeline {
    clock: Arc<dyn Clock>,
    base: QueueTime,
    steady_at_base: Duration,
}

impl Timeline {
    /// Goes on from the last reading that the database holds.
    pub fn resume(clock: Arc<dyn Clock>, last: Option<Reading>) -> Timeline {
        let pause = last.map_or(0, |last| microseconds(clock.wall()).saturating_sub(last.wall).clamp(0, LONGEST_PAUSE));
        let base = QueueTime(last.map_or(0, |last| last.queue.0.saturating_add(pause)));
        Timeline { base, steady_at_base: clock.steady(), clock }
    }

    pub fn now(&self) -> QueueTime {
        self.base.after(self.clock.steady().saturating_sub(self.steady_at_base))
    }

    pub fn wall(&self) -> Moment {
        self.clock.wall()
    }

    /// The reading that belongs to `queue`, which is now.
    pub fn reading(&self, queue: QueueTime) -> Reading {
        Reading { queue, wall: microseconds(self.clock.wall()) }
    }
}

/// Since 1970.
pub(super) fn microseconds(moment: Moment) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// The moment so many microseconds after 1970; the nearest that there is.
pub(super) fn moment(microseconds: i64) -> Moment {
    Moment::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000).unwrap_or(Moment::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Hands(Mutex<(i64, u64)>);

    impl Clock for Hands {
        fn wall(&self) -> Moment {
            moment(self.0.lock().unwrap().0)
        }

        fn steady(&self) -> Duration {
            Duration::from_millis(self.0.lock().unwrap().1)
        }
    }

    #[test]
    fn the_wall_clock_moves_nothing_while_we_run() {
        let hands = Arc::new(Hands(Mutex::new((1_000_000, 500))));
        let time = Timeline::resume(hands.clone(), None);
        for wall in [0, 1_000_000_000_000, -5] {
            hands.0.lock().unwrap().0 = wall;
            assert_eq!(time.now(), QueueTime(0));
        }
        hands.0.lock().unwrap().1 += 60_000;
        assert_eq!(time.now(), QueueTime(60_000_000));
    }

    #[test]
    fn a_pause_counts_up_to_a_day_and_never_backwards() {
        let last = Some(Reading { queue: QueueTime(7_000), wall: 1_000_000 });
        for (wall, queue) in [(1_090_000, 97_000), (10, 7_000), (1 << 50, 7_000 + LONGEST_PAUSE)] {
            let hands = Arc::new(Hands(Mutex::new((wall, 0))));
            assert_eq!(Timeline::resume(hands, last).now(), QueueTime(queue), "{wall}");
        }
    }
}
