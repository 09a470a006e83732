//! `authority remove`: certificates out of the custom list. What else stands in its file stays.

use schemars::JsonSchema;
use serde::Serialize;

use super::authority_import::missing_above;
use super::authority_list::Authority;
use super::committing::{self, Committing};
use super::context::Context;
use super::{authorities, making};
use crate::formats::pem;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::fingerprint::Fingerprint;
use crate::operate::{Intent, RevisionNumber};

/// Digits of a fingerprint that name a certificate.
const DIGITS: usize = 8;

/// What became of the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthoritiesRemoved {
    pub removed: Vec<Authority>,
    /// In the list now.
    pub total: usize,
    /// The revision that holds it; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// Removes every certificate that is named, by its name or the beginning of its SHA-256, or none when one name fits nothing or several.
pub fn authority_remove(
    context: &Context,
    named: &[String],
    committing: &Committing,
) -> Result<Reply<AuthoritiesRemoved>, Diagnostics> {
    let (outcome, (removed, rest)) = committing::stage(context, committing, |_, staged| {
        let list = staged.authorities()?;
        let removed = chosen(named, &list)?;
        let rest: Vec<Certificate> = list.into_iter().filter(|one| !removed.contains(one)).collect();
        let text = without(staged.authorities_text(), &removed);
        Ok((vec![Intent::TrustCustom(text)], (removed, rest)))
    })?;
    let revision = outcome.revision();
    let mut remarks = orphans(&rest);
    remarks.extend(outcome.into_remarks());
    let removed = removed.iter().map(|one| Authority::new(one, context.now)).collect();
    Ok(Reply::new(AuthoritiesRemoved { removed, total: rest.len(), revision }, remarks))
}

fn chosen(named: &[String], list: &[Certificate]) -> Result<Vec<Certificate>, Diagnostics> {
    let (mut chosen, mut told): (Vec<Certificate>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for name in named {
        let fitting: Vec<&Certificate> = list.iter().filter(|one| is_named(one, name)).collect();
        match fitting.as_slice() {
            [one] if chosen.contains(one) => {}
            [one] => chosen.push((*one).clone()),
            [] => {
                let known: Vec<&str> = list.iter().map(Certificate::display_name).collect();
                let unknown = Diagnostic::error("authority/unknown", format!("the custom list has no `{name}`"));
                told.push(unknown.fact(format!("it has: {}", known.join(", "))).help("sealpost authority list custom"));
            }
            several => {
                let sums = several.iter().map(|one| Fingerprint::of(one.der()).short());
                let sums: Vec<String> = sums.collect();
                let ambiguous = Diagnostic::error("authority/ambiguous", format!("`{name}` is the name of several"));
                let help = sums.first().map(|sum| format!("sealpost authority remove {sum}")).unwrap_or_default();
                told.push(ambiguous.fact(format!("SHA-256: {}", sums.join(", "))).help(help));
            }
        }
    }
    if told.is_empty() { Ok(chosen) } else { Err(making::refusal(told)) }
}

fn is_named(certificate: &Certificate, name: &str) -> bool {
    let digits: String = name.chars().filter(|c| *c != ':').map(|c| c.to_ascii_lowercase()).collect();
    let is_digits = digits.len() >= DIGITS && digits.chars().all(|c| c.is_ascii_hexdigit());
    certificate.display_name() == name
        || (is_digits && Fingerprint::of(certificate.der()).to_string().starts_with(&digits))
}

/// The text without the blocks of these certificates, and the lines directly above each, which say whose it is.
fn without(text: &str, removed: &[Certificate]) -> String {
    let is_removed = |part: &str| {
        let blocks = pem::blocks(part.as_bytes()).unwrap_or_default();
        blocks.iter().any(|(_, der)| removed.iter().any(|certificate| certificate.der() == der.as_slice()))
    };
    let (mut kept, mut part) = (String::new(), String::new());
    for line in text.split_inclusive('\n') {
        part.push_str(line);
        if line.starts_with("-----END ") {
            match is_removed(&part) {
                true => kept.push_str(part.rsplit_once("\n\n").map(|(above, _)| above).unwrap_or_default()),
                false => kept.push_str(&part),
            }
            part.clear();
        }
    }
    kept + &part
}

/// Intermediates that nobody trusts any more, because their root has gone.
fn orphans(rest: &[Certificate]) -> Vec<Diagnostic> {
    let (_, system) = authorities::system();
    let issuers: Vec<&Certificate> = rest.iter().chain(&system).collect();
    let orphan = |one: &&Certificate| missing_above(one, &issuers).is_some();
    let told = |one: &Certificate| {
        let message = format!("{} has no root in the lists any more, and is trusted no longer", one.display_name());
        Diagnostic::warning("authority/no-root", message)
            .help(format!("sealpost authority remove {}", Fingerprint::of(one.der()).short()))
    };
    rest.iter().filter(orphan).map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn comments_and_neighbours_stay() {
        let made = |name: &str| {
            let key = rcgen::KeyPair::generate().unwrap();
            let mut parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
            parameters.not_after = datetime!(2040-01-01 00:00 UTC);
            Certificate::from_der(parameters.self_signed(&key).unwrap().der()).unwrap()
        };
        let (one, two) = (made("one"), made("two"));
        let block = |certificate: &Certificate| pem::encode("CERTIFICATE", certificate.der());
        let text = format!("# our list\n\n# one\n{}# two, ask Jo\n{}# end\n", block(&one), block(&two));
        assert_eq!(without(&text, std::slice::from_ref(&two)), format!("# our list\n\n# one\n{}# end\n", block(&one)));
        let rest = without(&text, std::slice::from_ref(&one));
        assert!(rest.starts_with("# our list") && rest.ends_with(&format!("# two, ask Jo\n{}# end\n", block(&two))));
        assert_eq!(pem::blocks(rest.as_bytes()).unwrap().len(), 1, "{rest}");
        assert_eq!(pem::blocks(without(&text, &[one, two]).as_bytes()).unwrap().len(), 0);
    }
}
