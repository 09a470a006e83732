//! What is to be said about an answer before it is staged: errors stop it, the rest are remarks.

use crate::inspect::chain::{Chain, Found};
use crate::model::certificate::{Certificate, SubjectAltName};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::moment::{Moment, date_and_distance};
use crate::model::place::Place;
use crate::model::profile::ChainEnd;
use crate::model::public_key::KeyKind;
use crate::model::request::Request;

/// Everything that is judged together.
pub(super) struct Judged<'a> {
    pub chain: &'a Chain,
    pub end: ChainEnd,
    /// The request that this should be the answer to.
    pub request: Option<&'a Request>,
    pub now: Moment,
}

/// All findings; those whose code is in `accept` are no longer errors.
pub(super) fn all(judged: &Judged<'_>, accept: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    found.extend(dates(judged));
    found.extend(weak_keys(judged));
    found.extend(usage(&judged.chain.leaf));
    found.extend(names(judged));
    found.extend(shape(judged));
    for finding in &mut found {
        if finding.severity == Severity::Error && accept.iter().any(|code| *code == finding.code) {
            finding.severity = Severity::Warning;
            finding.help = None;
            finding.facts.push("accepted with --accept".to_owned());
        }
    }
    found
}

fn dates(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let now = judged.now;
    let leaf = &judged.chain.leaf;
    let mut found = Vec::new();
    if leaf.certificate.not_after() < now {
        found.push(
            at(Severity::Error, "cert/expired-leaf", format!("the certificate for {} has expired", name(leaf)), leaf)
                .fact(format!("valid until: {}", date_and_distance(leaf.certificate.not_after(), now)))
                .help("ask the CA for a new one; to import it all the same: --accept cert/expired-leaf"),
        );
    }
    if leaf.certificate.not_before() > now {
        found.push(
            at(
                Severity::Warning,
                "cert/not-yet-valid",
                format!("the certificate for {} is not valid yet", name(leaf)),
                leaf,
            )
            .fact(format!("valid from: {}", date_and_distance(leaf.certificate.not_before(), now))),
        );
    }
    for issuer in judged.chain.intermediates.iter().filter(|issuer| !issuer.certificate.is_valid_at(now)) {
        found.push(
            at(
                Severity::Warning,
                "cert/expired-ca",
                format!("the intermediate {} is not valid now", name(issuer)),
                issuer,
            )
            .fact(format!("valid from: {}", date_and_distance(issuer.certificate.not_before(), now)))
            .fact(format!("valid until: {}", date_and_distance(issuer.certificate.not_after(), now)))
            .help("ask the CA for the intermediate that it uses today, and import that with the certificate"),
        );
    }
    found
}

fn weak_keys(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let weak = |found: &&Found| matches!(found.certificate.key_kind(), KeyKind::Rsa(bits) if *bits < 2048);
    let leaf = std::iter::once(&judged.chain.leaf).filter(weak).map(|leaf| {
        let kind = leaf.certificate.key_kind();
        at(
            Severity::Error,
            "cert/weak-key",
            format!("the key of the certificate for {} is too weak: {kind}", name(leaf)),
            leaf,
        )
        .fact("RSA keys have at least 2048 bits")
        .help("sealpost cert request NEW-PROFILE --cn NAME, and let the CA sign that")
    });
    let issuers = judged.chain.intermediates.iter().filter(weak).map(|issuer| {
        let kind = issuer.certificate.key_kind();
        at(
            Severity::Warning,
            "cert/weak-key",
            format!("the key of the intermediate {} is weak: {kind}", name(issuer)),
            issuer,
        )
        .fact("many programs refuse a chain with an RSA key of less than 2048 bits")
    });
    leaf.chain(issuers).collect()
}

fn usage(leaf: &Found) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let purposes = leaf.certificate.extended_key_usage();
    if purposes.is_some_and(|purposes| !purposes.iter().any(|purpose| purpose == "serverAuth" || purpose == "any")) {
        let message = format!("the certificate for {} is not meant for servers", name(leaf));
        let purposes = purposes.unwrap_or_default().join(", ");
        found.push(at(Severity::Warning, "cert/eku", message, leaf).fact(format!("extended key usage: {purposes}")));
    }
    if leaf.certificate.is_ca() && !leaf.certificate.is_self_issued() {
        let message = format!("the certificate for {} says that it is a CA", name(leaf));
        found.push(at(Severity::Warning, "cert/leaf-is-ca", message, leaf));
    }
    found
}

