//! What the certificate of one session is worth. The chain is judged once, after the handshake; the names are asked again before
//! every message, because a connection may serve several destinations.

use rustls::pki_types::CertificateDer;

use super::fault::{CertificateFault, Of};
use super::references::{Matched, References};
use crate::model::moment::Moment;
use crate::model::public_key::KeyKind;
use crate::trust::link::Link;
use crate::trust::peer::{self, Anchors, Usage};
use crate::trust::presented::Presented;

/// RSA keys with fewer bits prove nothing today (NIST SP 800-131A).
const SMALLEST_RSA: usize = 2048;

/// digitalSignature, keyEncipherment and keyAgreement of keyUsage (RFC 5280 section 4.2.1.3, the first bit lowest).
const USES_OF_TLS: u16 = 1 | 1 << 2 | 1 << 4;

/// Whether anybody asks what a certificate is worth. Connections of one class never serve the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    Unchecked,
    Checked,
}

/// The certificates of a peer, in the order in which it sent them, and their verdict.
#[derive(Debug, Clone)]
pub struct PeerIdentity {
    chain: Vec<CertificateDer<'static>>,
    /// `None`: nobody asked.
    verdict: Option<Verdict>,
}

#[derive(Debug, Clone)]
struct Verdict {
    presented: Option<Presented>,
    /// Empty: the chain is believed. The most telling first.
    faults: Vec<CertificateFault>,
}

impl PeerIdentity {
    pub fn unchecked(chain: Vec<CertificateDer<'static>>) -> PeerIdentity {
        PeerIdentity { chain, verdict: None }
    }

    /// Judges the chain at `at`.
    pub fn checked(chain: Vec<CertificateDer<'static>>, anchors: &Anchors, at: Moment) -> PeerIdentity {
        let at = at.unix_timestamp();
        let peer = peer::judge(&chain, anchors, Usage::Server, at);
        let mut faults: Vec<CertificateFault> =
            peer.reasons.iter().map(|fault| CertificateFault::of(&peer, fault, at)).collect();
        if let Some(KeyKind::Rsa(bits)) = peer.leaf.as_ref().map(|leaf| leaf.public_key().kind())
            && (1024..SMALLEST_RSA).contains(bits)
        {
            faults.push(CertificateFault::WeakKey { kind: format!("RSA {bits}") });
        }
        if peer.leaf.as_ref().is_some_and(is_not_for_tls) {
            let said = "has a keyUsage that allows nothing of what TLS needs".to_owned();
            faults.push(CertificateFault::Other { of: Of::Leaf, rule: "cert/ku-leaf", said });
        }
        PeerIdentity { verdict: Some(Verdict { presented: peer.presented(), faults }), chain }
    }

    /// DER, the peer's own first.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// Which of the names the certificate has, if the chain is believed; otherwise everything that is wrong, the most telling
    /// first, and never empty.
    pub fn verify(&self, references: &References) -> Result<Matched, Vec<CertificateFault>> {
        let Some(Verdict { presented, faults }) = &self.verdict else {
            return Err(vec![CertificateFault::NotJudged]);
        };
        let mut faults = faults.clone();
        if references.names().is_empty() {
            faults.push(CertificateFault::NoReference);
            return Err(faults);
        }
        match presented.as_ref().map(|presented| references.matching(presented)) {
            Some(Ok(matched)) if faults.is_empty() => return Ok(matched),
            Some(Err(not)) => faults.push(CertificateFault::wrong_name(references, not)),
            _ => {}
        }
        Err(faults)
    }

    /// Whether the certificate has one of the names, whatever else is wrong with it.
    pub fn presents(&self, references: &References) -> bool {
        let presented = self.verdict.as_ref().and_then(|verdict| verdict.presented.as_ref());
        presented.is_some_and(|presented| references.matching(presented).is_ok())
    }
}

/// A peer that only may encipher keys is let pass, though it signs (RFC 8446 section 4.4.2.2): many an old mail server has such a
/// certificate, and OpenSSL, by which most of its senders judge, takes it.
fn is_not_for_tls(leaf: &Link) -> bool {
    leaf.extensions().key_usage.is_some_and(|bits| bits & USES_OF_TLS == 0)
}
