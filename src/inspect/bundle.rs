//! A file's certificates, made ready for rules: each with its place, its strict reading, and its standing in the chain.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use x509_parser::prelude::{FromDer, X509Certificate};

use crate::model::certificate::Certificate;
use crate::model::fingerprint::Fingerprint;
use crate::model::public_key::PublicKey;
use crate::trust::Malformed;
use crate::trust::extensions::Extensions;
use crate::trust::link::Link;
use crate::trust::question::{Effort, PURPOSES, Question as PathQuestion};
use crate::trust::verdict::{self, Verdict};

use super::best_path::BestPath;
use super::bytes::Items;
use super::certificates::Certificates;
use super::chain::{Chain, Found, NoLeaf};
use super::leaf::Choice;
use super::question::Question;
use super::ruleset::Use;
use super::sheet;

/// A file under inspection.
pub struct Bundle<'a> {
    pub items: &'a Items,
    /// What the file holds, by kind.
    pub sorted: Certificates,
    /// Every certificate, copies included, in file order.
    pub members: Vec<Member>,
    /// Along the best path, as far as it is in the file.
    pub chain: Result<Chain, NoLeaf>,
    /// `None` without a leaf.
    pub best: Option<BestPath>,
    /// Paths from the leaf to the anchors of all stores together; `None` without a leaf that can be read strictly.
    pub verdict: Option<Verdict>,
}

/// A certificate of the file.
pub struct Member {
    /// Counted from 1, in file order.
    pub index: usize,
    pub found: Found,
    pub sha256: Fingerprint,
    /// The strict reading; what is wrong where it fails.
    pub link: Result<Link, Malformed>,
    pub standing: Standing,
}

/// Where a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Leaf,
    Intermediate,
    /// The self-signed end of the chain.
    Root,
    /// On another path from the leaf.
    Alternative,
    /// Another end-entity certificate.
    OtherLeaf,
    /// On no path, or there is no leaf.
    Stranger,
}

impl Member {
    /// What an operator would call it.
    pub fn name(&self) -> &str {
        self.found.certificate.display_name()
    }
}

impl<'a> Bundle<'a> {
    pub fn new(items: &'a Items, question: &Question) -> Bundle<'a> {
        let sorted = Certificates::of(&items.items);
        let chain = arranged(&sorted, question);
        let links: Vec<Result<Link, Malformed>> =
            sorted.certificates.iter().map(|found| Link::from_der(found.certificate.der().to_vec())).collect();
        let leaf = chain.as_ref().ok().map(|chain| &chain.leaf.certificate);
        let verdict = leaf.and_then(|leaf| judged(leaf, &sorted, &links, question));
        let best = chain.as_ref().ok();
        let best = best.map(|chain| BestPath::choose(&sorted.certificates, chain, verdict.as_ref(), question));
        let chain = chain.map(|chain| match &best {
            Some(best) => chain.along(&best.certificates, &sorted.certificates),
            None => chain,
        });
        let standings = standings(&chain);
        let member = |(index, (found, link)): (usize, (&Found, Result<Link, Malformed>))| {
            let sha256 = found.certificate.sha256();
            let standing = standings.get(&sha256).copied().unwrap_or(Standing::Stranger);
            Member { index, found: found.clone(), sha256, link, standing }
        };
        let members: Vec<Member> = (1..).zip(sorted.certificates.iter().zip(links)).map(member).collect();
        Bundle { items, sorted, members, chain, best, verdict }
    }

    pub fn leaf(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.standing == Standing::Leaf)
    }

    /// The member that is this certificate, the first copy of it.
    pub fn member(&self, certificate: &Certificate) -> Option<&Member> {
        let sha256 = certificate.sha256();
        self.members.iter().find(|member| member.sha256 == sha256)
    }

    /// Each further copy, with the first.
    pub fn repeats(&self) -> impl Iterator<Item = (&Member, &Member)> {
        let mut first: HashMap<Fingerprint, &Member> = HashMap::new();
        self.members.iter().filter_map(move |member| match first.entry(member.sha256) {
            Entry::Occupied(first) => Some((member, *first.get())),
            Entry::Vacant(slot) => {
                slot.insert(member);
                None
            }
        })
    }
}

