//! `authority import`: certificates of authorities into the custom list, each looked at before it is trusted.

use schemars::JsonSchema;
use serde::Serialize;

use super::authorities;
use super::authority_list::Authority;
use super::committing::{self, Committing};
use super::context::Context;
use super::reading::{self, Source};
use super::secrets::Secrets;
use crate::formats::pem;
use crate::inspect::chain::Found;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::{Moment, date_and_distance};
use crate::operate::{Intent, RevisionNumber, Staged};

/// What was asked for.
#[derive(Debug, Clone)]
pub struct ImportOrder {
    pub sources: Vec<Source>,
    /// In place of the list that there is.
    pub replace: bool,
    pub committing: Committing,
}

/// What became of the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthoritiesImported {
    pub added: Vec<Authority>,
    pub removed: Vec<Authority>,
    /// In the list now.
    pub total: usize,
    /// The revision that holds it; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// Imports every certificate of the files, or nothing when one of them is no authority or lacks its root.
pub fn authority_import(
    context: &Context,
    order: &ImportOrder,
    secrets: &mut dyn Secrets,
) -> Result<Reply<AuthoritiesImported>, Diagnostics> {
    let mut reading = reading::read_all(&order.sources, secrets)?;
    let mut remarks = std::mem::take(&mut reading.remarks);
    let given = reading.certificates();
    if given.certificates.is_empty() {
        return Err(nothing(&order.sources).into());
    }
    if !given.keys.is_empty() || !given.unusable_keys.is_empty() {
        remarks.push(Diagnostic::warning(
            "authority/key",
            "a private key stands among the certificates, and was left out",
        ));
    }
    let (outcome, (change, told)) = committing::stage(context, &order.committing, |_, staged| {
        let old = if order.replace { List::default() } else { List::of(staged)? };
        let (change, told) = change(&given.certificates, &old, context.now)?;
        let removed = if order.replace { List::of(staged).unwrap_or_default().certificates } else { Vec::new() };
        let removed = removed.into_iter().filter(|one| !change.added.contains(one)).collect();
        let change = Change { removed, ..change };
        let is_change = !(change.added.is_empty() && change.removed.is_empty());
        let intents = if is_change { vec![Intent::TrustCustom(change.text.clone())] } else { Vec::new() };
        Ok((intents, (change, told)))
    })?;
    remarks.extend(told);
    let revision = outcome.revision();
    remarks.extend(outcome.into_remarks());
    let views = |list: &[Certificate]| list.iter().map(|one| Authority::new(one, context.now)).collect();
    let answer = AuthoritiesImported {
        added: views(&change.added),
        removed: views(&change.removed),
        total: change.total,
        revision,
    };
    Ok(Reply::new(answer, remarks))
}

/// The custom list as it is.
#[derive(Default)]
struct List {
    text: String,
    certificates: Vec<Certificate>,
}

impl List {
    fn of(staged: &Staged) -> Result<List, Diagnostics> {
        Ok(List { text: staged.authorities_text().to_owned(), certificates: staged.authorities()? })
    }
}

struct Change {
    added: Vec<Certificate>,
    removed: Vec<Certificate>,
    total: usize,
    text: String,
}

/// The list with what is new in it, and what is to be said. Everything that is wrong is told at once.
fn change(given: &[Found], old: &List, now: Moment) -> Result<(Change, Vec<Diagnostic>), Diagnostics> {
    let mut told = Vec::new();
    let mut added: Vec<Certificate> = Vec::new();
    for found in given {
        let certificate = &found.certificate;
        if old.certificates.contains(certificate) || added.contains(certificate) {
            told.push(at(
                Diagnostic::note("authority/duplicate", format!("{} is in the list already", name(found))),
                found,
            ));
        } else if let Some(wrong) = unfit(found) {
            told.push(wrong);
        } else if certificate.not_after() < now {
            told.push(expired(found, now));
        } else {
            added.push(certificate.clone());
        }
    }
    told.extend(rootless(given, &added, &old.certificates));
    if let Some(errors) = Diagnostics::if_errors(told.clone()) {
        return Err(errors.with_fact("nothing was staged"));
    }
    let text = added.iter().fold(old.text.clone(), |text, one| text + &entry(one));
    Ok((Change { total: old.certificates.len() + added.len(), added, removed: Vec::new(), text }, told))
}

