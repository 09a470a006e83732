//! Which mail exchangers a leaf covers, and by which of its names.

use crate::inspect::bundle::{Bundle, Member};
use crate::inspect::question::Question;
use crate::trust::link::Link;
use crate::trust::presented::Presented;
use crate::trust::reference::Reference;

/// A mail exchanger that senders look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// A host name, or a pattern of an MTA-STS policy.
    pub host: String,
    /// The name in the certificate that covers it.
    pub by: Option<String>,
}

/// One for each exchanger that was asked about; `None` without a leaf that can be read strictly.
pub fn coverage(bundle: &Bundle<'_>, question: &Question) -> Option<Vec<Coverage>> {
    let leaf = bundle.leaf()?;
    let presented = presented(leaf.link.as_ref().ok()?, question);
    let covered = |host: &String| Coverage { host: host.clone(), by: covering(host, leaf, &presented) };
    Some(question.exchangers.iter().map(covered).collect())
}

/// The names that count under the ruleset.
pub(super) fn presented(leaf: &Link, question: &Question) -> Presented {
    match question.ruleset.common_name {
        true => Presented::of(leaf),
        false => Presented::in_alt_names(leaf),
    }
}

/// `host` may be a pattern of an MTA-STS policy (RFC 8461 section 4.1): then some name one label below it is enough.
fn covering(host: &str, leaf: &Member, presented: &Presented) -> Option<String> {
    let Some(parent) = host.strip_prefix("*.") else {
        let reference: Reference = host.parse().ok()?;
        return presented.matches(&reference).ok().map(|matched| matched.to_string());
    };
    let parent = parent.trim_end_matches('.');
    // A name that ends with a dot matches no host, so it covers none either.
    let is_below = |name: &&str| name.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent));
    leaf.found.certificate.dns_names().find(is_below).map(|name| format!("SAN {name}"))
}
