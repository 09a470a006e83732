//! Who issued whom among some certificates: candidates by name, proof by signature, all of it within a budget.
//!
//! Names and key identifiers only suggest an issuer; the signature has the last word. Where it cannot be checked, names and key
//! identifiers that agree are all there is to go by. Hostile input could ask for a signature check per pair of certificates, so
//! candidates and checks are counted, and `was_cut` tells when that mattered.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::certificate::Certificate;
use crate::model::distinguished_name::DistinguishedName;
use crate::model::moment::Moment;
use crate::model::signature::{Obstacle, SignatureStatus};
use crate::trust::FoldedName;

/// Candidates looked at per certificate. Real authorities have a handful of certificates under one name.
const CANDIDATES: usize = 64;

/// Finds issuers. Certificates are named by their index in the list it was made from.
pub struct Issuers {
    certificates: Vec<Certificate>,
    /// By the name, folded as RFC 5280 section 7.1 compares it: an authority may write its name in another string type or case.
    by_subject: HashMap<Name, Bucket>,
    by_issuer: HashMap<Name, Vec<usize>>,
    /// The issuer's name, by certificate.
    issuer_names: Vec<Name>,
    /// A number for each distinct public key, by certificate: a signature is checked once per key, not once per issuer certificate.
    keys: Vec<usize>,
    checked: HashMap<(usize, usize), SignatureStatus>,
    answers: HashMap<usize, Vec<usize>>,
    checks_left: usize,
    was_cut: bool,
}

/// A name as it is compared; one that cannot be folded is compared byte for byte.
type Name = Result<FoldedName, Vec<u8>>;

fn folded(name: &DistinguishedName) -> Name {
    FoldedName::read_whole(name.der()).map_err(|_| name.der().to_vec())
}

/// Certificates with one subject, each list most preferable first.
#[derive(Default)]
struct Bucket {
    all: Vec<usize>,
    by_key_id: HashMap<Option<String>, Vec<usize>>,
}

impl Issuers {
    /// `certificates` are distinct. `at` decides which of several fitting issuers comes first: valid ones, then those that live longest.
    /// At most `checks` signatures are checked.
    pub fn new(certificates: Vec<Certificate>, at: Moment, checks: usize) -> Issuers {
        let mut order: Vec<usize> = (0..certificates.len()).collect();
        order.sort_by_key(|&index| {
            let certificate = &certificates[index];
            (Reverse(certificate.is_valid_at(at)), Reverse(certificate.not_after()), certificate.sha256())
        });
        let issuer_names: Vec<Name> = certificates.iter().map(|certificate| folded(certificate.issuer())).collect();
        let mut by_subject: HashMap<Name, Bucket> = HashMap::new();
        let mut by_issuer: HashMap<Name, Vec<usize>> = HashMap::new();
        for index in order {
            let certificate = &certificates[index];
            let bucket = by_subject.entry(folded(certificate.subject())).or_default();
            bucket.all.push(index);
            bucket.by_key_id.entry(certificate.subject_key_id().map(str::to_owned)).or_default().push(index);
            by_issuer.entry(issuer_names[index].clone()).or_default().push(index);
        }
        Issuers {
            keys: number_keys(&certificates),
            certificates,
            by_subject,
            by_issuer,
            issuer_names,
            checked: HashMap::new(),
            answers: HashMap::new(),
            checks_left: checks,
            was_cut: false,
        }
    }

    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// A new budget, so that one question cannot use up what the next one needs.
    pub fn allow(&mut self, checks: usize) {
        self.checks_left = checks;
    }

    /// Some candidates were not looked at, or signatures not checked, for want of budget.
    pub fn was_cut(&self) -> bool {
        self.was_cut
    }

    /// The certificates whose key made the signature of `child`, most preferable first; itself among them when it is self-signed.
    ///
    /// Where none verifiably did, those that may have: the signature cannot be checked, and the key identifiers do not contradict.
    pub fn of(&mut self, child: usize) -> Vec<usize> {
        if let Some(answer) = self.answers.get(&child) {
            return answer.clone();
        }
        let [fitting, contradicted] = self.candidates(child);
        let mut answer = self.filtered(child, &fitting, SignatureStatus::is_good);
        // Another key identifier contradicts, but a signature that verifies has the last word.
        if answer.is_empty() {
            answer = self.filtered(child, &contradicted, SignatureStatus::is_good);
        }
        if answer.is_empty() {
            answer = self.filtered(child, &fitting, |status| matches!(status, SignatureStatus::Unchecked(_)));
        }
        self.answers.insert(child, answer.clone());
        answer
    }