fn unfit(found: &Found) -> Option<Diagnostic> {
    let certificate = &found.certificate;
    if !certificate.is_ca() {
        let wrong =
            Diagnostic::error("authority/leaf", format!("{} is not the certificate of an authority", name(found)))
                .fact(format!("subject: {}", certificate.subject()))
                .fact(format!("issuer:  {}", certificate.issuer()))
                .fact("basicConstraints does not say that it is a CA (RFC 5280 section 4.2.1.9)")
                .help("import the certificate of the authority that issued it");
        return Some(at(wrong, found));
    }
    let is_forged = certificate.is_self_issued() && !certificate.is_self_signed();
    is_forged.then(|| {
        let message = format!("{} bears its own name as issuer, but its key did not sign it", name(found));
        at(
            Diagnostic::error("chain/bad-signature", message).help("get the certificate from the authority once more"),
            found,
        )
    })
}

/// Trusting it would change nothing: no path may end at it any more.
fn expired(found: &Found, now: Moment) -> Diagnostic {
    let told = Diagnostic::warning("authority/expired", format!("{} has expired, and was left out", name(found)));
    at(told.fact(format!("valid until: {}", date_and_distance(found.certificate.not_after(), now))), found)
}

/// An intermediate without its root would be trusted by nobody, or, worse, by itself.
fn rootless(given: &[Found], added: &[Certificate], old: &[Certificate]) -> Vec<Diagnostic> {
    let (_, system) = authorities::system();
    let issuers: Vec<&Certificate> = added.iter().chain(old).chain(&system).collect();
    let rootless =
        added.iter().filter_map(|certificate| missing_above(certificate, &issuers).map(|end| (certificate, end)));
    rootless
        .map(|(certificate, end)| {
            let message = format!(
                "{} has no root: the certificate of `{}` is missing",
                certificate.display_name(),
                end.issuer().short()
            );
            let wrong = Diagnostic::error("authority/no-root", message)
                .fact(format!("{} was issued by {}", end.display_name(), end.issuer()))
                .help("import it together with the certificate of its root");
            match given.iter().find(|found| found.certificate == *certificate) {
                Some(found) => at(wrong, found),
                None => wrong,
            }
        })
        .collect()
}

/// Certificates above one another. No hierarchy is this high.
const HIGHEST: usize = 16;

/// The last certificate above `certificate` whose issuer is not at hand; `None` where a root is reached.
pub(super) fn missing_above<'a>(certificate: &'a Certificate, issuers: &[&'a Certificate]) -> Option<&'a Certificate> {
    let mut last = certificate;
    for _ in 0..HIGHEST {
        if last.is_self_issued() {
            return None;
        }
        match issuers.iter().find(|issuer| last.may_be_issued_by(issuer) && last.is_issued_by(issuer)) {
            Some(issuer) => last = issuer,
            None => return Some(last),
        }
    }
    Some(last)
}

/// The certificate with a line that says whose it is.
fn entry(certificate: &Certificate) -> String {
    let date = crate::model::moment::date(certificate.not_after());
    // What is between blocks must not look like one, whatever an authority calls itself.
    let name: String =
        certificate.display_name().chars().map(|c| if c.is_control() || c == '-' { ' ' } else { c }).collect();
    format!("# {name}, until {date}\n{}", pem::encode("CERTIFICATE", certificate.der()))
}

fn name(found: &Found) -> &str {
    found.certificate.display_name()
}

fn at(diagnostic: Diagnostic, found: &Found) -> Diagnostic {
    diagnostic.at(found.place.clone())
}

fn nothing(sources: &[Source]) -> Diagnostic {
    let names: Vec<&str> = sources
        .iter()
        .map(|source| match source {
            Source::File(name) | Source::Text { name, .. } => name.as_str(),
        })
        .collect();
    Diagnostic::error("authority/no-certificate", "there is no certificate in what was given")
        .fact(format!("read: {}", names.join(", ")))
        .fact("nothing was staged")
        .help("sealpost show FILE…")
}
