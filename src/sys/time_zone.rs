//! Local time: how far it is from UTC at a moment, as this machine is set (tzfile(5), RFC 9636).
//!
//! The `time` crate cannot tell it in a program with threads.

use std::path::{Path, PathBuf};

use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// Files of zones are a few kilobytes.
const LIMIT: u64 = 1 << 20;
const ZONES: &str = "/usr/share/zoneinfo";
const DAY: i64 = 86_400;

/// A time zone with its changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeZone {
    /// Seconds since 1970 from which an offset holds, in order.
    changes: Vec<(i64, i32)>,
    /// Before the first change.
    first: i32,
    /// After the last change.
    rule: Option<Rule>,
}

impl TimeZone {
    /// The zone of this machine: `TZ`, else `/etc/localtime`, else UTC.
    pub fn of_machine() -> TimeZone {
        let file = |path: &Path| super::input::read(&path.to_string_lossy(), LIMIT).ok();
        let named = |name: &str| {
            let name = name.strip_prefix(':').unwrap_or(name);
            let path = if name.starts_with('/') { PathBuf::from(name) } else { Path::new(ZONES).join(name) };
            file(&path).and_then(|read| TimeZone::parse(&read.bytes)).or_else(|| TimeZone::from_rule(name))
        };
        match std::env::var("TZ") {
            Ok(name) if !name.is_empty() => named(&name).unwrap_or_default(),
            _ => file(Path::new("/etc/localtime")).and_then(|read| TimeZone::parse(&read.bytes)).unwrap_or_default(),
        }
    }

    /// The same moment with the local offset.
    pub fn local(&self, moment: OffsetDateTime) -> OffsetDateTime {
        let seconds = self.offset(moment.unix_timestamp());
        UtcOffset::from_whole_seconds(seconds).map_or(moment, |offset| moment.to_offset(offset))
    }

    /// When clocks here show `wall`: once, twice in the hour that comes again (the earlier moment first); in an hour that is skipped, as
    /// if the clocks had not been changed.
    pub fn moments(&self, wall: PrimitiveDateTime) -> [Option<OffsetDateTime>; 2] {
        let seconds = wall.assume_utc().unix_timestamp();
        // No zone changes twice within two days.
        let (before, after) = (self.offset(seconds - DAY), self.offset(seconds + DAY));
        let holds = |offset: i32| self.offset(seconds - i64::from(offset)) == offset;
        let moment = |offset: i32| {
            Some(wall.assume_offset(UtcOffset::from_whole_seconds(offset).ok()?)).map(|moment| self.local(moment))
        };
        match (holds(before), holds(after) && after != before) {
            (true, true) => [moment(before), moment(after)],
            (false, true) => [moment(after), None],
            _ => [moment(before), None],
        }
    }

    /// Seconds to be added to UTC at `at`.
    fn offset(&self, at: i64) -> i32 {
        let past = self.changes.partition_point(|(from, _)| *from <= at);
        match (&self.rule, past) {
            (Some(rule), past) if past == self.changes.len() => rule.offset(at),
            (_, 0) => self.first,
            (_, past) => self.changes.get(past - 1).map_or(self.first, |(_, offset)| *offset),
        }
    }

    fn from_rule(text: &str) -> Option<TimeZone> {
        Rule::parse(text).map(|rule| TimeZone { rule: Some(rule), ..TimeZone::default() })
    }

    /// A TZif file; of version 2 and later the second block, which has 64 bits for a time.
    fn parse(bytes: &[u8]) -> Option<TimeZone> {
        let (header, rest) = Header::parse(bytes)?;
        if header.version < b'2' {
            return block(&header, rest, 4).map(|(zone, _)| zone);
        }
        let (header, rest) = Header::parse(rest.get(header.size(4)..)?)?;
        let (zone, footer) = block(&header, rest, 8)?;
        let footer = footer.strip_prefix(b"\n").and_then(|text| text.split(|byte| *byte == b'\n').next());
        let rule = footer.and_then(|text| Rule::parse(std::str::from_utf8(text).ok()?));
        Some(TimeZone { rule, ..zone })
    }
}

/// The counts at the front of a block.
struct Header {
    version: u8,
    counts: [usize; 6],
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<(Header, &[u8])> {
        let rest = bytes.strip_prefix(b"TZif")?;
        let (head, rest) = rest.split_at_checked(40)?;
        let mut counts = [0; 6];
        for (count, field) in counts.iter_mut().zip(head.get(16..)?.chunks_exact(4)) {
            *count = usize::try_from(u32::from_be_bytes(field.try_into().ok()?)).ok()?.min(1 << 16);
        }
        Some((Header { version: *head.first()?, counts }, rest))
    }

