//! What an operator reads of findings on roles: one diagnostic for what is wrong with a profile, however many roles present it.

use crate::app::findings;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::finding::Finding;
use crate::model::moment::plural;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::model::shell_word::shell_word;
use crate::operate::{Acceptance, InRole, Refusal, RefusalReason, Reviewed, RevisionNumber, RoleReview};

/// A role as an argument.
pub fn word(role: &Role) -> String {
    shell_word(&role.to_string())
}

/// Why nothing was committed, and what is still running: the errors, then the warnings on the same roles.
pub fn blocked(running: RevisionNumber, reviews: &[RoleReview]) -> Diagnostics {
    let touched = reviews.iter().filter(|review| review.touched);
    let list = grouped(touched.flat_map(|review| review.open().map(move |reviewed| (review, reviewed))));
    let told =
        list.into_iter().filter(|(finding, ..)| finding.severity != Severity::Note).map(|(finding, roles, _)| {
            let told = diagnostic(finding, &roles);
            match finding.severity {
                Severity::Error => told
                    .fact(format!("nothing was committed; revision {running} is still running"))
                    .fact(format!("to let it pass: sealpost change commit --accept {} --reason WHY", finding.rule)),
                Severity::Warning | Severity::Note => told,
            }
        });
    let unknown = || Diagnostic::error("role/refused", "the change was refused and nobody said why").into();
    Diagnostics::if_errors(told.collect()).unwrap_or_else(unknown)
}

/// What is said beside a commit that was made: warnings on the roles that it touches, what was let pass, and in one note how it stands
/// with the others.
pub fn remarks(reviews: &[RoleReview]) -> Vec<Diagnostic> {
    let touched = || reviews.iter().filter(|review| review.touched);
    let open = grouped(touched().flat_map(|review| review.open().map(move |reviewed| (review, reviewed))));
    let open = open.into_iter().filter(|(finding, ..)| finding.severity != Severity::Note);
    let mut told: Vec<Diagnostic> = open.map(|(finding, roles, _)| diagnostic(finding, &roles)).collect();
    let passed = touched().flat_map(|review| {
        review.findings.iter().filter(|reviewed| reviewed.accepted.is_some()).map(move |reviewed| (review, reviewed))
    });
    told.extend(grouped(passed).into_iter().map(|(finding, roles, accepted)| let_pass(finding, &roles, accepted)));
    told.extend(untouched(reviews));
    told
}

/// What a commit would say of these roles, before it is made.
pub fn foretold(reviews: &[RoleReview]) -> Vec<Diagnostic> {
    let open = grouped(reviews.iter().flat_map(|review| review.open().map(move |reviewed| (review, reviewed))));
    let told = open.into_iter().filter(|(finding, ..)| finding.severity != Severity::Note);
    told.map(|(finding, roles, _)| match finding.severity {
        Severity::Error => Diagnostic { severity: Severity::Warning, ..diagnostic(finding, &roles) }
            .fact("this is an error, which will block the commit"),
        Severity::Warning | Severity::Note => diagnostic(finding, &roles),
    })
    .collect()
}

/// Says aloud which servers present Demo because nobody bound anything to them.
pub fn loud(reviews: &[RoleReview]) -> Vec<Diagnostic> {
    let roles: Vec<&Role> = reviews.iter().filter(|review| review.falls_back).map(|review| &review.role).collect();
    let Some(first) = roles.first() else { return Vec::new() };
    let told = Diagnostic::warning(
        super::DEMO,
        "nothing is bound here, so that the Demo certificate is presented, which proves nothing",
    )
    .fact(format!("presented by {}", listed(&roles)))
    .help(format!("sealpost role bind {} PROFILE", word(first)));
    vec![told]
}

/// A finding with the roles and the acceptance that go with it.
type Group<'a> = (&'a Finding, Vec<&'a Role>, Option<&'a Acceptance>);

fn grouped<'a>(found: impl Iterator<Item = (&'a RoleReview, &'a Reviewed)>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (review, Reviewed { finding, accepted, .. }) in found {
        // The advice names the role, and the first one's is good for all.
        let same =
            |known: &Finding| Finding { help: None, ..known.clone() } == Finding { help: None, ..finding.clone() };
        match groups.iter_mut().find(|(known, _, passed)| *passed == accepted.as_ref() && same(known)) {
            Some((_, roles, _)) => roles.push(&review.role),
            None => groups.push((finding, vec![&review.role], accepted.as_ref())),
        }
    }
    groups
}

fn diagnostic(finding: &Finding, roles: &[&Role]) -> Diagnostic {
    findings::told(finding.clone()).fact(format!("presented by {}", listed(roles)))
}

