//! What is said to an operator about a path that does not hold.

use crate::model::moment::{self, Moment};
use crate::trust::reason::Reason;
use crate::trust::reference::Reference;
use crate::trust::ruleset::Ruleset;
use crate::trust::validation::Fault;
use crate::trust::wording::moment_of;

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
    let plain = || said(reason.to_string());
    let said = match reason {
        Reason::Expired { not_after } => expired(*not_after, at),
        Reason::NotYetValid { not_before } => not_yet_valid(*not_before, at),
        Reason::PathLength { allowed, found } => {
            plain().fact(format!("path length allowed: {allowed}")).fact(format!("CA certificates below it: {found}"))
        }
        Reason::TooDeep { allowed, found } => plain()
            .fact(format!("allowed by --max-depth: {allowed}"))
            .fact(format!("intermediate certificates: {found}"))
            .help(format!("--max-depth {found}")),
        Reason::NoIssuer => plain()
            .fact(format!("the issuer it names: {issuer}"))
            .help("--pool FILE with the certificate of that issuer"),
        Reason::UnknownRoot => plain()
            .fact(format!("the issuer it names: {issuer}"))
            .fact(
                "nothing says that there is an intermediate between, so it is taken for a root, which nobody sends"
                    .into(),
            )
            .help("--trust FILE with that root, if you trust it"),
        Reason::UntrustedRoot => plain().help("--trust FILE with that root, if you trust it"),
        Reason::BadSignature { tried } => plain()
            .fact(format!("the issuer it names: {issuer}"))
            .fact(format!("certificates of that name that were tried: {tried}"))
            .help("--pool FILE with the certificate whose key signed it"),
        Reason::WeakSignature { name } => plain().fact(format!("signature algorithm: {name}")),
        Reason::UncheckedSignature { .. } => plain()
            .fact(format!("the issuer it names: {issuer}"))
            .fact("names and key identifiers fit; nothing proves that it was issued by it".into()),
        Reason::NotPermitted { by, .. } => {
            plain().fact(format!("permitted by the certificate at depth {by}: other names"))
        }
        Reason::Excluded { constraint, by, .. } => {
            plain().fact(format!("excluded by the certificate at depth {by}: {constraint}"))
        }
        Reason::UnusableConstraint { constraint, by } => {
            plain().fact(format!("the constraint of the certificate at depth {by}: {constraint}"))
        }
        Reason::NameMismatch { wanted, presented, more } => mismatch(wanted, presented, *more),
        Reason::Revoked { at: when, code } => said(format!("was revoked on {}", date(*when, at)))
            .fact(format!("reason given: {}", revocation_reason(*code))),
        Reason::NoStatus(_) => plain().help("--crl FILE with the current list of its issuer"),
        Reason::Profile(check) => plain().fact(format!("{} (ruleset {})", check.rule().source, ruleset.name())),
        Reason::Unreadable(malformed) => said("cannot be read").fact(format!("malformed: {}", malformed.0)),
        Reason::SecondJudge { said: theirs } => plain().fact(theirs.clone()),
        _ => plain(),
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
