//! What is said to an operator about a path that does not hold.

use crate::model::moment::{self, Moment};
use crate::trust::budget::Exhausted;
use crate::trust::question::PURPOSES;
use crate::trust::reason::{NoStatus, Reason};
use crate::trust::reference::Reference;
use crate::trust::ruleset::Ruleset;
use crate::trust::validation::Fault;

/// A reason in words: what is wrong with the certificate it stands at, both sides of the comparison, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The lint rule that says the same.
    pub code: &'static str,
    /// Said of the certificate: `expired on 2026-11-12`.
    pub message: String,
    pub facts: Vec<String>,
    pub help: Option<String>,
}

/// Purposes by the name people use, dotted where unknown.
pub fn purpose_name(dotted: &str) -> String {
    let known = PURPOSES.iter().find(|(_, oid)| crate::trust::dotted(oid) == dotted);
    known.map_or_else(|| dotted.to_owned(), |(name, _)| (*name).to_owned())
}

/// A second since 1970 as a moment.
pub fn moment_of(seconds: i64) -> Moment {
    Moment::from_unix_timestamp(seconds).unwrap_or(Moment::UNIX_EPOCH)
}

/// Words for `reason` at a depth, asked at `at` under `ruleset`; `issuer` is the issuer's name in the certificate it stands at.
pub fn told((depth, reason): &Fault, at: Moment, ruleset: Ruleset, issuer: &str) -> Told {
    let date = |seconds: i64| moment::date_and_distance(moment_of(seconds), at);
    let second = |seconds: i64| moment::rfc3339(moment_of(seconds));
    let mut facts = Vec::new();
    let mut help = None;
    let message = match reason {
        Reason::Expired { not_after } => {
            facts =
                vec![format!("valid until: {}", second(*not_after)), format!("asked at:    {}", moment::rfc3339(at))];
            format!("expired on {}", date(*not_after))
        }
        Reason::NotYetValid { not_before } => {
            facts =
                vec![format!("valid from: {}", second(*not_before)), format!("asked at:   {}", moment::rfc3339(at))];
            format!("is not valid before {}", date(*not_before))
        }
        Reason::NotCa => "issued the certificate below it, but is no CA certificate (basicConstraints)".into(),
        Reason::NoCertSign => "issued the certificate below it, but its keyUsage lacks keyCertSign".into(),
        Reason::PathLength { allowed, found } => {
            facts = vec![format!("path length allowed: {allowed}"), format!("CA certificates below it: {found}")];
            "has more CA certificates below it than its path length allows".into()
        }
        Reason::TooDeep { allowed, found } => {
            facts = vec![format!("allowed by --max-depth: {allowed}"), format!("intermediate certificates: {found}")];
            help = Some(format!("--max-depth {found}"));
            "ends a path that is longer than was asked for".into()
        }
        Reason::UnknownCritical { oid } => format!("has the critical extension {oid}, which is not understood"),
        Reason::Malformed(kind) => format!("has an extension {} that cannot be read", kind.name()),
        Reason::Duplicate { oid } => format!("has the extension {oid} twice"),
        Reason::PolicyQualifier => "has a critical certificatePolicies with an unknown qualifier".into(),
        Reason::AlgorithmsDiffer => "names one signature algorithm inside and another outside".into(),
        Reason::NoIssuer => {
            facts = vec![format!("the issuer it names: {issuer}")];
            help = Some("--pool FILE with the certificate of that issuer".into());
            "was issued by somebody whose certificate is missing".into()
        }
        Reason::UntrustedRoot => {
            help = Some("--trust FILE with that root, if you trust it".into());
            "is self-signed and no trust anchor".into()
        }
        Reason::BadSignature { tried } => {
            facts = vec![
                format!("the issuer it names: {issuer}"),
                format!("certificates of that name that were tried: {tried}"),
            ];
            help = Some("--pool FILE with the certificate whose key signed it".into());
            "was not signed by any certificate at hand that has its issuer's name".into()
        }
        Reason::SignatureAlgorithm { name } => {
            format!("is signed with {name}, which proves nothing or is not supported")
        }
        Reason::Purpose { wanted } => format!("is not meant for {}", purpose_name(wanted)),
        Reason::NotPermitted { name, by } => {
            facts =
                vec![format!("the name:  {name}"), format!("permitted by the certificate at depth {by}: other names")];
            format!("has a name outside what its issuer may certify: {name}")
        }
        Reason::Excluded { name, constraint, by } => {
            facts =
                vec![format!("the name: {name}"), format!("excluded by the certificate at depth {by}: {constraint}")];
            format!("has a name that its issuer must not certify: {name}")
        }
        Reason::UnusableConstraint { constraint, by } => {
            facts = vec![format!("the constraint of the certificate at depth {by}: {constraint}")];
            "has a name that cannot be compared with a constraint".into()
        }
        Reason::NoPolicy => "has no policy that holds for the whole path, which is required".into(),
        Reason::NameMismatch { wanted, presented, more } => return mismatch(wanted, presented, *more),
        Reason::Revoked { at, code } => {
            facts = vec![format!("reason given: {}", revocation_reason(*code))];
            format!("was revoked on {}", date(*at))
        }
        Reason::NoStatus(status) => {
            help = Some("--crl FILE with the current list of its issuer".into());
            format!("may have been revoked: {}", no_status(*status))
        }
        Reason::Profile(check) => {
            let rule = check.rule();
            facts = vec![format!("{} (ruleset {})", rule.source, ruleset.name())];
            rule.fault.into()
        }
        Reason::GaveUp(exhausted) => gave_up(*exhausted),
    };
    Told { code: reason.id(*depth), message, facts, help }
}

fn mismatch(wanted: &Reference, presented: &[String], more: usize) -> Told {
    let mut listed = presented.to_vec();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    let names = if listed.is_empty() { "none (it has no subjectAltName)".into() } else { listed.join(", ") };
    Told {
        code: "name/hostname-mismatch",
        message: format!("is not for {wanted}"),
        facts: vec![format!("asked for: {wanted}"), format!("its names: {names}")],
        help: Some(format!("sealpost cert request NAME --cn {wanted}")),
    }
}

/// Why the search ended early.
pub fn gave_up(exhausted: Exhausted) -> String {
    format!("the search was given up after {} {}", exhausted.limit(), exhausted.unit())
}

fn no_status(status: NoStatus) -> &'static str {
    match status {
        NoStatus::NoCrl => "no CRL is at hand",
        NoStatus::OutOfScope => "no CRL at hand speaks about it",
        NoStatus::NotYetIssued => "the CRL was issued later than the moment asked about",
        NoStatus::Outdated => "the CRL is outdated",
        NoStatus::Unsupported => "the CRL has a critical extension that is not understood",
        NoStatus::Number => "the CRL has no proper number (RFC 5280 5.2.3)",
        NoStatus::BadSignature => "the CRL is not signed by anybody who may",
        NoStatus::SomeReasonsOnly => "the CRLs at hand cover some reasons of revocation only",
    }
}

/// CRLReason (RFC 5280 section 5.3.1).
fn revocation_reason(code: u8) -> &'static str {
    match code {
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => "unspecified",
    }
}
