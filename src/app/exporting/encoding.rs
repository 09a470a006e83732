//! From certificates and a key to the bytes of a file.

use zeroize::Zeroizing;

use crate::formats::{pem, pkcs7, pkcs8, pkcs12};
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::private_key::PrivateKey;

use super::{Form, Material, Part, Wanted};

/// What goes into the file: the key, and the certificates in path order.
pub(super) struct Chosen<'a> {
    pub name: &'a str,
    pub key: Option<&'a PrivateKey>,
    pub certificates: Vec<&'a Certificate>,
}

/// The part that was asked for, or the one that fits the form; an error when the two do not go together, or it is not there.
pub(super) fn part(wanted: &Wanted, material: &Material) -> Result<Part, Diagnostics> {
    let part = wanted.part.unwrap_or(match wanted.form {
        Form::Pem | Form::Pkcs7 => Part::Fullchain,
        Form::Der => Part::Leaf,
        Form::Pkcs8 => Part::Key,
        Form::Pkcs12 => Part::All,
    });
    let fits = match wanted.form {
        Form::Pem => true,
        Form::Der => matches!(part, Part::Leaf | Part::Key),
        Form::Pkcs7 => matches!(part, Part::Fullchain | Part::Leaf | Part::Chain),
        Form::Pkcs8 => part == Part::Key,
        Form::Pkcs12 => part == Part::All,
    };
    if !fits {
        return Err(unfitting(wanted.form).into());
    }
    match missing(part, material) {
        Some(error) => Err(error.into()),
        None => Ok(part),
    }
}

fn unfitting(form: Form) -> Diagnostic {
    let (holds, help) = match form {
        Form::Pem => ("anything", "--to pem"),
        Form::Der => ("one certificate or one key", "--part leaf, or --part key; several certificates: --to pkcs7"),
        Form::Pkcs7 => ("certificates only", "--part fullchain, leaf or chain; with the key: --to pkcs12"),
        Form::Pkcs8 => ("a key only", "leave --part away; with certificates: --to pkcs12 or --to pem --part all"),
        Form::Pkcs12 => ("key and certificates together", "leave --part away"),
    };
    Diagnostic::error("output/part", format!("{} holds {holds}", name(form))).fact("nothing was written").help(help)
}

fn name(form: Form) -> &'static str {
    match form {
        Form::Pem => "PEM",
        Form::Der => "DER",
        Form::Pkcs7 => "PKCS#7",
        Form::Pkcs8 => "PKCS#8",
        Form::Pkcs12 => "PKCS#12",
    }
}

fn missing(part: Part, material: &Material) -> Option<Diagnostic> {
    let needs_key = matches!(part, Part::Key | Part::All);
    let needs_leaf = matches!(part, Part::Fullchain | Part::Leaf | Part::All);
    if needs_leaf && material.leaf.is_none() {
        Some(
            Diagnostic::error("export/no-certificate", "there is no certificate to write")
                .help("import the CA's answer first: sealpost cert import PROFILE SIGNED.pem"),
        )
    } else if needs_key && material.key.is_none() {
        Some(
            Diagnostic::error("export/no-key", "there is no private key to write")
                .help("name the file with the key too, or write the certificates alone: --to pem, --to pkcs7"),
        )
    } else if part == Part::Chain && material.intermediates.is_empty() {
        Some(
            Diagnostic::error("export/no-intermediates", "there are no intermediates to write")
                .help("import them together with the certificate, or write --part leaf"),
        )
    } else {
        None
    }
    .map(|error| error.fact("nothing was written"))
}

pub(super) fn choose(material: &Material, part: Part) -> Chosen<'_> {
    let leaf = material.leaf.iter();
    let certificates = match part {
        Part::Fullchain | Part::All => leaf.chain(&material.intermediates).collect(),
        Part::Leaf => leaf.collect(),
        Part::Chain => material.intermediates.iter().collect(),
        Part::Key => Vec::new(),
    };
    let key = material.key.as_ref().filter(|_| matches!(part, Part::Key | Part::All));
    Chosen { name: &material.name, key, certificates }
}

/// The bytes of the file. With a password the key is encrypted.
pub(super) fn encode(
    chosen: &Chosen<'_>,
    wanted: &Wanted,
    password: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, Diagnostics> {
    let ders: Vec<&[u8]> = chosen.certificates.iter().map(|certificate| certificate.der()).collect();
    match wanted.form {
        Form::Pem | Form::Pkcs8 => in_pem(chosen, password),
        Form::Der => match (chosen.key, ders.as_slice()) {
            (Some(key), _) => key_der(key, password).map(|(_, der)| der),
            (None, [first, ..]) => Ok(Zeroizing::new(first.to_vec())),
            (None, []) => Ok(Zeroizing::default()),
        },
        Form::Pkcs7 => {
            let der = pkcs7::write(&ders).map_err(|error| unencodable(&error))?;
            Ok(Zeroizing::new(pem::encode("PKCS7", &der).into_bytes()))
        }
        Form::Pkcs12 => {
            let key = chosen.key.map(PrivateKey::pkcs8).unwrap_or_default();
            let friendly_name = wanted.friendly_name.as_deref().unwrap_or(chosen.name);
            let contents = pkcs12::Contents { key, certificates: &ders, friendly_name };
            let sealed = pkcs12::seal(&contents, wanted.recipe, password.unwrap_or_default());
            sealed.map(Zeroizing::new).map_err(|error| unencodable(&error))
        }
    }
}

/// The key first, as programs that take one file expect it, then the certificates.
fn in_pem(chosen: &Chosen<'_>, password: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Diagnostics> {
    let mut text = Zeroizing::new(Vec::new());
    if let Some(key) = chosen.key {
        let (label, der) = key_der(key, password)?;
        text.extend_from_slice(Zeroizing::new(pem::encode(label, &der)).as_bytes());
    }
    for certificate in &chosen.certificates {
        text.extend_from_slice(pem::encode("CERTIFICATE", certificate.der()).as_bytes());
    }
    Ok(text)
}

fn key_der(key: &PrivateKey, password: Option<&str>) -> Result<(&'static str, Zeroizing<Vec<u8>>), Diagnostics> {
    match password {
        None => Ok(("PRIVATE KEY", Zeroizing::new(key.pkcs8().to_vec()))),
        Some(password) => {
            let der = pkcs8::encrypt(key.pkcs8(), password).map_err(|error| unencodable(&error))?;
            Ok(("ENCRYPTED PRIVATE KEY", Zeroizing::new(der)))
        }
    }
}

fn unencodable(error: &dyn std::fmt::Display) -> Diagnostics {
    Diagnostic::error("output/encoding", "the file could not be made")
        .fact(error.to_string())
        .fact("nothing was written")
        .into()
}
