//! `[bounce-profile.NAME]`: how long and how often delivery is tried before a message bounces.

use std::collections::BTreeMap;
use std::time::Duration;

use toml_edit::Table;

use super::key::{Key, Kind};
use super::problem::Mistake;
use super::quantity;
use super::reader::{ALONE, Reader};

/// The name of the profile that rows without one use. It is always there; a table of this name changes it.
pub const DEFAULT_BOUNCE_PROFILE: &str = "(Default)";

/// The profile `(Default)` has the values of `Default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceProfile {
    /// Attempts after the first.
    pub retries: u32,
    /// Time in the queue.
    pub longest_in_queue: Duration,
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// When the sender is told of a delay (RFC 3464 action `delayed`); `None` is never.
    pub delay_warning: Option<Duration>,
}

impl Default for BounceProfile {
    fn default() -> BounceProfile {
        BounceProfile {
            retries: 100,
            longest_in_queue: Duration::from_secs(72 * 3600),
            first_wait: Duration::from_secs(60),
            longest_wait: Duration::from_secs(3600),
            delay_warning: None,
        }
    }
}

const WEEK: u64 = 7 * 86_400;
const RETRIES: Key =
    Key::new("retries", Kind::Number { from: 0, to: 10_000 }, "attempts after the first").default("100");
const LONGEST_IN_QUEUE: Key = Key::new(
    "longest-in-queue",
    Kind::Duration { from: 60, to: 30 * 86_400 },
    "time in the queue before the message bounces",
)
.default("72h");
const FIRST_WAIT: Key =
    Key::new("first-wait", Kind::Duration { from: 1, to: WEEK }, "wait before the second attempt").default("1m");
const LONGEST_WAIT: Key =
    Key::new("longest-wait", Kind::Duration { from: 1, to: WEEK }, "longest wait between two attempts").default("1h");
const DELAY_WARNING: Key = Key::new(
    "delay-warning",
    Kind::DurationOrOff { from: 60, to: 30 * 86_400 },
    "time in the queue after which the sender is told of the delay",
)
.default("off");
pub const KEYS: &[Key] = &[RETRIES, LONGEST_IN_QUEUE, FIRST_WAIT, LONGEST_WAIT, DELAY_WARNING];

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> BTreeMap<String, BounceProfile> {
    reader.declare("bounce-profile", DEFAULT_BOUNCE_PROFILE);
    let mut profiles = BTreeMap::new();
    for (name, table) in reader.named_tables(root, &[], "bounce-profile") {
        reader.declare("bounce-profile", name);
        profiles.insert(name.to_owned(), read_one(reader, name, table));
    }
    profiles
}

fn read_one(reader: &mut Reader<'_>, name: &str, table: &Table) -> BounceProfile {
    let path = ["bounce-profile", name];
    let mut section = reader.section(table, &path, KEYS, ALONE);
    let default = BounceProfile::default();
    let profile = BounceProfile {
        retries: section.number(&RETRIES).unwrap_or(default.retries),
        longest_in_queue: section.duration(&LONGEST_IN_QUEUE).unwrap_or(default.longest_in_queue),
        first_wait: section.duration(&FIRST_WAIT).unwrap_or(default.first_wait),
        longest_wait: section.duration(&LONGEST_WAIT).unwrap_or(default.longest_wait),
        delay_warning: section.duration_or_off(&DELAY_WARNING).unwrap_or(default.delay_warning),
    };
    if profile.first_wait > profile.longest_wait {
        let [first, longest] =
            [profile.first_wait, profile.longest_wait].map(|wait| quantity::duration(wait.as_secs()));
        let at = if section.has(&FIRST_WAIT) { &FIRST_WAIT } else { &LONGEST_WAIT };
        section.report(at, Mistake::new(format!("`first-wait` ({first}) is longer than `longest-wait` ({longest})")));
    }
    profile
}
