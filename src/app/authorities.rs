//! The authority lists: the system's and the custom one, and which of them are believed.

use std::path::PathBuf;

use crate::inspect::bytes::{self, Kind};
use crate::model::certificate::Certificate;
use crate::model::configuration::{Authorities, Configuration, Word};
use crate::sys::authorities;
use crate::trust::link::Link;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuthorityList {
    /// What programs on this machine trust.
    System,
    /// What was imported.
    Custom,
}

impl Word for AuthorityList {
    const WORDS: &'static [(AuthorityList, &'static str)] =
        &[(AuthorityList::System, "system"), (AuthorityList::Custom, "custom")];
}

impl AuthorityList {
    pub fn is_enabled(self, authorities: &Authorities) -> bool {
        match self {
            AuthorityList::System => authorities.system,
            AuthorityList::Custom => authorities.custom,
        }
    }
}

/// The system's list of authorities and where it stands; empty where the system has none, or none that can be read. What is damaged in
/// it does not count, as for every other program on the machine.
pub fn system() -> (Option<PathBuf>, Vec<Certificate>) {
    let Ok(Some((path, pem))) = authorities::system_bundle() else { return (None, Vec::new()) };
    let items = bytes::read(&path.to_string_lossy(), &pem).items.into_iter();
    let certificates = items.filter_map(|item| match item.kind {
        Kind::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    let certificates = certificates.collect();
    (Some(path), certificates)
}

/// The same, ready for a judge.
pub fn system_links() -> Vec<Link> {
    links(&system().1)
}

/// The trust anchors of a revision: the roots of the lists that its configuration enables. `custom` is its custom list.
///
/// Intermediates of the custom list are no anchors; their roots, without which none is imported, are.
pub fn anchors(configuration: &Configuration, custom: &[Certificate]) -> Vec<Link> {
    let enabled = &configuration.authorities;
    let mut anchors = if enabled.system { system_links() } else { Vec::new() };
    if enabled.custom {
        let roots: Vec<Certificate> = custom.iter().filter(|one| one.is_self_issued()).cloned().collect();
        anchors.extend(links(&roots));
    }
    anchors
}

fn links(certificates: &[Certificate]) -> Vec<Link> {
    certificates.iter().filter_map(|one| Link::from_der(one.der().to_vec()).ok()).collect()
}
