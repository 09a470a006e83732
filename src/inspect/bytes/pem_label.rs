//! What a label promises, against what the block holds.

use super::Kind;
use super::damage::Damage;
use super::scanner::Block;
use crate::model::place::Place;

/// What is to be said about the label of a block that could be read.
pub(super) fn judge(block: &Block, kind: &Kind, has_certificate: bool, place: &Place) -> Option<Damage> {
    let number = block.number;
    match (block.label.as_str(), kind) {
        ("TRUSTED CERTIFICATE", _) => Some(
            Damage::warning(
                "pem/trusted-label",
                place.clone(),
                format!("block {number} has the label TRUSTED CERTIFICATE"),
            )
            .fact("only OpenSSL programs see it; GnuTLS, Go and rustls programs skip it")
            .fact("the trust settings after the certificate were left out")
            .help("openssl x509 -in FILE -out mended.pem writes a plain certificate"),
        ),
        ("X509 CERTIFICATE", Kind::Certificate(_)) => Some(
            Damage::note(
                "pem/legacy-label",
                place.clone(),
                format!("block {number} has the old label X509 CERTIFICATE"),
            )
            .fact("only OpenSSL programs see it; GnuTLS, Go and rustls programs skip it"),
        ),
        ("NEW CERTIFICATE REQUEST", Kind::Request(_)) => Some(
            Damage::note(
                "pem/legacy-label",
                place.clone(),
                format!("block {number} has the old label NEW CERTIFICATE REQUEST"),
            )
            .fact("some CAs want CERTIFICATE REQUEST"),
        ),
        (label, kind) => {
            wrong_label(label, kind, number, place).or_else(|| guest(kind, has_certificate, number, place))
        }
    }
}

/// Programs look at the label first and then fail on the content.
fn wrong_label(label: &str, kind: &Kind, number: usize, place: &Place) -> Option<Damage> {
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
    (!fits).then(|| {
        Damage::warning(
            "pem/wrong-label",
            place.clone(),
            format!("block {number} has the label {label} but holds {holds}"),
        )
        .fact("programs that go by the label fail on it or skip it")
    })
}

/// In a file of certificates everything else is a guest.
fn guest(kind: &Kind, has_certificate: bool, number: usize, place: &Place) -> Option<Damage> {
    if !has_certificate {
        return None;
    }
    let what = match kind {
        Kind::Request(_) => "a signing request",
        Kind::PublicKey(_) => "a public key",
        Kind::Other(what) => what,
        Kind::Key(_) | Kind::UnusableKey(_) | Kind::Locked(_) => {
            let message = format!("block {number} is a private key in a file with certificates");
            return Some(Damage::note("pem/private-key", place.clone(), message));
        }
        Kind::Certificate(_) => return None,
    };
    let message = format!("block {number} is {what} among certificates");
    Some(
        Damage::note("pem/foreign-block", place.clone(), message)
            .fact("GnuTLS programs find no certificate when it stands in front; others skip it"),
    )
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