    /// Octets of a block whose times have `width` octets.
    fn size(&self, width: usize) -> usize {
        let [in_utc, in_standard, leaps, times, types, letters] = self.counts;
        times * (width + 1) + types * 6 + letters + leaps * (width + 4) + in_standard + in_utc
    }
}

fn block<'a>(header: &Header, bytes: &'a [u8], width: usize) -> Option<(TimeZone, &'a [u8])> {
    let [_, _, _, times, types, _] = header.counts;
    let (moments, rest) = bytes.split_at_checked(times * width)?;
    let (kinds, rest) = rest.split_at_checked(times)?;
    let (offsets, _) = rest.split_at_checked(types * 6)?;
    let offset = |kind: usize| {
        let field = offsets.get(kind * 6..kind * 6 + 4)?;
        Some(i32::from_be_bytes(field.try_into().ok()?))
    };
    let moment = |field: &[u8]| match width {
        4 => Some(i64::from(i32::from_be_bytes(field.try_into().ok()?))),
        _ => Some(i64::from_be_bytes(field.try_into().ok()?)),
    };
    let changes =
        moments.chunks_exact(width).zip(kinds).map(|(field, kind)| Some((moment(field)?, offset((*kind).into())?)));
    let zone = TimeZone { changes: changes.collect::<Option<_>>()?, first: offset(0)?, rule: None };
    Some((zone, bytes.get(header.size(width)..)?))
}