/// The leaf of a file: by the key, where a certificate that can be the leaf has it, then by the names asked about.
fn arranged(sorted: &Certificates, question: &Question) -> Result<Chain, NoLeaf> {
    let of_end_entity = |key: &&PublicKey| {
        let mut certificates = sorted.certificates.iter().map(|found| &found.certificate);
        certificates.any(|certificate| !certificate.is_ca() && certificate.public_key() == *key)
    };
    let own_keys = || sorted.keys.iter().map(|found| found.key.public());
    let given = question.key.as_ref().map(|(key, _)| key);
    let key = given.or_else(|| own_keys().find(of_end_entity)).or_else(|| own_keys().next());
    let covers = |certificate: &Certificate| {
        let link = || Link::from_der(certificate.der().to_vec());
        !question.names.is_empty()
            && link().is_ok_and(|link| question.names.iter().all(|name| name.is_presented_by(&link)))
    };
    let arrange = |key| Chain::arrange_by(&sorted.certificates, Choice { key, prefers: &covers }, question.at);
    arrange(key).or_else(|_| arrange(None))
}

/// Where each certificate of the chain stands.
fn standings(chain: &Result<Chain, NoLeaf>) -> HashMap<Fingerprint, Standing> {
    let Ok(chain) = chain else { return HashMap::new() };
    let lists: [(&[Found], Standing); 3] = [
        (&chain.other_leaves, Standing::OtherLeaf),
        (&chain.alternatives, Standing::Alternative),
        (&chain.intermediates, Standing::Intermediate),
    ];
    let mut standings = HashMap::new();
    for (list, standing) in lists {
        standings.extend(list.iter().map(|found| (found.certificate.sha256(), standing)));
    }
    standings.extend(chain.root.iter().map(|root| (root.certificate.sha256(), Standing::Root)));
    standings.insert(chain.leaf.certificate.sha256(), Standing::Leaf);
    standings
}

fn judged(
    leaf: &Certificate,
    sorted: &Certificates,
    links: &[Result<Link, Malformed>],
    question: &Question,
) -> Option<Verdict> {
    let position = sorted.certificates.iter().position(|found| found.certificate == *leaf)?;
    let leaf = links.get(position)?.as_ref().ok()?;
    let others = links.iter().filter_map(|link| link.as_ref().ok());
    let pool: Vec<Link> = others.chain(question.at_hand()).cloned().collect();
    let anchors: Vec<Link> = question.stores.iter().flat_map(|store| &store.anchors).cloned().collect();
    let asked = PathQuestion {
        at: question.at.unix_timestamp(),
        purposes: vec![purpose(question.ruleset.side)],
        common_name: question.ruleset.common_name,
        ruleset: question.ruleset.path_rules(),
        crls: question.crls.clone(),
        effort: Effort::Explain,
        ..PathQuestion::default()
    };
    Some(verdict::verify(&asked, leaf, &pool, &anchors))
}

/// The extKeyUsage that every certificate below the anchor must allow.
fn purpose(side: Use) -> Vec<u8> {
    PURPOSES.iter().find(|(name, _)| *name == side.purpose()).map_or_else(Vec::new, |(_, oid)| oid.to_vec())
}

/// One certificate as a rule sees it: both readings, made once.
pub struct Sheet<'a> {
    pub member: &'a Member,
    pub bundle: &'a Bundle<'a>,
    pub x509: X509Certificate<'a>,
    /// The strict reading of the extensions where the certificate as a whole has none.
    pub(super) rescued: Option<Extensions>,
}

impl<'a> Sheet<'a> {
    /// `None` for a certificate that only the tolerant reader of the decoder could take.
    pub fn new(member: &'a Member, bundle: &'a Bundle<'a>) -> Option<Sheet<'a>> {
        let (_, x509) = X509Certificate::from_der(member.found.certificate.der()).ok()?;
        let rescued = match &member.link {
            Ok(_) => None,
            Err(_) => Some(sheet::extensions(x509.tbs_certificate.as_ref())?),
        };
        Some(Sheet { member, bundle, x509, rescued })
    }
}
