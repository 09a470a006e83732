//! What some files are and what is in them; no home needed. Shows all that can be read before it says what could not.

use std::collections::HashMap;

use crate::inspect::bytes::Kind;
use crate::inspect::chain::{Chain, Found};
use crate::inspect::tree::{Node, Tree};
use crate::model::certificate::{Certificate, SubjectAltName};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply, Severity};
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::Moment;
use crate::model::place::Place;
use crate::model::public_key::PublicKey;

use super::context::Context;
use super::key_entry::{self, Choice, Purpose};
use super::reading::{ReadFile, Source, Survey, survey, survey_leaving_keys};
use super::secrets::Secrets;
use super::views::certificate::{CertificateView, Validity};
use super::views::key::KeyView;
use super::views::request::RequestView;

/// How much is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    /// Every field and extension.
    pub full: bool,
    /// TLSA records.
    pub tlsa: bool,
}

/// The files, how their certificates hang together, and the records to publish.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Shown {
    pub files: Vec<FileView>,
    /// Who issued whom among all files: each issuer before what it issued. Without copies.
    pub issuance: Vec<IssuanceView>,
    /// With `--tlsa`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tlsa: Option<Vec<TlsaView>>,
    /// Something could not be read; the errors stand in `remarks`.
    pub incomplete: bool,
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct FileView {
    /// As it was named; `-` for standard input.
    pub file: String,
    /// `PEM`, `DER`, `PKCS#12` ...
    pub form: String,
    pub entries: Vec<EntryView>,
    /// How what needed a password was protected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protections: Vec<ProtectionView>,
    /// The chain that the certificates of this file make; absent with fewer than two, or without a leaf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainView>,
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct ProtectionView {
    pub place: Place,
    pub protection: String,
    pub opened: bool,
}

/// One thing in a file. `number` counts through all files, from 1.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct EntryView {
    pub number: usize,
    pub place: Place,
    /// friendlyName or alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    Certificate {
        /// Number of the first copy, when this is a further one.
        #[serde(skip_serializing_if = "Option::is_none")]
        repeats: Option<usize>,
        #[serde(flatten)]
        view: Box<CertificateView>,
    },
    Request(RequestView),
    PrivateKey {
        key: KeyView,
        /// Numbers of the certificates and requests with this key.
        belongs_to: Vec<usize>,
    },
    UnusableKey {
        reason: String,
        /// As computed, else as the file states it.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<KeyView>,
        belongs_to: Vec<usize>,
    },
    PublicKey {
        key: KeyView,
        belongs_to: Vec<usize>,
    },
    Locked {
        protection: String,
    },
    Other {
        what: String,
    },
}

/// A certificate and its issuer.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct IssuanceView {
    /// Number of the certificate; absent for an issuer that is in none of the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
    /// Short name of the certificate; the whole name of an issuer that is missing.
    pub name: String,
    /// Number of the issuer: its own for a self-signed certificate, absent when the issuer is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<usize>,
    /// Why nobody here can tell whether the issuer signed it; names and key identifiers say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchecked: Option<String>,
    /// Absent for an issuer that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validity: Option<Validity>,
    /// Steps below the top.
    pub depth: usize,
}

/// A chain by the numbers of its certificates.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct ChainView {
    /// Leaf, intermediates and, when it is there, the root.
    pub path: Vec<usize>,
    pub was_in_order: bool,
    /// The path ends at a self-signed certificate.
    pub complete: bool,
    /// RFC 4514; the issuer that the path wants and that is not in this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_issuer: Option<String>,
    /// On another path from the leaf.
    pub alternatives: Vec<usize>,
    pub other_leaves: Vec<usize>,
    /// On no path from the leaf.
    pub strangers: Vec<usize>,
    /// Further copies.
    pub repeats: Vec<usize>,
}

/// A TLSA record `3 1 1` (RFC 6698): the end entity's public key, by SHA-256.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct TlsaView {
    /// The certificate, request or key.
    pub number: usize,
    /// `_25._tcp.mx1.example.com.`; absent when no host name is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    pub usage: u8,
    pub selector: u8,
    pub matching_type: u8,
    pub data: Fingerprint,
}

