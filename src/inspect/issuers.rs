//! Who issued whom among some certificates: candidates by name, proof by signature, all of it within a budget.
//!
//! Names and key identifiers only suggest an issuer; a relation is reported when the signature verifies. Hostile input could ask
//! for a signature check per pair of certificates, so candidates and checks are counted, and `was_cut` tells when that mattered.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::certificate::Certificate;
use crate::model::moment::Moment;

/// Candidates looked at per certificate. Real authorities have a handful of certificates under one name.
const CANDIDATES: usize = 64;

/// Finds issuers. Certificates are named by their index in the list it was made from.
pub struct Issuers {
    certificates: Vec<Certificate>,
    by_subject: HashMap<Vec<u8>, Bucket>,
    by_issuer: HashMap<Vec<u8>, Vec<usize>>,
    /// A number for each distinct public key, by certificate: a signature is checked once per key, not once per issuer certificate.
    keys: Vec<usize>,
    proofs: HashMap<(usize, usize), bool>,
    answers: HashMap<usize, Vec<usize>>,
    checks_left: usize,
    was_cut: bool,
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
        let mut by_subject: HashMap<Vec<u8>, Bucket> = HashMap::new();
        let mut by_issuer: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for index in order {
            let certificate = &certificates[index];
            let bucket = by_subject.entry(certificate.subject().der().to_vec()).or_default();
            bucket.all.push(index);
            bucket.by_key_id.entry(certificate.subject_key_id().map(str::to_owned)).or_default().push(index);
            by_issuer.entry(certificate.issuer().der().to_vec()).or_default().push(index);
        }
        Issuers {
            keys: number_keys(&certificates),
            certificates,
            by_subject,
            by_issuer,
            proofs: HashMap::new(),
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

    /// The certificates whose key verifies the signature of `child`, most preferable first; itself among them when it is self-signed.
    pub fn of(&mut self, child: usize) -> Vec<usize> {
        if let Some(answer) = self.answers.get(&child) {
            return answer.clone();
        }
        let candidates = self.candidates(child);
        let answer: Vec<usize> = candidates.into_iter().filter(|&issuer| self.proves(child, issuer)).collect();
        self.answers.insert(child, answer.clone());
        answer
    }

    /// Its own key verifies its signature.
    pub fn is_self_signed(&mut self, index: usize) -> bool {
        self.certificates[index].is_self_issued() && self.proves(index, index)
    }

    /// It issued a certificate other than itself.
    pub fn issued_another(&mut self, index: usize) -> bool {
        let subject = self.certificates[index].subject().der();
        let children: Vec<usize> =
            self.by_issuer.get(subject).into_iter().flatten().copied().take(CANDIDATES).collect();
        children.into_iter().any(|child| {
            child != index
                && self.certificates[child].may_be_issued_by(&self.certificates[index])
                && self.proves(child, index)
        })
    }

    /// Certificates that bear the name of the issuer of `child`, at most 64, whether or not their key fits.
    pub fn namesakes(&self, child: usize) -> Vec<usize> {
        let bucket = self.by_subject.get(self.certificates[child].issuer().der());
        bucket.into_iter().flat_map(|bucket| &bucket.all).copied().take(CANDIDATES).collect()
    }

    /// The same name and the same key: another certificate of one authority.
    pub fn is_same_authority(&self, one: usize, other: usize) -> bool {
        self.keys[one] == self.keys[other]
            && self.certificates[one].subject().der() == self.certificates[other].subject().der()
    }

    fn candidates(&mut self, child: usize) -> Vec<usize> {
        let certificate = &self.certificates[child];
        let Some(bucket) = self.by_subject.get(certificate.issuer().der()) else { return Vec::new() };
        let fitting: Vec<&Vec<usize>> = match certificate.authority_key_id() {
            // Those with the right identifier come before those without one; another identifier contradicts.
            Some(id) => [Some(id.to_owned()), None].iter().filter_map(|id| bucket.by_key_id.get(id)).collect(),
            None => vec![&bucket.all],
        };
        let count: usize = fitting.iter().map(|list| list.len()).sum();
        let candidates = fitting.into_iter().flatten().copied().take(CANDIDATES).collect();
        self.was_cut |= count > CANDIDATES;
        candidates
    }

    fn proves(&mut self, child: usize, issuer: usize) -> bool {
        let pair = (child, self.keys[issuer]);
        if let Some(proof) = self.proofs.get(&pair) {
            return *proof;
        }
        if self.checks_left == 0 {
            self.was_cut = true;
            return false;
        }
        self.checks_left -= 1;
        let proof = self.certificates[child].is_issued_by(&self.certificates[issuer]);
        self.proofs.insert(pair, proof);
        proof
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
