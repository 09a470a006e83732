//! `cert/bad-time-encoding`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::asn1::{self, Element, GENERALIZED_TIME};

pub const RULE: Rule = Rule {
    id: "cert/bad-time-encoding",
    severity: Severity::Error,
    decides: true,
    summary: "a date in a form that RFC 5280 forbids",
    why: "Times end in Z and have seconds; years up to 2049 are UTCTime, later ones GeneralizedTime. Programs in \
          Go, rustls and GnuTLS refuse other forms; OpenSSL takes some of them.",
    mend: "The tool that signed it is at fault: have it signed again with another.",
    source: "RFC 5280 4.1.2.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(times) = sheet.validity_as_encoded() else { return Outcome::NotCheckable("validity that can be read") };
    let named = ["notBefore", "notAfter"].into_iter().zip(times);
    let wrong = named.filter_map(|(field, element)| {
        let reason = fault(element)?;
        let text = String::from_utf8_lossy(element.content).into_owned();
        Some(Said::new(format!("{field} of {} {reason}: `{text}`", sheet.name())))
    });
    Outcome::of(wrong.collect())
}

fn fault(element: Element<'_>) -> Option<&'static str> {
    if !element.content.ends_with(b"Z") {
        return Some("is not in UTC");
    }
    let digits = element.content.len().saturating_sub(1);
    let with_seconds = if element.tag == GENERALIZED_TIME { 14 } else { 12 };
    if digits < with_seconds {
        return Some("has no seconds");
    }
    if digits > with_seconds || asn1::time(element, "").is_err() {
        return Some("is no date");
    }
    // Four digits of a year compare as numbers do.
    let early =
        element.tag == GENERALIZED_TIME && element.content.get(..4).is_some_and(|year| year < b"2050".as_slice());
    early.then_some("is a GeneralizedTime before 2050")
}
