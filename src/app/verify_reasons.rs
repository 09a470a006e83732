//! What is said to an operator about a path that does not hold.

use crate::model::moment::{self, Moment};
use crate::trust::reason::Reason;
use crate::trust::reference::Reference;
use crate::trust::ruleset::Ruleset;
use crate::trust::validation::Fault;
use crate::trust::wording::{moment_of, purpose_name};

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

/// Words for a fault, asked at `at` under `ruleset`; `issuer` is the issuer's name in the certificate it stands at.
pub fn told((depth, reason): &Fault, at: Moment, ruleset: Ruleset, issuer: &str) -> Told {
    let said = match reason {
        Reason::Expired { not_after } => expired(*not_after, at),
        Reason::NotYetValid { not_before } => not_yet_valid(*not_before, at),
        Reason::NotCa => said("issued the certificate below it, but is no CA certificate (basicConstraints)"),
        Reason::NoCertSign => said("issued the certificate below it, but its keyUsage lacks keyCertSign"),
        Reason::PathLength { allowed, found } => said("has more CA certificates below it than its path length allows")
            .fact(format!("path length allowed: {allowed}"))
            .fact(format!("CA certificates below it: {found}")),
        Reason::TooDeep { allowed, found } => said("ends a path that is longer than was asked for")
            .fact(format!("allowed by --max-depth: {allowed}"))
            .fact(format!("intermediate certificates: {found}"))
            .help(format!("--max-depth {found}")),
        Reason::UnknownCritical { oid } => said(format!("has the critical extension {oid}, which is not understood")),
        Reason::Malformed(kind) => said(format!("has an extension {} that cannot be read", kind.name())),
        Reason::Duplicate { oid } => said(format!("has the extension {oid} twice")),
        Reason::PolicyQualifier => said("has a critical certificatePolicies with an unknown qualifier"),
        Reason::AlgorithmsDiffer => said("names one signature algorithm inside and another outside"),
        Reason::NoIssuer => said("was issued by somebody whose certificate is missing")
            .fact(format!("the issuer it names: {issuer}"))
            .help("--pool FILE with the certificate of that issuer"),
        Reason::UnknownRoot => said("was issued by an authority that is not trusted and not at hand")
            .fact(format!("the issuer it names: {issuer}"))
            .fact(
                "nothing says that there is an intermediate between, so it is taken for a root, which nobody sends"
                    .into(),
            )
            .help("--trust FILE with that root, if you trust it"),
        Reason::UntrustedRoot => {
            said("is self-signed and no trust anchor").help("--trust FILE with that root, if you trust it")
        }
        Reason::BadSignature { tried } => bad_signature(*tried, issuer),
        Reason::WeakSignature { name } => said(reason.to_string()).fact(format!("signature algorithm: {name}")),
        Reason::UncheckedSignature { .. } => said(reason.to_string())
            .fact(format!("the issuer it names: {issuer}"))
            .fact("names and key identifiers fit; nothing proves that it was issued by it".into()),
        Reason::Endless { .. } => said(reason.to_string()),
        Reason::Purpose { wanted } => said(format!("is not meant for {}", purpose_name(wanted))),
        Reason::NotPermitted { name, by } => said(format!("has a name outside what its issuer may certify: {name}"))
            .fact(format!("permitted by the certificate at depth {by}: other names")),
        Reason::Excluded { name, constraint, by } => {
            said(format!("has a name that its issuer must not certify: {name}"))
                .fact(format!("excluded by the certificate at depth {by}: {constraint}"))
        }
        Reason::UnusableConstraint { constraint, by } => said("has a name that cannot be compared with a constraint")
            .fact(format!("the constraint of the certificate at depth {by}: {constraint}")),
        Reason::NoPolicy => said("has no policy that holds for the whole path, which is required"),
        Reason::NameMismatch { wanted, presented, more } => mismatch(wanted, presented, *more),
        Reason::Revoked { at: when, code } => said(format!("was revoked on {}", date(*when, at)))
            .fact(format!("reason given: {}", revocation_reason(*code))),
        Reason::NoStatus(_) => said(reason.to_string()).help("--crl FILE with the current list of its issuer"),
        Reason::Profile(check) => {
            said(check.rule().fault).fact(format!("{} (ruleset {})", check.rule().source, ruleset.name()))
        }
        Reason::GaveUp(exhausted) => said(exhausted.to_string()),
        Reason::Unreadable(malformed) => said("cannot be read").fact(format!("malformed: {}", malformed.0)),
        Reason::SecondJudge { said: theirs } => said("is refused by the second judge, webpki").fact(theirs.clone()),
    };
    Told { code: reason.id(*depth), ..said }
}

fn said(message: impl Into<String>) -> Told {
    Told { code: "", message: message.into(), facts: Vec::new(), help: None }
}

impl Told {
    fn fact(mut self, fact: String) -> Told {
        self.facts.push(fact);
        self
    }

    fn help(mut self, help: impl Into<String>) -> Told {
        self.help = Some(help.into());
        self
    }
}

fn date(seconds: i64, at: Moment) -> String {
    moment::date_and_distance(moment_of(seconds), at)
}

fn expired(not_after: i64, at: Moment) -> Told {
    said(format!("expired on {}", date(not_after, at)))
        .fact(format!("valid until: {}", moment::rfc3339(moment_of(not_after))))
        .fact(format!("asked at:    {}", moment::rfc3339(at)))
}

fn not_yet_valid(not_before: i64, at: Moment) -> Told {
    said(format!("is not valid before {}", date(not_before, at)))
        .fact(format!("valid from: {}", moment::rfc3339(moment_of(not_before))))
        .fact(format!("asked at:   {}", moment::rfc3339(at)))
}

fn bad_signature(tried: usize, issuer: &str) -> Told {
    said("was not signed by any certificate at hand that has its issuer's name")
        .fact(format!("the issuer it names: {issuer}"))
        .fact(format!("certificates of that name that were tried: {tried}"))
        .help("--pool FILE with the certificate whose key signed it")
}

fn mismatch(wanted: &Reference, presented: &[String], more: usize) -> Told {
    let mut listed = presented.to_vec();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    let names = if listed.is_empty() { "none (it has no subjectAltName)".into() } else { listed.join(", ") };
    said(format!("is not for {wanted}"))
        .fact(format!("asked for: {wanted}"))
        .fact(format!("its names: {names}"))
        .help(format!("sealpost cert request NAME --cn {wanted}"))
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
