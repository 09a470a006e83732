//! `cert/validity-too-long`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment;
use crate::model::moment::Moment;
use time::macros::datetime;
use time::{Duration, Month};

pub const RULE: Rule = Rule {
    id: "cert/validity-too-long",
    severity: Severity::Warning,
    decides: true,
    summary: "a server certificate that lives longer than public CAs may sign",
    why: "Browsers and Apple's systems refuse public certificates that live longer than the limit of the day on \
          which they were issued. The limit shrinks: 398 days, 200 from 2026-03-15, 100 from 2027-03-15, 47 from \
          2029-03-15.",
    mend: "Ask for a shorter life: `sealpost cert new --days N`, or let the CA choose.",
    source: "Baseline Requirements 6.3.2, ballot SC-081v3",
    fixable: false,
    check: Check::Certificate(check),
};

/// From this day of issue on, so many days at most.
const LIMITS: [(Moment, i64); 5] = [
    (datetime!(2029-03-15 00:00 UTC), 47),
    (datetime!(2027-03-15 00:00 UTC), 100),
    (datetime!(2026-03-15 00:00 UTC), 200),
    (datetime!(2020-09-01 00:00 UTC), 398),
    (datetime!(2018-03-01 00:00 UTC), 825),
];

/// 39 months; before that there was no limit that anybody still refuses by.
const MONTHS_FROM: Moment = datetime!(2015-04-01 00:00 UTC);

/// More than any limit since 2020.
const LONG: Duration = Duration::days(398);

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let (begin, end) = (sheet.not_before(), sheet.not_after());
    if !sheet.is_end_entity() {
        return Outcome::NotApplicable;
    }
    let days = (end - begin + Duration::SECOND).as_seconds_f64() / 86_400.0;
    let dates = format!("from {} to {}", moment::rfc3339(begin), moment::rfc3339(end));
    match limit(begin) {
        Some((last, limit)) if end > last => Outcome::found(
            Said::new(format!("{} is valid for {days:.0} days, longer than {limit}", sheet.name()))
                .fact(dates)
                .fact(format!("the limit for a certificate issued on {} is {limit}", moment::date(begin))),
        ),
        _ if end - begin > LONG && question.at > begin => {
            let message = format!("{} is valid for {days:.0} days, as was allowed when it was issued", sheet.name());
            let today = limit(question.at).map_or_else(String::new, |(_, limit)| limit);
            let said = Said::new(message).fact(dates).fact(format!("the next one may be valid for {today} at most"));
            Outcome::found(said.at_most(Severity::Note))
        }
        Some(_) => Outcome::Passed,
        None => Outcome::NotApplicable,
    }
}

/// The last moment of validity for a certificate issued at `begin`, and the limit in words.
fn limit(begin: Moment) -> Option<(Moment, String)> {
    match LIMITS.iter().find(|(from, _)| begin >= *from) {
        // Both ends belong to the validity, so the last second is one before the same time of day. The limit of 825 days came
        // before that was made clear.
        Some((_, days @ 825)) => Some((begin + Duration::days(*days), format!("{days} days"))),
        Some((_, days)) => Some((begin + Duration::days(*days) - Duration::SECOND, format!("{days} days"))),
        None if begin >= MONTHS_FROM => Some((after_months(begin, 39), "39 months".to_owned())),
        None => None,
    }
}

/// The same day and time so many months later, or the last day of that month.
fn after_months(begin: Moment, months: i32) -> Moment {
    let count = begin.year() * 12 + i32::from(u8::from(begin.month())) - 1 + months;
    let month = u8::try_from(count.rem_euclid(12) + 1).ok().and_then(|month| Month::try_from(month).ok());
    let (year, month) = (count.div_euclid(12), month.unwrap_or(Month::January));
    let day = begin.day().min(month.length(year));
    time::Date::from_calendar_date(year, month, day).map_or(begin, |date| begin.replace_date(date))
}
