//! Whether to believe the certificate chain that a peer showed in a TLS handshake.
//!
//! Two judges have to agree, ours and webpki; or the certificate itself is, byte for byte, a trust anchor. Names are asked apart
//! and again for every message, because one connection may serve several domains: `Peer::presented`.

use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};

use super::asn1::Malformed;
use super::link::Link;
use super::presented::Presented;
use super::question::{Effort, PURPOSES, Question};
use super::reason::Reason;
use super::ruleset::{Check, Ruleset};
use super::validation::Fault;
use super::verdict::{self, Path};

/// What the peer is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Usage {
    Server,
    Client,
}

/// The certificates that are believed without proof, made ready for both judges.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    links: Vec<Link>,
    for_webpki: Vec<TrustAnchor<'static>>,
}

/// What is to be said about a peer's chain.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The certificate of the peer itself; `None` where it cannot be read.
    pub leaf: Option<Link>,
    /// The path that holds, or the one whose reasons are told; leaf first. Its last certificate is the one whose issuer is
    /// missing when the reason is `NoIssuer` or `UnknownRoot`.
    pub path: Vec<Link>,
    /// Why it is not believed, the most telling first; each with the depth of the certificate in `path`. Empty: it is believed.
    pub reasons: Vec<Fault>,
}

impl Anchors {
    /// Anchors that webpki cannot read count only for peers that show exactly them.
    pub fn new(links: Vec<Link>) -> Anchors {
        let for_webpki = links.iter().filter_map(|link| {
            let der = CertificateDer::from(link.der());
            webpki::anchor_from_trusted_cert(&der).ok().map(|anchor| anchor.to_owned())
        });
        Anchors { for_webpki: for_webpki.collect(), links }
    }

    pub fn links(&self) -> &[Link] {
        &self.links
    }
}

impl Peer {
    pub fn is_believed(&self) -> bool {
        self.reasons.is_empty()
    }

    /// The reason to tell where only one can be told.
    pub fn main_reason(&self) -> Option<&Fault> {
        self.reasons.first()
    }

    /// What it says it is for, believed or not.
    pub fn presented(&self) -> Option<Presented> {
        self.leaf.as_ref().map(Presented::of)
    }
}

/// Judges `chain`, the certificates of a TLS handshake in DER with the peer's own first, at `at` seconds since 1970.
///
/// By the rules of RFC 5280, with extKeyUsage nesting, and with a common name under name constraints where it would count. The
/// order of the other certificates does not matter, and those that cannot be read are left out. Ends after a bounded amount of work.
pub fn judge<D: AsRef<[u8]>>(chain: &[D], anchors: &Anchors, usage: Usage, at: i64) -> Peer {
    let Some((leaf, rest)) = chain.split_first() else { return unreadable(Malformed("the chain, which is empty")) };
    let leaf = match Link::from_der(leaf.as_ref().to_vec()) {
        Ok(leaf) => leaf,
        Err(malformed) => return unreadable(malformed),
    };
    let pool: Vec<Link> = rest.iter().filter_map(|der| Link::from_der(der.as_ref().to_vec()).ok()).collect();
    let question = Question {
        at,
        purposes: vec![usage.purpose().to_vec()],
        common_name: true,
        ruleset: Ruleset::Rfc5280,
        effort: Effort::Explain,
        ..Question::default()
    };
    let verdict = verdict::verify(&question, &leaf, &pool, &anchors.links);
    let gave_up = verdict.gave_up.filter(|_| !verdict.is_valid()).map(|exhausted| (0, Reason::GaveUp(exhausted)));
    let Path { links: path, faults, .. } = verdict.paths.into_iter().next().unwrap_or_else(|| Path {
        links: vec![leaf.clone()],
        anchored: false,
        faults: vec![(0, Reason::NoIssuer)],
    });
    let mut reasons: Vec<Fault> = gave_up.into_iter().chain(faults).collect();
    if reasons.is_empty() && !anchors.links.contains(&leaf) {
        reasons.extend(second_judge(&leaf, rest, anchors, usage, at).err().map(|reason| (0, reason)));
    }
    reasons.sort_by_key(|(depth, reason)| (rank(reason), *depth));
    Peer { leaf: Some(leaf), path, reasons }
}