/// Both lists of names, when the CA did not sign what was asked for.
fn names(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let Some(request) = judged.request else { return Vec::new() };
    let asked = names_of(request.subject().common_name(), request.subject_alt_names());
    let leaf = &judged.chain.leaf;
    let signed = names_of_certificate(&leaf.certificate);
    let missing: Vec<_> = asked.iter().filter(|name| !signed.contains(name)).cloned().collect();
    let added: Vec<_> = signed.iter().filter(|name| !asked.contains(name)).cloned().collect();
    if missing.is_empty() && added.is_empty() {
        return Vec::new();
    }
    let message = "the CA signed other names than the request asked for";
    let mut warning = at(Severity::Warning, "import/other-names", message.to_owned(), leaf)
        .fact(format!("requested: {}", listed(&asked)))
        .fact(format!("signed:    {}", listed(&signed)));
    if !missing.is_empty() {
        warning = warning
            .fact(format!("missing:   {}", listed(&missing)))
            .help("if the missing names are needed, ask the CA to sign the request as it is");
    }
    vec![warning]
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

/// What was wrong with the pile of certificates, and what became of each that is not served.
fn shape(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let chain = judged.chain;
    let mut found = Vec::new();
    if !chain.was_in_order {
        found.push(at(
            Severity::Note,
            "chain/misordered",
            "the chain was not in order, and is now".to_owned(),
            &chain.leaf,
        ));
    }
    found.extend(chain.repeats.iter().map(|repeat| {
        at(
            Severity::Note,
            "chain/duplicate",
            format!("{} was given more than once; it is kept once", name(repeat)),
            repeat,
        )
    }));
    found.extend(chain.other_leaves.iter().map(|other| {
        let message = format!("{} is another certificate for a server, and was left out", name(other));
        at(Severity::Note, "chain/multiple-leaves", message, other)
            .fact(format!("left out: valid until {}", date_and_distance(other.certificate.not_after(), judged.now)))
            .fact(format!(
                "kept:     valid until {}",
                date_and_distance(chain.leaf.certificate.not_after(), judged.now)
            ))
    }));
    found.extend(chain.strangers.iter().map(|stranger| {
        let message = format!("{} is not part of the chain, and was left out", name(stranger));
        at(Severity::Warning, "chain/unrelated", message, stranger)
    }));
    found.extend(chain.alternatives.iter().map(|other| {
        let message = format!("{} is on another path to a root, and was left out", name(other));
        at(Severity::Note, "chain/cross-signed", message, other)
    }));
    found.extend(chain.root.iter().map(|root| {
        let message = format!("{} is the root; it is kept with the profile and not served", name(root));
        at(Severity::Note, "chain/root-included", message, root)
    }));
    if judged.end == ChainEnd::Open {
        found.push(open_end(chain));
    }
    found
}

/// Without any intermediate the one that issued the leaf is surely missing; above one, it may be a private root that peers have.
fn open_end(chain: &Chain) -> Diagnostic {
    let last = chain.intermediates.last().unwrap_or(&chain.leaf);
    let issuer = last.certificate.issuer();
    if !chain.intermediates.is_empty() {
        let message = format!("the chain ends below `{}`, which this system does not know", issuer.short());
        return at(Severity::Note, "chain/untrusted-root", message, last)
            .fact("only peers that have this root can verify the chain");
    }
    let message = format!("the chain is not complete: the certificate of `{}` is missing", issuer.short());
    at(Severity::Warning, "chain/missing-intermediate", message, last)
        .fact(format!("{} was issued by {}", name(last), last.certificate.issuer()))
        .fact("peers that do not know this issuer cannot verify the chain")
        .help(
            "get the intermediate from the CA, and import it together with the certificate, or later into the profile",
        )
}

fn at(severity: Severity, code: &'static str, message: String, found: &Found) -> Diagnostic {
    let place: Place = found.place.clone();
    Diagnostic::new(severity, code, message).at_what(place, found.certificate.subject().short())
}

fn name(found: &Found) -> &str {
    found.certificate.display_name()
}
