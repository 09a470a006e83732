//! From the bytes of a file to the items in it: what they are, where they stand, and what is wrong with the file's form.
//!
//! ```text
//! bytes ──text──▶ Text ──markers──▶ Marker ──scanner──▶ Block ──body──▶ DER ──object──▶ Kind     (PEM)
//! bytes ──recognise──▶ Form ──container──▶ Kind                                               (everything else)
//! ```

mod body;
mod claims;
pub mod consumers;
mod container;
mod damage;
mod der_file;
mod invisible;
mod locked;
mod markers;
mod object;
mod pem_file;
mod pem_label;
mod pem_layout;
mod pem_wording;
mod recognise;
pub mod scanner;
pub mod text;
pub mod trust_settings;

use std::fmt;

use crate::model::certificate::Certificate;
use crate::model::place::Place;
use crate::model::private_key::{PrivateKey, UnusableKey};
use crate::model::public_key::PublicKey;
use crate::model::request::Request;

pub use damage::Damage;
pub use locked::{Locked, UnlockError};

/// Everything in a file, in file order, and everything wrong with its form.
#[derive(Debug)]
pub struct Items {
    /// The file as the operator named it.
    pub file: String,
    pub form: Form,
    pub items: Vec<Item>,
    /// In file order. Never empty when there are no items.
    pub damages: Vec<Damage>,
}

/// One thing in a file.
#[derive(Debug, Clone)]
pub struct Item {
    pub place: Place,
    /// friendlyName or alias, where the container has one.
    pub name: Option<String>,
    pub kind: Kind,
}

/// What a thing is.
#[derive(Debug, Clone)]
pub enum Kind {
    Certificate(Certificate),
    Request(Request),
    Key(PrivateKey),
    /// A private key that is not used here: of another kind, or damaged.
    UnusableKey(UnusableKey),
    /// Needs a password, or at least a try with the empty one.
    Locked(Locked),
    PublicKey(PublicKey),
    /// What it is, for people: `certificate revocation list`, `EC parameters`.
    Other(String),
}

/// What a file is as a whole. Displays for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Pem,
    Der,
    Pkcs7,
    Pkcs12,
    Jks,
    Jceks,
    /// Base64 of one of the binary forms, without BEGIN and END.
    Base64,
    Html,
    /// `ssh-rsa AAAA…` and its like.
    SshPublicKey,
    /// PGP, in binary or text.
    Pgp,
    Archive,
    Text,
    Binary,
    Empty,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Pem => "PEM",
            Form::Der => "DER",
            Form::Pkcs7 => "PKCS#7",
            Form::Pkcs12 => "PKCS#12",
            Form::Jks => "Java keystore (JKS)",
            Form::Jceks => "Java keystore (JCEKS)",
            Form::Base64 => "base64 without BEGIN and END lines",
            Form::Html => "HTML page",
            Form::SshPublicKey => "SSH public key",
            Form::Pgp => "PGP data",
            Form::Archive => "compressed archive",
            Form::Text => "text",
            Form::Binary => "binary data of unknown kind",
            Form::Empty => "empty file",
        })
    }
}

/// Reads a file of any kind. Never fails: what cannot be read is a damage of severity error. Takes time linear in the size.
pub fn read(file: &str, bytes: &[u8]) -> Items {
    recognise::read(file, bytes)
}
