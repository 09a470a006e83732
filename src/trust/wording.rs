//! Reasons in one sentence, said of the certificate that they stand at: `was issued by somebody whose certificate is missing`.

use std::fmt;

use crate::model::moment::{self, Moment};

use super::budget::Exhausted;
use super::question::PURPOSES;
use super::reason::{NoStatus, Reason};

/// A purpose by the name people use, dotted where it has none.
pub fn purpose_name(dotted: &str) -> String {
    let known = PURPOSES.iter().find(|(_, oid)| super::dotted(oid) == dotted);
    known.map_or_else(|| dotted.to_owned(), |(name, _)| (*name).to_owned())
}

/// A second since 1970 as a moment.
pub fn moment_of(seconds: i64) -> Moment {
    Moment::from_unix_timestamp(seconds).unwrap_or(Moment::UNIX_EPOCH)
}

fn date(seconds: i64) -> String {
    moment::date(moment_of(seconds))
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Expired { not_after } => write!(f, "expired on {}", date(*not_after)),
            Reason::NotYetValid { not_before } => write!(f, "is not valid before {}", date(*not_before)),
            Reason::NotCa => {
                f.write_str("issued the certificate below it, but is no CA certificate (basicConstraints)")
            }
            Reason::NoCertSign => f.write_str("issued the certificate below it, but its keyUsage lacks keyCertSign"),
            Reason::PathLength { .. } => f.write_str("has more CA certificates below it than its path length allows"),
            Reason::TooDeep { .. } => f.write_str("ends a path that is longer than was asked for"),
            Reason::Endless { limit } => {
                write!(f, "ends a path of {limit} certificates, after which no issuer is looked for")
            }
            Reason::UnknownCritical { oid } => write!(f, "has the critical extension {oid}, which is not understood"),
            Reason::Malformed(kind) => write!(f, "has an extension {} that cannot be read", kind.name()),
            Reason::Duplicate { oid } => write!(f, "has the extension {oid} twice"),
            Reason::PolicyQualifier => f.write_str("has a critical certificatePolicies with an unknown qualifier"),
            Reason::AlgorithmsDiffer => f.write_str("names one signature algorithm inside and another outside"),
            Reason::NoIssuer => f.write_str("was issued by somebody whose certificate is missing"),
            Reason::UnknownRoot => f.write_str("was issued by an authority that is not trusted and not at hand"),
            Reason::UntrustedRoot => f.write_str("is self-signed and no trust anchor"),
            Reason::BadSignature { .. } => {
                f.write_str("was not signed by any certificate at hand that has its issuer's name")
            }
            Reason::WeakSignature { name } => {
                write!(f, "is signed with {name}, which proves nothing: others can make such signatures")
            }
            Reason::UncheckedSignature { obstacle } => {
                write!(f, "has a signature that cannot be checked: {obstacle}")
            }
            Reason::Purpose { wanted } => write!(f, "is not meant for {}", purpose_name(wanted)),
            Reason::NotPermitted { name, .. } => write!(f, "has a name outside what its issuer may certify: {name}"),
            Reason::Excluded { name, .. } => write!(f, "has a name that its issuer must not certify: {name}"),
            Reason::UnusableConstraint { .. } => f.write_str("has a name that cannot be compared with a constraint"),
            Reason::NoPolicy => f.write_str("has no policy that holds for the whole path, which is required"),
            Reason::NameMismatch { wanted, .. } => write!(f, "is not for {wanted}"),
            Reason::Revoked { at, .. } => write!(f, "was revoked on {}", date(*at)),
            Reason::NoStatus(status) => write!(f, "may have been revoked: {status}"),
            Reason::Profile(check) => f.write_str(check.rule().fault),
            Reason::GaveUp(exhausted) => exhausted.fmt(f),
            Reason::Unreadable(malformed) => write!(f, "cannot be read: {}", malformed.0),
            Reason::SecondJudge { .. } => f.write_str("is refused by the second judge, webpki"),
        }
    }
}

/// Why the search ended early.
impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the search was given up after {} {}", self.limit(), self.unit())
    }
}

impl fmt::Display for NoStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoStatus::NoCrl => "no CRL is at hand",
            NoStatus::OutOfScope => "no CRL at hand speaks about it",
            NoStatus::NotYetIssued => "the CRL was issued later than the moment asked about",
            NoStatus::Outdated => "the CRL is outdated",
            NoStatus::Unsupported => "the CRL has a critical extension that is not understood",
            NoStatus::Number => "the CRL has no proper number (RFC 5280 5.2.3)",
            NoStatus::BadSignature => "the CRL is not signed by anybody who may",
            NoStatus::WeakSignature => "the CRL is signed with MD2, MD5 or SHA-1, which proves nothing",
            NoStatus::UncheckedSignature => "the signature of the CRL cannot be checked, for want of its algorithm",
            NoStatus::SomeReasonsOnly => "the CRLs at hand cover some reasons of revocation only",
        })
    }
}
