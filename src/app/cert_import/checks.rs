//! What is to be said about an answer before it is staged: what `lint` says of the files with ruleset `smtp-server`, and whether the
//! CA signed what was asked for. Errors stop the import, the rest are remarks.
//!
//! An import mends the shape of a chain and takes one that is not complete yet; such findings are told, and stop nothing.

use crate::app::findings::told;
use crate::inspect::bundle::Bundle;
use crate::inspect::bytes::{Form, Item, Items, Kind};
use crate::inspect::chain::{Chain, Found};
use crate::inspect::findings;
use crate::inspect::question::Question;
use crate::model::certificate::{Certificate, SubjectAltName};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::finding::Finding;
use crate::model::profile::ChainEnd;
use crate::model::request::Request;

/// Everything that is judged together.
pub(super) struct Judged<'a> {
    /// What was given, and behind it what the profile had.
    pub pile: Vec<Found>,
    pub chain: &'a Chain,
    /// The key of the profile, and whom the world trusts.
    pub question: &'a Question,
    /// The request that this should be the answer to.
    pub request: Option<&'a Request>,
}

/// What came of it.
pub(super) struct Judgement {
    pub findings: Vec<Diagnostic>,
    pub end: ChainEnd,
}

/// All findings; those whose code is in `accept` are no longer errors.
pub(super) fn all(judged: Judged<'_>, accept: &[String]) -> Judgement {
    let Judged { pile, chain, question, request } = judged;
    let items = items(pile);
    let bundle = Bundle::new(&items, question);
    let report = findings::inspect_bundle(&bundle, question);
    let mut said: Vec<Diagnostic> = report.findings.into_iter().filter_map(|finding| judge(finding, chain)).collect();
    said.extend(request.and_then(|request| other_names(request, &chain.leaf)));
    for finding in said.iter_mut().filter(|finding| finding.severity == Severity::Error) {
        if accept.iter().any(|code| *code == finding.code) {
            finding.severity = Severity::Warning;
            finding.help = None;
            finding.facts.push("accepted with --accept".to_owned());
        } else {
            let accept = format!("to import it all the same: --accept {}", finding.code);
            finding.help = Some(finding.help.take().map_or(accept.clone(), |help| format!("{help}; {accept}")));
        }
    }
    Judgement { findings: said, end: end(chain, &bundle) }
}

/// Certificates as a file to inspect.
pub(super) fn items(pile: Vec<Found>) -> Items {
    let kind = |found: Found| Item { place: found.place, name: None, kind: Kind::Certificate(found.certificate) };
    let items = pile.into_iter().map(kind).collect();
    Items { file: "the files given".into(), form: Form::Pem, items, damages: Vec::new() }
}

/// Done by the import itself: the profile has the chain in order, and nothing else.
const MENDED: &[(&str, &str)] = &[
    ("chain/misordered", "the profile has the chain in order"),
    ("chain/leaf-not-first", "the profile has the chain in order"),
    ("chain/duplicate", "the profile has it once"),
    ("chain/cross-signed", "the profile has one of the paths"),
    ("chain/root-included", "it is kept with the profile, and not served"),
];

/// Left out by the import; the operator may have meant to give something else.
const LEFT_OUT: &[&str] =
    &["chain/unrelated", "chain/multiple-leaves", "chain/expired-needless", "chain/same-subject-different-key"];

/// An error for a service, and none for a profile that nobody uses yet: it can be brought later, comes with time, or hangs on the
/// service that will use it. Binding asks again.
const LATER: &[&str] =
    &["chain/missing-intermediate", "chain/unchecked-signature", "cert/not-yet-valid", "cert/eku", "chain/eku-nesting"];

/// A finding as an import tells it; `None` for what only `lint` tells.
fn judge(finding: Finding, chain: &Chain) -> Option<Diagnostic> {
    let rule = finding.rule;
    let is = |found: &Found| finding.certificate.as_ref().is_some_and(|one| one.sha256 == found.certificate.sha256());
    let (is_leaf, is_served) = (is(&chain.leaf), std::iter::once(&chain.leaf).chain(&chain.intermediates).any(is));
    if let Some((_, done)) = MENDED.iter().find(|(mended, _)| *mended == rule) {
        return Some(Diagnostic { severity: Severity::Note, help: None, ..told(finding) }.fact(*done));
    }
    if LEFT_OUT.contains(&rule) {
        let left_out = told(finding);
        let severity = left_out.severity.max(Severity::Warning);
        return Some(Diagnostic { severity, help: None, ..left_out }.fact("it was left out"));
    }
    // It may be a private root that the peers have.
    if rule == "chain/untrusted-root" || rule == "chain/unknown-root" {
        return Some(Diagnostic { severity: Severity::Note, ..told(finding) });
    }
    let of_another = finding.certificate.is_some() && !is_served;
    if finding.severity == Severity::Note || of_another {
        return None;
    }
    // Other issuers can be imported at any time.
    let stops = !LATER.contains(&rule) && (is_leaf || finding.certificate.is_none());
    let severity = if stops { finding.severity } else { Severity::Warning };
    let said = Diagnostic { severity, ..told(finding) };
    Some(if rule == "chain/missing-intermediate" { said.help(GET_IT) } else { said })
}

const GET_IT: &str = "get it from the CA, and import it with the certificate, or later into the profile";

/// Where the chain ends above its last intermediate.
fn end(chain: &Chain, bundle: &Bundle<'_>) -> ChainEnd {
    let last = chain.intermediates.last().unwrap_or(&chain.leaf);
    let reaches_system = || bundle.verdict.iter().flat_map(|verdict| &verdict.paths).any(|path| path.anchored);
    if chain.root.is_some() {
        ChainEnd::GivenRoot
    } else if last.certificate.is_self_signed() {
        ChainEnd::SelfSigned
    } else if reaches_system() {
        ChainEnd::SystemRoot
    } else {
        ChainEnd::Open
    }
}

/// Both lists of names, when the CA did not sign what was asked for.
fn other_names(request: &Request, leaf: &Found) -> Option<Diagnostic> {
    let asked = names_of(request.subject().common_name(), request.subject_alt_names());
    let signed = names_of_certificate(&leaf.certificate);
    let missing: Vec<_> = asked.iter().filter(|name| !signed.contains(name)).cloned().collect();
    let added: Vec<_> = signed.iter().filter(|name| !asked.contains(name)).cloned().collect();
    if missing.is_empty() && added.is_empty() {
        return None;
    }
    let message = "the CA signed other names than the request asked for";
    let warning = Diagnostic::warning("import/other-names", message)
        .at_what(leaf.place.clone(), leaf.certificate.subject().short())
        .fact(format!("requested: {}", listed(&asked)))
        .fact(format!("signed:    {}", listed(&signed)));
    Some(match missing.is_empty() {
        true => warning,
        false => warning
            .fact(format!("missing:   {}", listed(&missing)))
            .help("if the missing names are needed, ask the CA to sign the request as it is"),
    })
}

fn names_of_certificate(certificate: &Certificate) -> Vec<String> {
    names_of(certificate.subject().common_name(), certificate.subject_alt_names())
}

/// Common name and subjectAltName entries in one list: a CN that stands among the SANs counts once.
fn names_of(common_name: Option<&str>, others: &[SubjectAltName]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let others = others.iter().map(|name| match name {
        SubjectAltName::Dns(name) => name.to_ascii_lowercase(),
        other => other.to_string(),
    });
    for name in common_name.map(str::to_ascii_lowercase).into_iter().chain(others) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
