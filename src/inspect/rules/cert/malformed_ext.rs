//! `cert/malformed-ext`

use super::TOLD;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/malformed-ext",
    severity: Severity::Error,
    decides: true,
    summary: "an extension that cannot be read",
    why: "Programs that need the extension refuse the certificate, others do as if it were not there.",
    mend: "The tool that signed it is at fault: have it signed again.",
    source: "RFC 5280 4.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let extensions = sheet.extensions();
    if extensions.seen.is_empty() {
        return Outcome::NotApplicable;
    }
    let broken = extensions
        .malformed
        .iter()
        .map(|kind| Said::new(format!("the extension {} of {} cannot be read", kind.name(), sheet.name())));
    let access = [Kind::AuthorityInfoAccess, Kind::SubjectInfoAccess].into_iter();
    let critical = access.filter(|kind| extensions.critical(*kind) == Some(true)).map(|kind| {
        Said::new(format!("the extension {} of {} is critical, and must not be", kind.name(), sheet.name()))
    });
    Outcome::of(broken.chain(critical).take(TOLD).collect())
}
