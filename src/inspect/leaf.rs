//! Which certificate of a file is the server's. An end-entity certificate always goes before that of an authority: a key or a host
//! name chooses among end entities, and an authority that has both is none the less what signed them.

use std::cmp::Reverse;

use crate::model::certificate::{Certificate, SubjectAltName};
use crate::model::moment::Moment;
use crate::model::public_key::PublicKey;

use super::chain::NoLeaf;
use super::issuers::Issuers;

/// By what the leaf is chosen where several certificates could be it.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    /// The leaf has this key.
    pub key: Option<&'a PublicKey>,
    /// The leaf is one of these, if any could be it; for instance those that cover a host name.
    pub prefers: &'a dyn Fn(&Certificate) -> bool,
}

impl<'a> Choice<'a> {
    pub fn of_key(key: Option<&'a PublicKey>) -> Choice<'a> {
        Choice { key, prefers: &|_| false }
    }
}

/// Best first, with all others that could pass for a leaf behind it, and what else has the leaf's key.
pub(super) fn candidates(issuers: &mut Issuers, choice: Choice<'_>, at: Moment) -> Result<Vec<usize>, NoLeaf> {
    let count = issuers.certificates().len();
    if count == 0 {
        return Err(NoLeaf::NoCertificate);
    }
    let end_entities = end_entities(issuers);
    let Some(key) = choice.key else {
        let mut leaves = if end_entities.is_empty() { serving_authorities(issuers) } else { end_entities };
        let certificates = issuers.certificates();
        newest_first(&mut leaves, certificates);
        leaves.sort_by_cached_key(|&index| {
            (Reverse((choice.prefers)(&certificates[index])), Reverse(certificates[index].is_valid_at(at)))
        });
        return if leaves.is_empty() { Err(NoLeaf::OnlyAuthorities) } else { Ok(leaves) };
    };
    let certificates = issuers.certificates();
    let with_key = (0..count).filter(|&index| certificates[index].public_key() == key);
    let may_be_leaf = |index: &usize| end_entities.is_empty() || !certificates[*index].is_ca();
    let (mut leaves, mut rest): (Vec<usize>, Vec<usize>) = with_key.partition(may_be_leaf);
    if leaves.is_empty() {
        return Err(if rest.is_empty() { NoLeaf::NoneForKey } else { NoLeaf::KeyOfAuthority });
    }
    newest_first(&mut leaves, certificates);
    leaves.sort_by_cached_key(|&index| Reverse((choice.prefers)(&certificates[index])));
    rest.extend(end_entities);
    rest.retain(|index| !leaves.contains(index));
    leaves.extend(rest);
    Ok(leaves)
}

/// Those that issued no other; else those with a host name: a server's key may have signed something.
fn end_entities(issuers: &mut Issuers) -> Vec<usize> {
    let found = that_issued_nobody(issuers, |certificate| !certificate.is_ca());
    if !found.is_empty() {
        return found;
    }
    let certificates = issuers.certificates();
    let is_server = |index: &usize| !certificates[*index].is_ca() && has_host_name(&certificates[*index]);
    (0..certificates.len()).filter(is_server).collect()
}

/// What `openssl req -x509` makes for a server says that it is an authority; its names tell otherwise, or that it is alone.
fn serving_authorities(issuers: &mut Issuers) -> Vec<usize> {
    let found = that_issued_nobody(issuers, has_host_name);
    match issuers.certificates().len() {
        1 => vec![0],
        _ => found,
    }
}

fn that_issued_nobody(issuers: &mut Issuers, wanted: impl Fn(&Certificate) -> bool) -> Vec<usize> {
    let count = issuers.certificates().len();
    (0..count).filter(|&index| wanted(&issuers.certificates()[index]) && !issuers.issued_another(index)).collect()
}

fn newest_first(indices: &mut [usize], certificates: &[Certificate]) {
    indices.sort_by_key(|&index| {
        let certificate = &certificates[index];
        (Reverse(certificate.not_before()), Reverse(certificate.not_after()), certificate.sha256())
    });
}

fn has_host_name(certificate: &Certificate) -> bool {
    certificate.subject_alt_names().iter().any(|name| matches!(name, SubjectAltName::Dns(_) | SubjectAltName::Ip(_)))
}
