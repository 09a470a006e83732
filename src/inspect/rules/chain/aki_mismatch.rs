//! `chain/aki-mismatch`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::certificate::Certificate;
use crate::model::diagnostic::Severity;
use crate::model::fingerprint::hex;
use crate::trust::link::Link;
use crate::trust::verdict::Path;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/aki-mismatch",
    severity: Severity::Error,
    decides: true,
    summary: "the key identifier of the issuer is another than the certificate names",
    why: "OpenSSL takes such an issuer for the wrong one and says that the issuer is missing. GnuTLS refuses the chain where the key \
          identifiers differ, and does not look at issuer and serial number. Go and webpki go by name and signature and accept it: \
          so it works for whoever tried it with them.",
    mend: "Get the chain again from the authority; with your own authority, issue the certificate anew.",
    source: "RFC 5280 4.2.1.1",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Some(best) = path::best(bundle) else { return path::unless_judged(bundle) };
    // OpenSSL looks for an issuer that fits, and finds it where another path has one.
    let fits = |path: &&Path| pairs(path).all(|(child, issuer)| difference(child, issuer).is_none());
    let others = bundle.verdict.iter().flat_map(|verdict| &verdict.paths);
    let has_way_round = others.filter(|path| path.anchored).any(|path| fits(&path));
    let said = pairs(best).filter_map(|(child, issuer)| {
        let index = path::member(bundle, child)?.index;
        let facts = difference(child, issuer)?;
        let said =
            Said::new(format!("{} names another issuer's key than that of {}", path::name(child), path::name(issuer)));
        let said = facts.into_iter().fold(said.about(index), Said::fact);
        Some(if has_way_round { said.at_most(Severity::Note) } else { said })
    });
    Outcome::of(said.collect())
}

/// Each certificate with its issuer.
fn pairs(path: &Path) -> impl Iterator<Item = (&Link, &Link)> {
    path.links.iter().zip(path.links.iter().skip(1))
}

/// Both sides, where they contradict.
fn difference(child: &Link, issuer: &Link) -> Option<[String; 2]> {
    let id = child.extensions().authority_key_id.as_ref()?;
    if let (Some(wanted), Some(own)) = (&id.key_id, &issuer.extensions().subject_key_id)
        && wanted != own
    {
        return Some([
            format!("authority key identifier: {} (OpenSSL and GnuTLS refuse it)", hex(wanted)),
            format!("subject key identifier of the issuer: {}", hex(own)),
        ]);
    }
    let (wanted, serial) = issuer_and_serial(child)?;
    let issuers = Certificate::from_der(issuer.der()).ok()?;
    let fits = serial == issuer.serial() && wanted == issuers.issuer().der();
    (!fits).then(|| {
        [
            format!("it wants the issuer's certificate with serial number {} (OpenSSL refuses it)", hex(&serial)),
            format!("that has serial number {} and was issued by {}", issuers.serial(), issuers.issuer()),
        ]
    })
}

/// authorityCertIssuer, if it is a directory name, and authorityCertSerialNumber.
fn issuer_and_serial(child: &Link) -> Option<(Vec<u8>, Vec<u8>)> {
    let (_, parsed) = X509Certificate::from_der(child.der()).ok()?;
    parsed.extensions().iter().find_map(|extension| {
        let ParsedExtension::AuthorityKeyIdentifier(id) = extension.parsed_extension() else { return None };
        let name = id.authority_cert_issuer.as_ref()?.iter().find_map(|name| match name {
            GeneralName::DirectoryName(name) => Some(name.as_raw().to_vec()),
            _ => None,
        })?;
        Some((name, id.authority_cert_serial?.to_vec()))
    })
}