fn listed(roles: &[&Role]) -> String {
    roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn let_pass(finding: &Finding, roles: &[&Role], accepted: Option<&Acceptance>) -> Diagnostic {
    let mut told = Diagnostic::note(finding.rule, format!("let pass: {}", finding.message))
        .fact(format!("presented by {}", listed(roles)));
    if let Some(Acceptance { reason, until, .. }) = accepted {
        told = told.fact(format!("reason: {reason}"));
        told = told.fact(match until {
            Some(until) => format!("until {until}"),
            None => "until it is gone".to_owned(),
        });
    }
    told
}

/// Never an error: it was so before.
fn untouched(reviews: &[RoleReview]) -> Option<Diagnostic> {
    let facts = reviews.iter().filter(|review| !review.touched).filter_map(|review| {
        let count = |severity| review.open().filter(|reviewed| reviewed.finding.severity == severity).count() as u64;
        let counts = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
        let counts: Vec<String> =
            counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(count, what)).collect();
        let rules = review.open().filter(|reviewed| reviewed.finding.severity != Severity::Note);
        let mut rules: Vec<&str> = rules.map(|reviewed| reviewed.finding.rule).collect();
        rules.dedup();
        (!counts.is_empty()).then(|| format!("{}: {} ({})", review.role, counts.join(", "), rules.join(", ")))
    });
    let facts: Vec<String> = facts.collect();
    if facts.is_empty() {
        return None;
    }
    let told = Diagnostic::note("role/untouched", "roles that this change does not touch have findings of their own");
    Some(facts.into_iter().fold(told, Diagnostic::fact).help("sealpost role check"))
}

/// A profile that no engine could present. These are never let pass.
pub fn refused(refusal: &Refusal) -> Diagnostic {
    unusable(&refusal.profile, refusal.role.as_ref(), &refusal.reason).fact("nothing was committed")
}

/// The same for a profile that somebody wants to bind.
pub fn unpresentable(profile: &ProfileName, role: &Role, reason: &RefusalReason) -> Diagnostic {
    unusable(profile, Some(role), reason)
}

fn unusable(name: &ProfileName, role: Option<&Role>, reason: &RefusalReason) -> Diagnostic {
    let who = role.map_or_else(String::new, |role| format!("{role} cannot present profile `{name}`: "));
    let rebind = role
        .map_or_else(|| "sealpost role list".to_owned(), |role| format!("sealpost role bind {} PROFILE", word(role)));
    match reason {
        RefusalReason::KeyMismatch { certificate, key } => Diagnostic::error(
            "key/mismatch",
            format!("{who}the key of profile `{name}` does not belong to its certificate"),
        )
        .fact(format!("public key of the certificate: {certificate}"))
        .fact(format!("public key of the key:         {key}"))
        .help(format!("sealpost cert import {name} FILE… with the certificate that was issued for its request")),
        RefusalReason::Unloadable(why) => {
            Diagnostic::error("profile/unloadable", format!("{who}profile `{name}` cannot be loaded by the TLS engine"))
                .fact(why)
                .help(format!("sealpost cert show {name}"))
        }
        RefusalReason::NoProfile => {
            Diagnostic::error("profile/unknown", format!("{who}there is no such profile")).help(rebind)
        }
        RefusalReason::NoCertificate => {
            Diagnostic::error("profile/no-certificate", format!("{who}it has no certificate yet"))
                .fact("its request waits for the answer of an authority")
                .help(format!("sealpost cert import {name} SIGNED.pem, when the authority has answered"))
        }
        RefusalReason::NoKey => Diagnostic::error("key/missing", format!("{who}its private key is gone"))
            .fact("the file key.pem is not in the home any more")
            .help(rebind),
        RefusalReason::NoPair { beside, kinds: [one, other] } => Diagnostic::error(
            "role/no-pair",
            format!("{who}it stands beside `{beside}`, and both have keys of a kind that does not complement"),
        )
        .fact(format!("key of {beside}: {one}"))
        .fact(format!("key of {name}: {other}"))
        .fact("a server presents one ECDSA and one RSA profile, or one of any kind")
        .help(rebind),
    }
}

/// Puts a command in place of the advice for files.
pub(super) fn advise(finding: &mut Finding, seat: &InRole<'_>) {
    let (profile, role) = (&seat.profile.name, word(seat.role));
    let advice = match finding.rule {
        "chain/missing-intermediate" => format!("sealpost cert import {profile} INTERMEDIATE.pem"),
        "chain/unknown-root" => {
            "sealpost authority import ROOT.pem, if it is your own; others trust it only if they have it".to_owned()
        }
        "cert/expired-leaf" | "cert/expires-soon" => format!("sealpost cert request {profile} --key-from {profile}"),
        "name/hostname-mismatch" | "name/no-san" | "mail/mx-not-covered" => {
            format!("sealpost cert request NEW-PROFILE --for {role}")
        }
        "chain/self-signed-leaf" | "chain/untrusted-root" | "cert/eku" | "cert/weak-key" | "cert/weak-signature" => {
            format!("sealpost cert request NEW-PROFILE --for {role}, and let an authority sign it that the peers trust")
        }
        super::agreement::ELSEWHERE => "point the MX record to the host name of the interface".to_owned(),
        _ => match &finding.help {
            // `lint` speaks of files and its own options.
            Some(_) => format!("sealpost explain {}", finding.rule),
            None => return,
        },
    };
    // Demo brings its own.
    if finding.rule != super::DEMO {
        finding.help = Some(advice);
    }
}
