//! What time it is. Everything above takes the moment as an argument, or a clock where it must look again and again.

use std::time::{Duration, Instant};

use time::OffsetDateTime;

/// The system's time in UTC.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Both clocks of a machine.
pub trait Clock: Send + Sync {
    /// The wall clock, which people and time servers set, forwards and backwards.
    fn wall(&self) -> OffsetDateTime;

    /// Time since some moment of this run; never goes back and never jumps.
    fn steady(&self) -> Duration;
}

/// The machine's own.
#[derive(Debug)]
pub struct SystemClock {
    began: Instant,
}

impl SystemClock {
    pub fn new() -> SystemClock {
        SystemClock { began: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> OffsetDateTime {
        now()
    }

    fn steady(&self) -> Duration {
        self.began.elapsed()
    }
}