    fn filtered(&mut self, child: usize, issuers: &[usize], is_wanted: fn(&SignatureStatus) -> bool) -> Vec<usize> {
        issuers.iter().copied().filter(|&issuer| self.status(child, issuer).is_some_and(is_wanted)).collect()
    }

    /// Why nobody can tell whether `issuer` signed `child`; `None` where that can be told.
    pub fn obstacle(&mut self, child: usize, issuer: usize) -> Option<Obstacle> {
        match self.status(child, issuer) {
            Some(SignatureStatus::Unchecked(obstacle)) => Some(obstacle.clone()),
            _ => None,
        }
    }

    /// Its own key made its signature, as far as that can be checked.
    pub fn is_self_signed(&mut self, index: usize) -> bool {
        let certificate = &self.certificates[index];
        if !certificate.is_self_issued() {
            return false;
        }
        let ids_agree = certificate.may_be_issued_by(certificate);
        match self.status(index, index) {
            Some(SignatureStatus::Good) => true,
            Some(SignatureStatus::Unchecked(_)) => ids_agree,
            Some(SignatureStatus::Bad) | None => false,
        }
    }

    /// It issued a certificate other than itself.
    pub fn issued_another(&mut self, index: usize) -> bool {
        let subject = folded(self.certificates[index].subject());
        let children: Vec<usize> =
            self.by_issuer.get(&subject).into_iter().flatten().copied().take(CANDIDATES).collect();
        children.into_iter().any(|child| {
            child != index
                && self.certificates[child].may_be_issued_by(&self.certificates[index])
                && self.status(child, index).is_some_and(|status| !status.is_bad())
        })
    }

    /// Certificates that bear the name of the issuer of `child`, at most 64, whether or not their key fits.
    pub fn namesakes(&self, child: usize) -> Vec<usize> {
        let bucket = self.by_subject.get(&self.issuer_names[child]);
        bucket.into_iter().flat_map(|bucket| &bucket.all).copied().take(CANDIDATES).collect()
    }

    /// The same name and the same key: another certificate of one authority.
    pub fn is_same_authority(&self, one: usize, other: usize) -> bool {
        self.keys[one] == self.keys[other]
            && self.certificates[one].subject().der() == self.certificates[other].subject().der()
    }

    /// Those whose key identifier fits, then those that have none, apart from the ones with another identifier.
    fn candidates(&mut self, child: usize) -> [Vec<usize>; 2] {
        let wanted = self.certificates[child].authority_key_id();
        let Some(bucket) = self.by_subject.get(&self.issuer_names[child]) else { return Default::default() };
        let Some(id) = wanted else {
            self.was_cut |= bucket.all.len() > CANDIDATES;
            return [bucket.all.iter().copied().take(CANDIDATES).collect(), Vec::new()];
        };
        let lists = [Some(id.to_owned()), None].map(|id| bucket.by_key_id.get(&id));
        let fitting: Vec<usize> = lists.into_iter().flatten().flatten().copied().collect();
        let other = |index: &&usize| self.certificates[**index].subject_key_id().is_some_and(|own| own != id);
        let others: Vec<usize> = bucket.all.iter().filter(other).copied().take(CANDIDATES).collect();
        self.was_cut |= fitting.len() > CANDIDATES;
        [fitting.into_iter().take(CANDIDATES).collect(), others]
    }

    /// `None` when no more signatures may be checked.
    fn status(&mut self, child: usize, issuer: usize) -> Option<&SignatureStatus> {
        let pair = (child, self.keys[issuer]);
        if !self.checked.contains_key(&pair) {
            if self.checks_left == 0 {
                self.was_cut = true;
                return None;
            }
            self.checks_left -= 1;
            let status = self.certificates[child].signature_status(&self.certificates[issuer]);
            self.checked.insert(pair, status);
        }
        self.checked.get(&pair)
    }
}

fn number_keys(certificates: &[Certificate]) -> Vec<usize> {
    let mut numbers: HashMap<&[u8], usize> = HashMap::new();
    certificates
        .iter()
        .map(|certificate| {
            let next = numbers.len();
            *numbers.entry(certificate.public_key().spki()).or_insert(next)
        })
        .collect()
}
