//! `name/arpa`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment::{self, Moment};
use crate::trust::reference::is_below;
use time::macros::datetime;

pub const RULE: Rule = Rule {
    id: "name/arpa",
    severity: Severity::Warning,
    decides: true,
    summary: "a name below in-addr.arpa or ip6.arpa",
    why: "These zones turn addresses into names and hold no hosts: nobody connects to such a name. Public CAs must \
          not sign it since 2026-03-15; in older certificates it is a note.",
    mend: "Ask for the name that the PTR record of the address gives, or for the address itself as an iPAddress.",
    source: "Baseline Requirements 4.2.2, ballot SC-086v3",
    fixable: false,
    check: Check::Certificate(check),
};

const ZONES: [&str; 2] = ["in-addr.arpa", "ip6.arpa"];

/// Forbidden in certificates issued from this day on.
const FROM: Moment = datetime!(2026-03-15 00:00 UTC);

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.is_end_entity() || entry::hosts(sheet).next().is_none() {
        return Outcome::NotApplicable;
    }
    let common_name = sheet.certificate().subject().common_name();
    let names = entry::hosts(sheet).map(|name| ("the subjectAltName", name));
    let all = names.chain(common_name.map(|name| ("the common name", name)));
    let said = all.filter_map(|(field, name)| {
        let zone = ZONES.iter().find(|zone| name.eq_ignore_ascii_case(zone) || is_below(name, zone))?;
        let said = Said::new(format!("{field} of {} is in {zone}: `{}`", sheet.name(), entry::printable(name)))
            .fact(format!("issued on {}", moment::date(sheet.not_before())));
        Some(if sheet.not_before() >= FROM { said } else { said.at_most(Severity::Note) })
    });
    Outcome::of(said.take(entry::TOLD).collect())
}
