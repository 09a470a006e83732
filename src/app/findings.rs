//! A finding of a lint rule, told to an operator by a command that is not `lint`.

use crate::model::diagnostic::{Diagnostic, PlaceNote};
use crate::model::finding::Finding;

/// The finding in its own words, under its own id.
pub fn told(finding: Finding) -> Diagnostic {
    let what = finding.certificate.map(|certificate| certificate.subject);
    let mut places = vec![PlaceNote { place: finding.place, what, source: None }];
    places.extend(finding.related);
    Diagnostic {
        severity: finding.severity,
        code: finding.rule.into(),
        message: finding.message,
        places,
        facts: finding.facts,
        help: finding.help,
    }
}