/// Shows `files`. Passwords are asked for as the files need them; what nobody gives a password for is shown as locked.
/// With an entry, only its key is shown, with its certificate and chain.
pub fn show(
    context: &Context,
    files: &[String],
    choice: &Choice,
    detail: Detail,
    secrets: &mut dyn Secrets,
) -> Reply<Shown> {
    let Survey { mut reading, mut errors, missing_passwords } = match choice.entry {
        Some(_) => survey_leaving_keys(&Source::files(files), secrets),
        None => survey(&Source::files(files), secrets),
    };
    if choice.entry.is_some() {
        let purpose = Purpose { own: None, needed: false, now: context.now };
        errors.extend(
            key_entry::narrow(&mut reading, choice, purpose, secrets).err().into_iter().flat_map(Diagnostics::into_vec),
        );
    }
    let incomplete = !errors.is_empty();
    let register = Register::of(&reading.files);
    let certificates = register.certificates().map(|(_, certificate)| certificate.clone()).collect();
    let tree = Tree::of(certificates, context.now);
    let answer = Shown {
        files: reading
            .files
            .iter()
            .enumerate()
            .map(|(index, file)| register.file(index, file, context, detail))
            .collect(),
        issuance: issuance(&register, &tree, context.now),
        tlsa: detail.tlsa.then(|| register.tlsa()),
        incomplete,
    };
    let mut remarks = errors;
    remarks.extend(reading.remarks);
    remarks.extend(missing_passwords.into_iter().map(|missing| Diagnostic { severity: Severity::Note, ..missing }));
    remarks.extend(tree.was_cut.then(too_tangled));
    remarks.sort_by_key(|remark| remark.severity);
    Reply::new(answer, remarks)
}

/// Every thing in every file with its number, and what belongs together.
struct Register<'a> {
    entries: Vec<Registered<'a>>,
    /// Number of the first copy, by fingerprint.
    first_copies: HashMap<Fingerprint, usize>,
    /// Numbers of certificates and requests, by the fingerprint of their key.
    holders: HashMap<Fingerprint, Vec<usize>>,
}

struct Registered<'a> {
    file: usize,
    number: usize,
    place: &'a Place,
    name: Option<&'a str>,
    kind: &'a Kind,
}

