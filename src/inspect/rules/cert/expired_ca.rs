//! `cert/expired-ca`

use crate::inspect::bundle::{Sheet, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::chain::path;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment::{self, Moment};
use crate::trust::reason::Reason;

pub const RULE: Rule = Rule {
    id: "cert/expired-ca",
    severity: Severity::Error,
    decides: true,
    summary: "a CA certificate of the chain that has expired",
    why: "A chain is valid only while all of its certificates are. Clients refuse it, although the server \
          certificate may be good for months.",
    mend: "Ask the CA for the current intermediate, and put it in place of this one. It often has the same name and \
          key.",
    source: "RFC 5280 4.1.2.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let mut said = Vec::new();
    if sheet.member.standing == Standing::Leaf {
        said = path::dates_outside(sheet.bundle, |fault| match fault.reason {
            Reason::Expired { not_after } => {
                let name = path::name(fault.link);
                let place = "it is not in the file, and the path needs it";
                Some(expired(&name, Moment::from_unix_timestamp(*not_after).ok()?, question).fact(place))
            }
            _ => None,
        });
    }
    // Expired certificates off the path are another rule's.
    let on_path = matches!(sheet.member.standing, Standing::Intermediate | Standing::Root | Standing::Leaf);
    if sheet.is_end_entity() || !on_path {
        return if said.is_empty() { Outcome::NotApplicable } else { Outcome::Found(said) };
    }
    if sheet.not_after() < question.at {
        said.push(expired(sheet.name(), sheet.not_after(), question));
    }
    Outcome::of(said)
}

fn expired(name: &str, end: Moment, question: &Question) -> Said {
    Said::new(format!("the CA certificate {name} expired on {}", moment::date_and_distance(end, question.at)))
        .fact(format!("notAfter {}", moment::rfc3339(end)))
        .fact(format!("checked at {}", moment::rfc3339(question.at)))
}
