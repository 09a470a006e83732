//! From when to when, as people say it: a moment, a day, or how long ago.

use time::macros::format_description;
use time::{Date, Duration, PrimitiveDateTime, Time};

use crate::model::moment::{Moment, from_rfc3339};
use crate::sys::time_zone::TimeZone;

/// Which end of a day is meant by its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Since,
    Until,
}

/// Reads `2026-03-06T09:05:00Z`, `2026-03-06 09:05`, `2026-03-06` (local time, as in the log), or `90m`, `2h`, `3d` (ago).
pub fn moment_of(text: &str, end: End, now: Moment, zone: &TimeZone) -> Option<Moment> {
    from_rfc3339(text).or_else(|| ago(text, now)).or_else(|| {
        let wall = wall(text, end)?;
        let [first, second] = zone.moments(wall);
        match end {
            End::Since => first,
            End::Until => second.or(first),
        }
    })
}

fn wall(text: &str, end: End) -> Option<PrimitiveDateTime> {
    if let Ok(date) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        let last = Time::from_hms(23, 59, 59).ok()?;
        return Some(PrimitiveDateTime::new(date, if end == End::Since { Time::MIDNIGHT } else { last }));
    }
    let minutes = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let seconds = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    PrimitiveDateTime::parse(text, minutes).or_else(|_| PrimitiveDateTime::parse(text, seconds)).ok()
}

fn ago(text: &str, now: Moment) -> Option<Moment> {
    let unit = text.chars().last()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count >= 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    now.checked_sub(Duration::seconds(count.checked_mul(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn people_say_when_in_many_ways() {
        let now = datetime!(2026-03-06 12:00 UTC);
        let read = |text: &str, end| moment_of(text, end, now, &TimeZone::default());
        assert_eq!(read("2026-03-06T09:05:00Z", End::Since), Some(datetime!(2026-03-06 09:05 UTC)));
        assert_eq!(read("2026-03-06", End::Since), Some(datetime!(2026-03-06 00:00 UTC)));
        assert_eq!(read("2026-03-06", End::Until), Some(datetime!(2026-03-06 23:59:59 UTC)));
        assert_eq!(read("2026-03-06 09:05", End::Until), Some(datetime!(2026-03-06 09:05 UTC)));
        assert_eq!(read("2026-03-06 09:05:07", End::Since), Some(datetime!(2026-03-06 09:05:07 UTC)));
        assert_eq!(read("90m", End::Since), Some(datetime!(2026-03-06 10:30 UTC)));
        assert_eq!(read("2d", End::Since), Some(datetime!(2026-03-04 12:00 UTC)));
        for bad in ["", "d", "-1d", "yesterday", "2026-13-01", "9999999999999999d", "é"] {
            assert_eq!(read(bad, End::Since), None, "{bad}");
        }
    }
}
