//! When delivery is tried again: the wait doubles from the profile's first to its longest, until retries or time run out.

use std::time::Duration;

use crate::model::configuration::BounceProfile;

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try again after this time.
    Wait(Duration),
    /// The profile allows no further attempt.
    Over(Over),
}

/// Which end was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Retries,
    Time,
}

/// What follows when `attempts` (at least one) have failed and the message has been in the queue for `age`.
///
/// Waits are shortened by up to a tenth, by a hash of `seed`, so that what failed together does not come back together.
/// The last attempt falls on the end of the message's time.
pub fn next(profile: &BounceProfile, attempts: u32, age: Duration, seed: u64) -> Next {
    if attempts > profile.retries {
        return Next::Over(Over::Retries);
    }
    let Some(left) = profile.longest_in_queue.checked_sub(age).filter(|left| !left.is_zero()) else {
        return Next::Over(Over::Time);
    };
    let doublings = attempts.saturating_sub(1).min(31);
    let wait = profile.first_wait.saturating_mul(1 << doublings).min(profile.longest_wait);
    Next::Wait(jittered(wait, seed ^ u64::from(attempts)).min(left))
}

/// What follows when a message was not tried, because its hosts could not be used a moment ago: it has lost no attempt, and waits as
/// long as it has waited already.
pub fn untried(profile: &BounceProfile, age: Duration, seed: u64) -> Next {
    let Some(left) = profile.longest_in_queue.checked_sub(age).filter(|left| !left.is_zero()) else {
        return Next::Over(Over::Time);
    };
    let wait = age.min(profile.longest_wait).max(profile.first_wait);
    Next::Wait(jittered(wait, seed ^ age.as_secs()).min(left))
}

/// Shortened by up to a tenth.
fn jittered(wait: Duration, seed: u64) -> Duration {
    wait - wait / 10_000 * u32::try_from(hash(seed) % 1_000).unwrap_or(0)
}

/// The finalizer of SplitMix64: spreads neighbouring numbers evenly.
fn hash(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn wait(attempts: u32, age: Duration, seed: u64) -> Duration {
        match next(&BounceProfile::default(), attempts, age, seed) {
            Next::Wait(wait) => wait,
            over => panic!("{over:?}"),
        }
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_jitter_only_shortens_it() {
        for (attempts, seconds) in [(1, 60), (2, 120), (3, 240), (6, 1920), (7, 3600), (100, 3600)] {
            for seed in 0..50 {
                let wait = wait(attempts, HOUR, seed).as_secs_f64();
                let full = f64::from(seconds);
                assert!(wait <= full && wait > full * 0.9 - 1.0, "{attempts}: {wait} of {full}");
            }
        }
    }

    #[test]
    fn what_failed_together_spreads() {
        let waits: std::collections::BTreeSet<_> = (0..100).map(|seed| wait(7, HOUR, seed).as_millis()).collect();
        assert!(waits.len() > 80, "{}", waits.len());
    }

    #[test]
    fn who_was_not_tried_waits_as_long_as_it_has_waited() {
        let profile = BounceProfile::default();
        for (age, seconds) in [(0, 60), (59, 60), (600, 600), (7_200, 3_600), (72 * 3_600 - 5, 5)] {
            let Next::Wait(wait) = untried(&profile, Duration::from_secs(age), 1) else { panic!("{age}: over") };
            let full = f64::from(seconds);
            assert!(wait.as_secs_f64() <= full && wait.as_secs_f64() > full * 0.9 - 1.0, "{age}: {wait:?}");
        }
        assert_eq!(untried(&profile, 72 * HOUR, 1), Next::Over(Over::Time));
        // However often it happens, and even where one attempt is all there is.
        let never_again = BounceProfile { retries: 0, ..profile };
        assert!(matches!(untried(&never_again, HOUR, 1), Next::Wait(_)));
    }

    #[test]
    fn the_last_attempt_falls_on_the_end() {
        assert_eq!(wait(50, 72 * HOUR - Duration::from_secs(10), 1), Duration::from_secs(10));
        assert_eq!(next(&BounceProfile::default(), 50, 72 * HOUR, 1), Next::Over(Over::Time));
        assert_eq!(next(&BounceProfile::default(), 101, HOUR, 1), Next::Over(Over::Retries));
        let never_again = BounceProfile { retries: 0, ..BounceProfile::default() };
        assert_eq!(next(&never_again, 1, HOUR, 1), Next::Over(Over::Retries));
    }
}
