//! What a label promises, against what the block holds.

use super::claims::Claims;
use super::consumers::Deviation;
use super::damage::Damage;
use super::scanner::Block;
use super::{Form, Kind};
use crate::model::place::Place;

/// What is to be said about the label of a block that could be read, as `form`, and holds `kind` first.
pub(super) fn judge(block: &Block, form: Form, kind: &Kind, claims: &Claims, place: &Place) -> Option<Damage> {
    let number = block.number;
    let fact = |deviation| claims.at(deviation, block.start);
    match (block.label.as_str(), kind) {
        ("TRUSTED CERTIFICATE", _) => Some(
            Damage::warning(
                "pem/trusted-label",
                place.clone(),
                format!("block {number} has the label TRUSTED CERTIFICATE"),
            )
            .facts(fact(Deviation::TrustedLabel))
            .fact("the trust settings after the certificate were left out")
            .help("openssl x509 -in FILE -out mended.pem writes a plain certificate"),
        ),
        ("X509 CERTIFICATE", Kind::Certificate(_)) => Some(
            Damage::note(
                "pem/legacy-label",
                place.clone(),
                format!("block {number} has the old label X509 CERTIFICATE"),
            )
            .facts(fact(Deviation::X509Label)),
        ),
        ("NEW CERTIFICATE REQUEST", Kind::Request(_)) => Some(
            Damage::note(
                "pem/legacy-label",
                place.clone(),
                format!("block {number} has the old label NEW CERTIFICATE REQUEST"),
            )
            .fact("some CAs want CERTIFICATE REQUEST"),
        ),
        ("CERTIFICATE", _) if form == Form::Pkcs7 => Some(
            Damage::warning(
                "pem/wrong-label",
                place.clone(),
                format!("block {number} has the label CERTIFICATE but holds PKCS#7"),
            )
            .facts(fact(Deviation::Pkcs7AsCertificate)),
        ),
        _ => wrong_label(block, kind, claims, place).or_else(|| guest(block, kind, claims, place)),
    }
}

/// Programs look at the label first and then fail on the content.
fn wrong_label(block: &Block, kind: &Kind, claims: &Claims, place: &Place) -> Option<Damage> {
    let label = block.label.as_str();
    let (fits, holds) = match kind {
        Kind::Certificate(_) => {
            (["CERTIFICATE", "PKCS7", "CMS", "PKCS #7 SIGNED DATA"].contains(&label), "a certificate")
        }
        Kind::Request(_) => (label == "CERTIFICATE REQUEST", "a signing request"),
        Kind::Key(_) | Kind::UnusableKey(_) => (label.ends_with("PRIVATE KEY"), "a private key"),
        Kind::Locked(_) => (label.ends_with("PRIVATE KEY") || label == "PKCS12", "something encrypted"),
        Kind::PublicKey(_) => (label.ends_with("PUBLIC KEY"), "a public key"),
        Kind::Other(_) => return None,
    };
    if fits {
        return None;
    }
    let deviation = match kind {
        Kind::Certificate(_) if label.starts_with("CERTIFICATE") => Some(Deviation::LongerLabel),
        Kind::Certificate(_) => Some(Deviation::OtherLabel),
        _ => None,
    };
    let message = format!("block {} has the label {label} but holds {holds}", block.number);
    Some(
        Damage::warning("pem/wrong-label", place.clone(), message)
            .facts(deviation.and_then(|deviation| claims.at(deviation, block.start))),
    )
}

/// In a file of certificates everything else is a guest.
fn guest(block: &Block, kind: &Kind, claims: &Claims, place: &Place) -> Option<Damage> {
    if claims.is_empty() {
        return None;
    }
    let (what, deviation) = match kind {
        Kind::Request(_) => ("a signing request", Deviation::RequestAmong),
        Kind::PublicKey(_) => ("a public key", Deviation::ParametersAmong),
        Kind::Other(what) => (what.as_str(), Deviation::ParametersAmong),
        Kind::Key(_) | Kind::UnusableKey(_) | Kind::Locked(_) => {
            let message = format!("block {} is a private key in a file with certificates", block.number);
            let facts = claims.at(Deviation::KeyAmong, block.start);
            return Some(Damage::note("pem/private-key", place.clone(), message).facts(facts));
        }
        Kind::Certificate(_) => return None,
    };
    let message = format!("block {} is {what} among certificates", block.number);
    Some(Damage::note("pem/foreign-block", place.clone(), message).facts(claims.at(deviation, block.start)))
}

/// Labels of other worlds, whose content is not DER.
pub(super) fn foreign(label: &str) -> Option<&'static str> {
    match label {
        "OPENSSH PRIVATE KEY" | "SSH2 ENCRYPTED PRIVATE KEY" => Some("OpenSSH private key"),
        "SSH2 PUBLIC KEY" => Some("SSH public key"),
        "PGP PUBLIC KEY BLOCK" => Some("PGP public key"),
        "PGP PRIVATE KEY BLOCK" => Some("PGP private key"),
        "PGP MESSAGE" | "PGP SIGNATURE" | "PGP SIGNED MESSAGE" => Some("PGP message"),
        "AGE ENCRYPTED FILE" => Some("age-encrypted file"),
        _ => None,
    }
}

/// Labels that promise something this program reads.
pub(super) fn is_known(label: &str) -> bool {
    ["CERTIFICATE", "KEY", "REQUEST", "PKCS7", "PKCS12", "CMS", "CRL", "SIGNED DATA"]
        .iter()
        .any(|end| label.ends_with(end))
}
