//! Where a chain ends above its last intermediate.

use crate::inspect::bytes::{self, Kind};
use crate::inspect::chain::Chain;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::Diagnostic;
use crate::model::profile::ChainEnd;
use crate::sys::authorities;

/// How `chain` ends; the system's list of authorities is read when no root was given.
pub(super) fn of(chain: &Chain, remarks: &mut Vec<Diagnostic>) -> ChainEnd {
    let last = chain.intermediates.last().unwrap_or(&chain.leaf);
    if chain.root.is_some() {
        ChainEnd::GivenRoot
    } else if last.certificate.is_self_signed() {
        ChainEnd::SelfSigned
    } else if system_root_of(&last.certificate, remarks).is_some() {
        ChainEnd::SystemRoot
    } else {
        ChainEnd::Open
    }
}

fn system_root_of(certificate: &Certificate, remarks: &mut Vec<Diagnostic>) -> Option<Certificate> {
    let (path, bundle) = match authorities::system_bundle() {
        Ok(found) => found?,
        Err(error) => {
            remarks.push(
                Diagnostic::warning("authority/unreadable", "the system's list of authorities could not be read")
                    .fact(error.to_string()),
            );
            return None;
        }
    };
    let items = bytes::read(&path.to_string_lossy(), &bundle).items.into_iter();
    let mut roots = items.filter_map(|item| match item.kind {
        Kind::Certificate(root) => Some(root),
        _ => None,
    });
    roots.find(|root| certificate.is_issued_by(root))
}