impl Usage {
    /// The extKeyUsage purpose that a certificate needs for it, as encoded.
    pub fn purpose(self) -> &'static [u8] {
        let name = match self {
            Usage::Server => "serverAuth",
            Usage::Client => "clientAuth",
        };
        PURPOSES.iter().find(|(known, _)| *known == name).map_or(&[], |(_, oid)| oid)
    }
}

fn unreadable(malformed: Malformed) -> Peer {
    Peer { leaf: None, path: Vec::new(), reasons: vec![(0, Reason::Unreadable(malformed))] }
}

/// Causes that stay whatever is mended elsewhere come first; that an issuer is unknown says least.
fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::Unreadable(_) => 0,
        Reason::Revoked { .. } => 1,
        Reason::Expired { .. } | Reason::NotYetValid { .. } => 2,
        Reason::BadSignature { .. } | Reason::WeakSignature { .. } | Reason::UncheckedSignature { .. } => 3,
        Reason::UntrustedRoot | Reason::UnknownRoot | Reason::NoIssuer => 5,
        Reason::GaveUp(_) => 6,
        _ => 4,
    }
}

fn second_judge<D: AsRef<[u8]>>(
    leaf: &Link,
    rest: &[D],
    anchors: &Anchors,
    usage: Usage,
    at: i64,
) -> Result<(), Reason> {
    let der = CertificateDer::from(leaf.der());
    let certificate = webpki::EndEntityCert::try_from(&der).map_err(|error| translated(error, usage))?;
    let others: Vec<CertificateDer<'_>> = rest.iter().map(|der| CertificateDer::from(der.as_ref())).collect();
    let wanted = match usage {
        Usage::Server => webpki::KeyUsage::server_auth(),
        Usage::Client => webpki::KeyUsage::client_auth(),
    };
    let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(at).unwrap_or_default()));
    certificate
        .verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &anchors.for_webpki, &others, at, wanted, None, None)
        .map(drop)
        .map_err(|error| translated(error, usage))
}

/// What webpki says, in our words where we have them for it.
fn translated(error: webpki::Error, usage: Usage) -> Reason {
    use webpki::Error;
    match error {
        Error::CaUsedAsEndEntity => Reason::Profile(Check::LeafIsCa),
        Error::UnsupportedCertVersion => Reason::Profile(Check::NotVersion3),
        Error::InvalidSerialNumber => Reason::Profile(Check::Serial),
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => {
            Reason::Purpose { wanted: super::asn1::dotted(usage.purpose()) }
        }
        other => Reason::SecondJudge { said: words(&other).to_owned() },
    }
}

/// The same as a clause about the certificate or its chain.
fn words(error: &webpki::Error) -> &'static str {
    use webpki::Error as E;
    match error {
        E::BadDer | E::TrailingData(_) => "the certificate is not DER as RFC 5280 wants it",
        E::BadDerTime | E::InvalidCertValidity => "a time of its validity cannot be read",
        E::CertDistrusted => "the certificate is distrusted",
        E::CertExpired { .. } => "it is expired",
        E::CertNotValidYet { .. } => "it is not valid yet",
        E::CertNotValidForName(_) => "it does not cover the name",
        E::CertRevoked => "it is revoked",
        E::EndEntityUsedAsCa => "a certificate that is no authority's issued another",
        E::ExtensionValueInvalid | E::MalformedExtensions => "an extension cannot be read",
        E::InvalidNetworkMaskConstraint | E::MalformedNameConstraint => "the name constraints cannot be read",
        E::NameConstraintViolation => "a name is outside the name constraints of an issuer",
        E::PathLenConstraintViolated => "an issuer allows no such long chain below it",
        E::InvalidSignatureForPublicKey => "a signature in the chain was not made with the key of the issuer",
        E::SignatureAlgorithmMismatch => "the two signature algorithms of a certificate differ",
        E::UnsupportedCriticalExtension => "a critical extension is not understood",
        E::UnsupportedNameType | E::MalformedDnsIdentifier => "a name in it is of a kind that is not understood",
        E::UnknownIssuer => "no trusted issuer is found",
        E::MaximumNameConstraintComparisonsExceeded
        | E::MaximumPathBuildCallsExceeded
        | E::MaximumPathDepthExceeded
        | E::MaximumSignatureChecksExceeded => "the chain takes too much work to check",
        // Only these are left that stand in a certificate; the others are about revocation lists, and none is given.
        _ => "a signature algorithm or a public key is not supported",
    }
}
