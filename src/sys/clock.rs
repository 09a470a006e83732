//! What time it is. Everything above takes the moment as an argument.

use time::OffsetDateTime;

/// The system's time in UTC.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
