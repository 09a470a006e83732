//! A point in time, always UTC, and how far it is from now. Only `sys::clock` knows what time it is.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// A point in time in UTC, with a precision of one second where it comes from a certificate.
pub type Moment = OffsetDateTime;

/// RFC 3339 in UTC, without fractions of a second: `2027-02-14T09:30:00Z`.
pub fn rfc3339(moment: Moment) -> String {
    let moment = moment.to_offset(time::UtcOffset::UTC).replace_nanosecond(0).unwrap_or(moment);
    moment.format(&Rfc3339).unwrap_or_else(|_| moment.to_string())
}

/// Reads RFC 3339; `None` for anything else.
pub fn from_rfc3339(text: &str) -> Option<Moment> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// The day alone: `2027-02-14`.
pub fn date(moment: Moment) -> String {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    moment.format(format_description!("[year]-[month]-[day]")).unwrap_or_else(|_| moment.to_string())
}

/// The day with its distance: `2027-02-14 (in 85 days)`, `2026-11-12 (9 days ago)`.
pub fn date_and_distance(moment: Moment, now: Moment) -> String {
    format!("{} ({})", date(moment), distance(moment, now))
}

/// How far `moment` is from `now`, in the largest unit that leaves at least two of it (days, hours, minutes, seconds).
pub fn distance(moment: Moment, now: Moment) -> String {
    let seconds = (moment - now).whole_seconds();
    let span = span(seconds.unsigned_abs());
    match seconds {
        0 => "now".into(),
        1.. => format!("in {span}"),
        _ => format!("{span} ago"),
    }
}

/// Whole days from `now` to `moment`, rounded down: negative as soon as it has passed.
pub fn remaining_days(moment: Moment, now: Moment) -> i64 {
    (moment - now).whole_seconds().div_euclid(86_400)
}

/// A length of time in the largest unit that leaves at least two of it: `12 minutes`.
pub fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        172_800.. => (seconds / 86_400, "day"),
        7_200.. => (seconds / 3_600, "hour"),
        120.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    plural(count, unit)
}

/// `1 day`, `2 days`.
pub fn plural(count: u64, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// `#[serde(with = "moment::as_text")]`: a moment as RFC 3339 text in records.
pub mod as_text {
    use super::Moment;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::rfc3339(*moment))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::from_rfc3339(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no time like 2027-02-14T09:30:00Z")))
    }
}

/// The same for a moment that may be missing; with `default` and `skip_serializing_if = "Option::is_none"`.
pub mod as_optional_text {
    use super::Moment;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(moment: &Option<Moment>, serializer: S) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => super::as_text::serialize(moment, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Moment>, D::Error> {
        super::as_text::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn distance_is_said_in_the_largest_useful_unit() {
        let now = datetime!(2026-11-21 12:00 UTC);
        assert_eq!(date_and_distance(datetime!(2027-02-14 12:00 UTC), now), "2027-02-14 (in 85 days)");
        assert_eq!(distance(datetime!(2026-11-12 11:59 UTC), now), "9 days ago");
        assert_eq!(distance(datetime!(2026-11-21 15:00 UTC), now), "in 3 hours");
        assert_eq!(distance(datetime!(2026-11-21 11:59 UTC), now), "60 seconds ago");
        assert_eq!(distance(now, now), "now");
    }

    #[test]
    fn remaining_days_turn_negative_with_expiry() {
        let now = datetime!(2026-11-21 12:00 UTC);
        assert_eq!(remaining_days(datetime!(2026-11-22 12:00 UTC), now), 1);
        assert_eq!(remaining_days(datetime!(2026-11-21 12:00:01 UTC), now), 0);
        assert_eq!(remaining_days(datetime!(2026-11-21 11:59:59 UTC), now), -1);
    }
}