impl<'a> Register<'a> {
    fn of(files: &'a [ReadFile]) -> Register<'a> {
        let mut register = Register { entries: Vec::new(), first_copies: HashMap::new(), holders: HashMap::new() };
        for (file, items) in files.iter().map(|file| &file.items).enumerate() {
            for item in items {
                let number = register.entries.len() + 1;
                let name = item.name.as_deref();
                register.entries.push(Registered { file, number, place: &item.place, name, kind: &item.kind });
                register.note(number, &item.kind);
            }
        }
        register
    }

    fn note(&mut self, number: usize, kind: &Kind) {
        let key = match kind {
            Kind::Certificate(certificate) => {
                let first = *self.first_copies.entry(certificate.sha256()).or_insert(number);
                (first == number).then_some(certificate.public_key())
            }
            Kind::Request(request) => Some(request.public_key()),
            _ => None,
        };
        if let Some(key) = key {
            self.holders.entry(key.fingerprint()).or_default().push(number);
        }
    }

    fn belongs_to(&self, key: &PublicKey) -> Vec<usize> {
        self.holders.get(&key.fingerprint()).cloned().unwrap_or_default()
    }

    fn file(&self, index: usize, file: &ReadFile, context: &Context, detail: Detail) -> FileView {
        let entries = || self.entries.iter().filter(|entry| entry.file == index);
        let protections = file.protections.iter().map(|one| ProtectionView {
            place: one.place.clone(),
            protection: one.protection.clone(),
            opened: one.opened,
        });
        FileView {
            file: file.name.clone(),
            form: file.form.to_string(),
            entries: entries().map(|entry| self.entry(entry, context, detail)).collect(),
            protections: protections.collect(),
            chain: chain(entries(), context),
        }
    }

    fn entry(&self, entry: &Registered<'_>, context: &Context, detail: Detail) -> EntryView {
        let what = match entry.kind {
            Kind::Certificate(certificate) => What::Certificate {
                repeats: self.first_copies.get(&certificate.sha256()).copied().filter(|first| *first != entry.number),
                view: Box::new(CertificateView::new(certificate, context.now, detail.full)),
            },
            Kind::Request(request) => What::Request(RequestView::new(request, detail.full)),
            Kind::Key(key) => What::PrivateKey { key: key.public().into(), belongs_to: self.belongs_to(key.public()) },
            Kind::UnusableKey(unusable) => What::UnusableKey {
                reason: unusable.to_string(),
                key: unusable.public.as_ref().map(Into::into),
                belongs_to: unusable.public.as_ref().map(|key| self.belongs_to(key)).unwrap_or_default(),
            },
            Kind::PublicKey(key) => What::PublicKey { key: key.into(), belongs_to: self.belongs_to(key) },
            Kind::Locked(locked) => What::Locked { protection: locked.protection() },
            Kind::Other(what) => What::Other { what: what.clone() },
        };
        EntryView { number: entry.number, place: entry.place.clone(), name: entry.name.map(str::to_owned), what }
    }

    /// Certificates without copies, with their numbers.
    fn certificates(&self) -> impl Iterator<Item = (usize, &'a Certificate)> {
        self.entries.iter().filter_map(|entry| match entry.kind {
            Kind::Certificate(certificate) if self.first_copies.get(&certificate.sha256()) == Some(&entry.number) => {
                Some((entry.number, certificate))
            }
            _ => None,
        })
    }

    /// Records for every end-entity certificate, for requests whose key has none, and for keys that have neither.
    fn tlsa(&self) -> Vec<TlsaView> {
        let any_end_entity = self.certificates().any(|(_, one)| !one.is_ca());
        let servers = self.certificates().filter(|(_, one)| !one.is_ca() || (!any_end_entity && has_host_name(one)));
        let servers: Vec<(usize, &Certificate)> = servers.collect();
        let mut records: Vec<TlsaView> = Vec::new();
        for (number, certificate) in &servers {
            records.extend(tlsa(*number, certificate.subject_alt_names(), certificate.public_key()));
        }
        for entry in &self.entries {
            let has_record =
                |key: &PublicKey, records: &[TlsaView]| records.iter().any(|one| one.data == key.fingerprint());
            match entry.kind {
                Kind::Request(request) if !has_record(request.public_key(), &records) => {
                    records.extend(tlsa(entry.number, request.subject_alt_names(), request.public_key()));
                }
                Kind::Key(key) if !has_record(key.public(), &records) && self.belongs_to(key.public()).is_empty() => {
                    records.extend(tlsa(entry.number, &[], key.public()));
                }
                _ => {}
            }
        }
        records
    }
}

fn issuance(register: &Register<'_>, tree: &Tree, now: Moment) -> Vec<IssuanceView> {
    let certificates: Vec<(usize, &Certificate)> = register.certificates().collect();
    let lines = tree.lines.iter();
    lines
        .map(|line| match &line.node {
            Node::Certificate { index, issuer, unchecked } => {
                let (number, certificate) = certificates[*index];
                IssuanceView {
                    number: Some(number),
                    name: certificate.display_name().to_owned(),
                    issuer: issuer.map(|issuer| certificates[issuer].0),
                    unchecked: unchecked.as_ref().map(ToString::to_string),
                    validity: Some(Validity::at(certificate, now)),
                    depth: line.depth,
                }
            }
            Node::Missing(name) => IssuanceView {
                number: None,
                name: name.to_string(),
                issuer: None,
                unchecked: None,
                validity: None,
                depth: line.depth,
            },
        })
        .collect()
}

fn too_tangled() -> Diagnostic {
    Diagnostic::note(
        "show/too-tangled",
        "not every issuer was looked for: too many certificates could have issued each other",
    )
    .fact("an issuer that is said to be missing may be there")
    .help("name fewer files at once")
}

/// As the authority that `openssl req -x509` makes for a server may have.
fn has_host_name(certificate: &Certificate) -> bool {
    certificate.dns_names().next().is_some()
}

/// One record for each host name, or one without an owner.
fn tlsa(number: usize, names: &[SubjectAltName], key: &PublicKey) -> Vec<TlsaView> {
    let hosts = names.iter().filter_map(|name| match name {
        SubjectAltName::Dns(name) if is_owner_name(name) => Some(name.to_ascii_lowercase()),
        _ => None,
    });
    let record = |owner| TlsaView { number, owner, usage: 3, selector: 1, matching_type: 1, data: key.fingerprint() };
    let records: Vec<TlsaView> = hosts.map(|host| record(Some(format!("_25._tcp.{host}.")))).collect();
    if records.is_empty() { vec![record(None)] } else { records }
}

/// Only what can stand in a zone file without quoting; a wildcard is not the name of any server.
fn is_owner_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn chain<'a>(entries: impl Iterator<Item = &'a Registered<'a>> + Clone, context: &Context) -> Option<ChainView> {
    // The block of a place is replaced by the entry's number, which is how the answer names certificates.
    let numbered: Vec<Found> = entries
        .clone()
        .filter_map(|entry| match entry.kind {
            Kind::Certificate(certificate) => Some(Found {
                certificate: certificate.clone(),
                place: Place { block: Some(entry.number), ..entry.place.clone() },
            }),
            _ => None,
        })
        .collect();
    if numbered.len() < 2 {
        return None;
    }
    let mut keys = entries.filter_map(|entry| match entry.kind {
        Kind::Key(key) => Some(key.public()),
        _ => None,
    });
    let key = keys.next().filter(|_| keys.next().is_none());
    let chain =
        Chain::arrange(&numbered, key, context.now).or_else(|_| Chain::arrange(&numbered, None, context.now)).ok()?;
    let numbers = |list: &[Found]| list.iter().filter_map(|found| found.place.block).collect::<Vec<_>>();
    Some(ChainView {
        path: chain.path().filter_map(|found| found.place.block).collect(),
        was_in_order: chain.was_in_order,
        complete: chain.is_complete(),
        missing_issuer: chain.missing_issuer.as_ref().map(|missing| missing.name.to_string()),
        alternatives: numbers(&chain.alternatives),
        other_leaves: numbers(&chain.other_leaves),
        strangers: numbers(&chain.strangers),
        repeats: numbers(&chain.repeats),
    })
}
