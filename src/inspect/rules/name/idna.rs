//! `name/idna`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use idna::uts46::{AsciiDenyList, Hyphens, Uts46};

pub const RULE: Rule = Rule {
    id: "name/idna",
    severity: Severity::Warning,
    decides: false,
    summary: "an internationalised name that no client matches",
    why: "Certificates carry A-labels (`xn--...`). A name with other letters, or an A-label that stands for \
          nothing, matches nothing.",
    mend: "`sealpost cert request PROFILE --san NAME` takes the name as people write it, and converts it.",
    source: "RFC 5890 2.3.2, RFC 5280 7.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if entry::hosts(sheet).next().is_none() {
        return Outcome::NotApplicable;
    }
    let wrong = entry::hosts(sheet).filter_map(|host| {
        let reason = fault(host)?;
        Some(Said::new(format!("the host name `{}` of {} {reason}", entry::printable(host), sheet.name())))
    });
    Outcome::of(wrong.take(entry::TOLD).collect())
}

fn fault(host: &str) -> Option<&'static str> {
    if !host.is_ascii() {
        return Some("has letters outside of ASCII; it must be written in A-labels");
    }
    let is_a_label = |label: &str| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    let broken = |label: &str| {
        is_a_label(label) && Uts46::new().to_unicode(label.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow).1.is_err()
    };
    host.split('.').any(broken).then_some("has a label that begins with `xn--` and stands for nothing")
}
