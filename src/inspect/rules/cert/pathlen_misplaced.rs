//! `cert/pathlen-misplaced`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet::usage;
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/pathlen-misplaced",
    severity: Severity::Warning,
    decides: true,
    summary: "a path length in a certificate that signs no others",
    why: "A path length has a meaning only beside cA and keyCertSign. Strict verifiers refuse it elsewhere, and a \
          negative one everywhere.",
    mend: "Have it signed again without pathLenConstraint.",
    source: "RFC 5280 4.2.1.9",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let extensions = sheet.extensions();
    if extensions.malformed.contains(&Kind::BasicConstraints) {
        return negative_length(sheet);
    }
    let Some(constraints) = extensions.basic_constraints else { return Outcome::NotApplicable };
    let Some(length) = constraints.path_len else { return Outcome::Passed };
    let signs = extensions.key_usage.is_none_or(|bits| bits & usage::KEY_CERT_SIGN != 0);
    let lacks = match (constraints.ca, signs) {
        (true, true) => return Outcome::Passed,
        (true, false) => "its keyUsage lacks keyCertSign",
        (false, _) => "it is no CA certificate",
    };
    Outcome::found(
        Said::new(format!("{} has a path length although {lacks}", sheet.name()))
            .fact(format!("pathLenConstraint {length}")),
    )
}

/// The strict reading gives no negative number, so the octets have to be looked at.
fn negative_length(sheet: &Sheet<'_>) -> Outcome {
    use crate::trust::asn1::{BOOLEAN, INTEGER, Reader, SEQUENCE};
    let values = sheet.x509.extensions().iter().filter(|extension| extension.oid.as_bytes() == [0x55, 0x1d, 19]);
    let negative = values.into_iter().any(|extension| {
        let Ok(content) = Reader::new(extension.value).expect(SEQUENCE, "") else { return false };
        let mut parts = Reader::new(content.content);
        parts.optional(BOOLEAN);
        parts.optional(INTEGER).is_some_and(|length| length.content.first().is_some_and(|first| *first >= 0x80))
    });
    match negative {
        true => Outcome::found(Said::new(format!("{} has a negative path length", sheet.name()))),
        false => Outcome::NotCheckable("basicConstraints that can be read"),
    }
}