/// The rule of a POSIX `TZ` string, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    standard: i32,
    summer: Option<Summer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Summer {
    offset: i32,
    /// A day and seconds after its midnight in local time.
    begins: (Day, i64),
    ends: (Day, i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// 1 to 365; 29 February is never counted.
    Julian(i64),
    /// 0 to 365.
    Ordinal(i64),
    /// Month, week (5 is the last), day of the week from Sunday.
    Week(u8, u8, u8),
}

impl Rule {
    fn parse(text: &str) -> Option<Rule> {
        let rest = after_name(text)?;
        let (offset, rest) = clock(rest)?;
        // POSIX counts westwards.
        let standard = i32::try_from(-offset).ok()?;
        if rest.is_empty() {
            return Some(Rule { standard, summer: None });
        }
        let rest = after_name(rest)?;
        let (offset, rest) = match clock(rest) {
            Some((offset, rest)) => (i32::try_from(-offset).ok()?, rest),
            None => (standard + 3_600, rest),
        };
        let mut days = rest.strip_prefix(',')?.split(',');
        let begins = Day::parse(days.next()?)?;
        let ends = Day::parse(days.next()?)?;
        Some(Rule { standard, summer: Some(Summer { offset, begins, ends }) })
    }

    fn offset(&self, at: i64) -> i32 {
        let Some(summer) = &self.summer else { return self.standard };
        let is_summer = (|| {
            let year = OffsetDateTime::from_unix_timestamp(at.checked_add(self.standard.into())?).ok()?.year();
            let begins = summer.begins.0.midnight(year)? + summer.begins.1 - i64::from(self.standard);
            let ends = summer.ends.0.midnight(year)? + summer.ends.1 - i64::from(summer.offset);
            // In the south, summer spans the new year.
            Some(if begins < ends { (begins..ends).contains(&at) } else { !(ends..begins).contains(&at) })
        })();
        if is_summer == Some(true) { summer.offset } else { self.standard }
    }
}

impl Day {
    /// A day and the time of the change on it; 2 o'clock unless said otherwise.
    fn parse(text: &str) -> Option<(Day, i64)> {
        let (day, time) = match text.split_once('/') {
            Some((day, time)) => (day, clock(time)?.0),
            None => (text, 2 * 3_600),
        };
        let day = match (day.strip_prefix('M'), day.strip_prefix('J')) {
            (Some(rest), _) => {
                let mut numbers = rest.split('.').map(|number| number.parse::<u8>().ok());
                Day::Week(numbers.next()??, numbers.next()??, numbers.next()??)
            }
            (None, Some(rest)) => Day::Julian(rest.parse().ok()?),
            (None, None) => Day::Ordinal(day.parse().ok()?),
        };
        Some((day, time))
    }

    /// Its midnight in `year` as if local time were UTC, in seconds since 1970.
    fn midnight(self, year: i32) -> Option<i64> {
        let new_year = Date::from_ordinal_date(year, 1).ok()?.midnight().assume_utc().unix_timestamp();
        let leap = time::util::is_leap_year(year);
        match self {
            Day::Julian(day) => Some(new_year + (day - 1 + i64::from(leap && day > 59)) * DAY),
            Day::Ordinal(day) => Some(new_year + day * DAY),
            Day::Week(month, week, weekday) => {
                let first = Date::from_calendar_date(year, time::Month::try_from(month).ok()?, 1).ok()?;
                let ahead = (7 + weekday - first.weekday().number_days_from_sunday()) % 7;
                let mut day = first + Duration::days(i64::from(ahead) + 7 * (i64::from(week) - 1));
                while day.month() != first.month() {
                    day -= Duration::WEEK;
                }
                Some(day.midnight().assume_utc().unix_timestamp())
            }
        }
    }
}

/// What follows the name of a zone: letters, or anything in angle brackets.
fn after_name(text: &str) -> Option<&str> {
    if let Some(quoted) = text.strip_prefix('<') {
        return quoted.split_once('>').map(|(_, rest)| rest);
    }
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    if end < 3 { None } else { text.get(end..) }
}

/// `[+-]h[:m[:s]]` as seconds, and what follows.
fn clock(text: &str) -> Option<(i64, &str)> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(unsigned.len());
    let (time, rest) = unsigned.split_at(end);
    let mut seconds = 0;
    for (part, unit) in time.split(':').zip([3_600, 60, 1]) {
        seconds += part.parse::<i64>().ok().filter(|number| *number <= 167)? * unit;
    }
    Some((if text.starts_with('-') { -seconds } else { seconds }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn minutes(rule: &str, moment: OffsetDateTime) -> i32 {
        TimeZone::from_rule(rule).unwrap().local(moment).offset().whole_minutes().into()
    }

    #[test]
    fn rules_change_at_their_second() {
        let berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
        assert_eq!(minutes(berlin, datetime!(2026-03-29 00:59:59 UTC)), 60);
        assert_eq!(minutes(berlin, datetime!(2026-03-29 01:00:00 UTC)), 120);
        assert_eq!(minutes(berlin, datetime!(2026-10-25 00:59:59 UTC)), 120);
        assert_eq!(minutes(berlin, datetime!(2026-10-25 01:00:00 UTC)), 60);
        let sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
        assert_eq!(minutes(sydney, datetime!(2026-01-01 00:00 UTC)), 660);
        assert_eq!(minutes(sydney, datetime!(2026-07-01 00:00 UTC)), 600);
        assert_eq!(minutes("<+0545>-5:45", datetime!(2026-07-01 00:00 UTC)), 345);
        assert_eq!(minutes("XXX3YYY,J60,300", datetime!(2028-03-01 04:59 UTC)), -180);
        assert_eq!(minutes("XXX3YYY,J60,300", datetime!(2028-03-01 05:00 UTC)), -120);
        for bad in ["", "A", "CET", "CET-1CEST", "CET-1CEST,M3.5", "CET-x"] {
            assert_eq!(TimeZone::from_rule(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_a_clock_shows_is_a_moment_or_two() {
        let zone = TimeZone::from_rule("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let shown = |wall| zone.moments(wall).map(|moment| moment.map(|moment| moment.to_offset(UtcOffset::UTC)));
        assert_eq!(shown(datetime!(2026-07-01 12:00)), [Some(datetime!(2026-07-01 10:00 UTC)), None]);
        assert_eq!(shown(datetime!(2026-12-01 12:00)), [Some(datetime!(2026-12-01 11:00 UTC)), None]);
        let twice = [Some(datetime!(2026-10-25 00:30 UTC)), Some(datetime!(2026-10-25 01:30 UTC))];
        assert_eq!(shown(datetime!(2026-10-25 02:30)), twice);
        assert_eq!(shown(datetime!(2026-10-25 03:00)), [Some(datetime!(2026-10-25 02:00 UTC)), None]);
        assert_eq!(shown(datetime!(2026-03-29 02:30)), [Some(datetime!(2026-03-29 01:30 UTC)), None]);
        assert_eq!(shown(datetime!(2026-03-29 01:59)), [Some(datetime!(2026-03-29 00:59 UTC)), None]);
        assert_eq!(shown(datetime!(2026-03-29 03:00)), [Some(datetime!(2026-03-29 01:00 UTC)), None]);
    }

    #[test]
    fn what_is_no_zone_file_is_none() {
        for bytes in [&b""[..], b"TZif", &[b"TZif2".as_slice(), &[0xff; 60]].concat()] {
            assert_eq!(TimeZone::parse(bytes), None);
        }
    }

    #[test]
    fn files_and_rules_agree() {
        let Ok(read) = crate::sys::input::read("/usr/share/zoneinfo/Europe/Berlin", LIMIT) else { return };
        let zone = TimeZone::parse(&read.bytes).unwrap();
        for (at, minutes) in [
            (datetime!(1970-06-01 00:00 UTC), 60),
            (datetime!(1994-09-30 00:00 UTC), 60),
            (datetime!(1996-09-30 00:00 UTC), 120),
            (datetime!(2026-07-01 00:00 UTC), 120),
            (datetime!(2090-01-01 00:00 UTC), 60),
            (datetime!(2090-07-01 00:00 UTC), 120),
        ] {
            assert_eq!(zone.local(at).offset().whole_minutes(), minutes, "{at}");
        }
    }
}
