//! `cert/bad-time-encoding`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet;
use crate::model::certificate_field::TIMES;
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
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    // What the tolerant reader says of a certificate that it gives up because of a date.
    let unread = bundle.items.damages.iter().filter(|damage| TIMES.iter().any(|time| damage.message.contains(time)));
    let unread = unread.map(|damage| {
        Said::new("a certificate has a date that is none, or not in UTC").at(damage.place.clone()).fact(&damage.message)
    });
    let mut said: Vec<Said> = unread.collect();
    if bundle.members.is_empty() && said.is_empty() {
        return Outcome::NotApplicable;
    }
    for member in &bundle.members {
        let certificate = &member.found.certificate;
        let times = sheet::validity_as_encoded(certificate.der());
        for (field, element) in times.into_iter().flat_map(|times| ["notBefore", "notAfter"].into_iter().zip(times)) {
            let Some(reason) = fault(element) else { continue };
            let text = String::from_utf8_lossy(element.content);
            let wrong = Said::new(format!("{field} of {} {reason}: `{}`", member.name(), text.escape_default()));
            // Browsers carry such a root.
            let is_root = certificate.is_ca() && certificate.is_self_issued();
            let wrong = if is_root { wrong.at_most(Severity::Warning) } else { wrong };
            said.push(wrong.about(member.index));
        }
    }
    Outcome::of(said)
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
