//! `name/hostname-mismatch`

use crate::inspect::bundle::{Sheet, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::general_name::GeneralName;
use crate::trust::reference::Reference;

pub const RULE: Rule = Rule {
    id: "name/hostname-mismatch",
    severity: Severity::Error,
    decides: true,
    summary: "the certificate does not cover a host name it must cover",
    why: "Clients compare the name they connect to with the subjectAltName entries, and refuse the connection when \
          none matches. A wildcard stands for exactly one label; an address must be an iPAddress entry; the common \
          name does not count.",
    mend: "Ask for a certificate with all names: `sealpost cert request PROFILE --cn NAME --san NAME`.",
    source: "RFC 9525 6.3, 6.4",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    if question.names.is_empty() || sheet.member.standing != Standing::Leaf {
        return Outcome::NotApplicable;
    }
    let names = sheet.names();
    let presented = sheet.presented(question);
    let missing = question.names.iter().filter_map(|wanted| Some((wanted, presented.matches(wanted).err()?)));
    let said = missing.map(|(wanted, not)| {
        let said = Said::new(format!("{} does not cover {wanted}", sheet.name()));
        let said = if names.is_empty() { said.fact("it has no subjectAltName") } else { said.fact(listed(names)) };
        let said = match not.ignored {
            Some(_) => said.fact("its common name fits, and does not count beside host names"),
            None => said,
        };
        match wanted {
            Reference::Dns(host) if names.iter().any(|name| is_too_deep(name, host)) => {
                said.fact("a wildcard stands for one label only")
            }
            Reference::Dns(host) if names.iter().any(|name| is_absolute(name, host)) => {
                said.fact("an entry that ends with a dot matches no name")
            }
            _ => said,
        }
    });
    Outcome::of(said.collect())
}

/// Names shown; a certificate may have thousands.
const SHOWN: usize = 8;

fn listed(names: &[GeneralName]) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(GeneralName::to_string).collect();
    let rest = names.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("it covers {}{more}", shown.join(", "))
}

/// The host lies more than one label below the wildcard's domain.
fn is_too_deep(name: &GeneralName, host: &str) -> bool {
    matches!(name, GeneralName::Dns(pattern) if pattern.strip_prefix("*.").is_some_and(|base| crate::trust::reference::is_below(host, base)))
}

/// The host would be covered but for the dot at the end of the entry.
fn is_absolute(name: &GeneralName, host: &str) -> bool {
    let GeneralName::Dns(entry) = name else { return false };
    let relative = entry.strip_suffix('.').map(|entry| GeneralName::Dns(entry.to_owned()));
    relative.is_some_and(|relative| Reference::Dns(host.to_owned()).fits(&relative))
}
