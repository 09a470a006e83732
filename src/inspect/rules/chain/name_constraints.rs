//! `chain/name-constraints`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;
use crate::trust::general_name::GeneralName;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/name-constraints",
    severity: Severity::Error,
    decides: true,
    summary: "a name outside what an issuer may certify",
    why: "Every verifier refuses the chain: the authority was limited to certain names. Some refuse a constraint on directory names, on \
          otherName and the like whether or not a name is against it: that is a warning.",
    mend: "Get the certificate from an authority that may certify the name.",
    source: "RFC 5280 4.2.1.10, RFC 9549",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let mut said = unsupported(bundle);
    match against(bundle) {
        Outcome::Found(more) => said.extend(more),
        outcome if said.is_empty() => return outcome,
        _ => {}
    }
    Outcome::Found(said)
}

/// Constraints that hold, of kinds that some verifiers refuse without a comparison.
fn unsupported(bundle: &Bundle<'_>) -> Vec<Said> {
    let Some(best) = path::best(bundle) else { return Vec::new() };
    let said = best.links.iter().skip(1).filter_map(|link| {
        let constraints = link.extensions().name_constraints.as_ref()?;
        let excluded = || constraints.excluded.iter().flatten();
        let all = || constraints.permitted.iter().flatten().chain(excluded());
        let is_directory = |base: &GeneralName| matches!(base, GeneralName::Directory(_));
        let is_critical = link.extensions().critical(Kind::NameConstraints) == Some(true);
        let (what, who) = if all().any(|base| matches!(base, GeneralName::Other(_))) {
            let who = if is_critical { "GnuTLS and Go refuse" } else { "GnuTLS refuses" };
            ("other names than hosts, addresses, mailboxes and directory names", who)
        } else if all().any(is_directory) {
            (
                "directory names",
                match (excluded().any(is_directory), is_critical) {
                    (true, true) => "GnuTLS, Go and webpki refuse",
                    (true, false) => "GnuTLS and webpki refuse",
                    (false, true) => "Go and webpki refuse",
                    (false, false) => "webpki refuses",
                },
            )
        } else {
            return None;
        };
        let message = format!("{} constrains {what}, which not every verifier compares", path::name(link));
        let said = Said::new(message).fact(format!("{who} the chain"));
        let index = path::member(bundle, link).or_else(|| bundle.leaf())?.index;
        Some(said.about(index).at_most(Severity::Warning))
    });
    said.collect()
}

fn against(bundle: &Bundle<'_>) -> Outcome {
    path::faults(bundle, |fault| {
        let (name, by, rule) = match fault.reason {
            Reason::NotPermitted { name, by } => (name, *by, "it is in none of the permitted subtrees".to_owned()),
            Reason::Excluded { name, constraint, by } => (name, *by, format!("{constraint} is excluded")),
            _ => return None,
        };
        let limiting = fault.path.links.get(by)?;
        let said = Said::new(format!("{} may not certify {name}", path::name(limiting))).fact(rule);
        Some(match path::member(bundle, limiting) {
            Some(member) => said
                .related(member.found.place.clone(), format!("certificate {}, which limits the names", member.index)),
            None => said,
        })
    })
}
