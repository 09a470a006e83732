//! Why a path does not hold. Every reason stands at a certificate of the path and carries its facts; wording is for `app`.

use crate::model::signature::Obstacle;

use super::asn1::Malformed;
use super::budget::Exhausted;
use super::extensions::Kind;
use super::link::Link;
use super::reference::Reference;
use super::ruleset::Check;

/// One failure of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// notAfter, in seconds since 1970, has passed.
    Expired {
        not_after: i64,
    },
    NotYetValid {
        not_before: i64,
    },
    /// It issued the certificate before it, but its basicConstraints does not say cA.
    NotCa,
    /// It issued the certificate before it, but its keyUsage lacks keyCertSign.
    NoCertSign,
    /// More CA certificates that are not self-issued stand before it than its path length allows.
    PathLength {
        allowed: u32,
        found: u32,
    },
    /// More CA certificates that are not self-issued than the caller allows.
    TooDeep {
        allowed: u32,
        found: u32,
    },
    /// A critical extension nobody here understands; dotted.
    UnknownCritical {
        oid: String,
    },
    Malformed(Kind),
    /// The same extension twice; dotted.
    Duplicate {
        oid: String,
    },
    /// A critical certificatePolicies with a qualifier that is not understood.
    PolicyQualifier,
    /// The algorithm inside the signed part is another than outside.
    AlgorithmsDiffer,
    /// No certificate with the issuer's name is at hand, and it is a server's certificate or says where its issuer's is published:
    /// an intermediate is missing.
    NoIssuer,
    /// No certificate with the issuer's name is at hand, and the certificate is that of an authority which names no place to look: its
    /// issuer is taken for a root, which nobody sends.
    UnknownRoot,
    /// It is self-issued and no trust anchor.
    UntrustedRoot,
    /// None of `tried` certificates with the issuer's name verifies its signature.
    BadSignature {
        tried: usize,
    },
    /// It is signed by an algorithm that proves nothing any more; by name.
    WeakSignature {
        name: String,
    },
    /// Names and key identifiers fit, and nobody here can check the signature.
    UncheckedSignature {
        obstacle: Obstacle,
    },
    /// The path has as many certificates as are ever looked at, and goes on.
    Endless {
        limit: usize,
    },
    /// Its extKeyUsage leaves out a wanted purpose; dotted.
    Purpose {
        wanted: String,
    },
    /// A name outside what the certificate at `by` permits.
    NotPermitted {
        name: String,
        by: usize,
    },
    /// A name that the certificate at `by` excludes.
    Excluded {
        name: String,
        constraint: String,
        by: usize,
    },
    /// A constraint, or a name it would have to be compared with, makes no sense.
    UnusableConstraint {
        constraint: String,
        by: usize,
    },
    /// An explicit policy is required, and no policy is valid for the whole path.
    NoPolicy,
    /// The leaf presents other names: the first few, and how many more.
    NameMismatch {
        wanted: Reference,
        presented: Vec<String>,
        more: usize,
    },
    /// Serial number as encoded; date in seconds since 1970.
    Revoked {
        at: i64,
        code: u8,
    },
    /// No usable CRL says whether it is revoked.
    NoStatus(NoStatus),
    /// A check that not every ruleset makes.
    Profile(Check),
    /// The work budget ended before an answer was found.
    GaveUp(Exhausted),
    /// The certificate cannot be read at all.
    Unreadable(Malformed),
    /// Path validation by RFC 5280 finds nothing, and webpki still refuses it, in its own words.
    SecondJudge {
        said: String,
    },
}

/// Why the CRLs at hand do not tell; the one that came closest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoStatus {
    NoCrl,
    OutOfScope,
    NotYetIssued,
    Outdated,
    Unsupported,
    Number,
    BadSignature,
    /// Signed with MD2, MD5 or SHA-1, which proves nothing.
    WeakSignature,
    /// By an algorithm that nobody here can check.
    UncheckedSignature,
    SomeReasonsOnly,
}

impl Reason {
    /// It is about one certificate alone, wherever its path leads.
    pub fn is_local(&self) -> bool {
        matches!(
            self,
            Reason::Expired { .. }
                | Reason::NotYetValid { .. }
                | Reason::NotCa
                | Reason::NoCertSign
                | Reason::UnknownCritical { .. }
                | Reason::Malformed(_)
                | Reason::Duplicate { .. }
                | Reason::PolicyQualifier
                | Reason::AlgorithmsDiffer
                | Reason::Purpose { .. }
                | Reason::Profile(_)
                | Reason::Unreadable(_)
        )
    }

    /// Why a path ends at `last`, when nobody at hand bears the name of its issuer. Below an intermediate that was left out stands a
    /// server's certificate, or one that says where its issuer's is published (caIssuers, RFC 5280 section 4.2.2.1).
    pub fn of_open_end(last: &Link) -> Reason {
        match last.is_ca() && last.extensions().ca_issuers.is_empty() {
            true => Reason::UnknownRoot,
            false => Reason::NoIssuer,
        }
    }

    /// The path ends open: no certificate with the issuer's name is at hand.
    pub fn is_open_end(&self) -> bool {
        matches!(self, Reason::NoIssuer | Reason::UnknownRoot)
    }

    /// The lint rule that says the same of a certificate at this depth.
    pub fn id(&self, depth: usize) -> &'static str {
        match self {
            Reason::Expired { .. } if depth == 0 => "cert/expired-leaf",
            Reason::Expired { .. } => "cert/expired-ca",
            Reason::NotYetValid { .. } => "cert/not-yet-valid",
            Reason::NotCa => "chain/not-a-ca",
            Reason::NoCertSign => "chain/ku-no-certsign",
            Reason::PathLength { .. } => "chain/pathlen",
            Reason::TooDeep { .. } => "chain/too-long",
            Reason::UnknownCritical { .. } => "cert/unknown-critical-ext",
            Reason::Malformed(_) => "cert/malformed-ext",
            Reason::Duplicate { .. } => "cert/duplicate-ext",
            Reason::PolicyQualifier => "cert/unknown-critical-ext",
            Reason::AlgorithmsDiffer => "cert/sigalg-mismatch",
            Reason::NoIssuer => "chain/missing-intermediate",
            Reason::UntrustedRoot if depth == 0 => "chain/self-signed-leaf",
            Reason::UnknownRoot => "chain/unknown-root",
            Reason::UntrustedRoot => "chain/untrusted-root",
            Reason::BadSignature { .. } => "chain/bad-signature",
            Reason::WeakSignature { .. } => "cert/weak-signature",
            Reason::UncheckedSignature { .. } => "chain/unchecked-signature",
            Reason::Endless { .. } => "chain/no-valid-path",
            Reason::Purpose { .. } if depth == 0 => "cert/eku",
            Reason::Purpose { .. } => "chain/eku-nesting",
            Reason::NotPermitted { .. } | Reason::Excluded { .. } => "chain/name-constraints",
            Reason::UnusableConstraint { .. } => "cert/nc-malformed",
            Reason::NoPolicy => "chain/policy",
            Reason::NameMismatch { .. } => "name/hostname-mismatch",
            Reason::Revoked { .. } => "chain/revoked",
            Reason::NoStatus(_) => "chain/revocation-unknown",
            Reason::Profile(check) => check.rule().id,
            Reason::GaveUp(_) => "chain/too-complex",
            Reason::Unreadable(_) | Reason::SecondJudge { .. } => "cert/malformed",
        }
    }
}
