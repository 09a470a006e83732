//! `name/wildcard`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "name/wildcard",
    severity: Severity::Warning,
    decides: true,
    summary: "a wildcard that clients do not take",
    why: "A wildcard is the whole left-most label of a name with at least two more. Clients take `m*.example.com`, \
          `mx.*.example.com`, `*` and `*.com` for nothing, or refuse the certificate.",
    mend: "Name the hosts, or use `*.example.com`: `sealpost cert request PROFILE --san NAME`.",
    source: "RFC 9525 6.3, Baseline Requirements 3.2.2.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let hosts = || entry::hosts(sheet);
    if !hosts().any(|host| host.contains('*')) {
        return Outcome::NotApplicable;
    }
    let wrong = hosts().filter_map(|host| {
        let reason = fault(host)?;
        Some(Said::new(format!(
            "the wildcard `{}` in the subjectAltName of {} {reason}",
            entry::printable(host),
            sheet.name()
        )))
    });
    Outcome::of(wrong.take(entry::TOLD).collect())
}

fn fault(host: &str) -> Option<&'static str> {
    if !host.contains('*') {
        return None;
    }
    match host.split_once('.') {
        None => Some("has no domain"),
        Some((_, rest)) if rest.contains('*') => Some("is not in the left-most label"),
        Some((first, _)) if first != "*" => Some("is only a part of its label"),
        Some((_, rest)) if !rest.contains('.') => Some("covers a whole top-level domain"),
        Some(_) => None,
    }
}
