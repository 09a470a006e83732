//! What a verification is made from: the chain, the trust anchors, further certificates and CRLs, each with where it came from.

use crate::formats::pem;
use crate::inspect::bytes;
use crate::inspect::bytes::trust_settings::distrusted_for;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::place::Place;
use crate::model::shell_word::shell_word;
use crate::model::signature;
use crate::sys::{authorities, folder, input};
use crate::trust::crl::Crl;
use crate::trust::link::Link;
use crate::trust::question::PURPOSES;

use super::reading::{LARGEST_FILE, Source, survey, unreadable};
use super::secrets::Secrets;

/// Where trust anchors come from, as `--trust` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustSource {
    /// The list that programs on this system use.
    System,
    None,
    /// A file, and the label it is called by.
    File {
        label: String,
        file: String,
    },
}

impl std::str::FromStr for TrustSource {
    type Err = std::convert::Infallible;

    /// `system`, `none`, `FILE` or `LABEL=FILE`.
    fn from_str(text: &str) -> Result<TrustSource, Self::Err> {
        Ok(match (text, text.split_once('=')) {
            ("system", _) => TrustSource::System,
            ("none", _) => TrustSource::None,
            (_, Some((label, file))) if !label.is_empty() && !label.contains('/') => {
                TrustSource::File { label: label.into(), file: file.into() }
            }
            _ => TrustSource::File { label: text.into(), file: text.into() },
        })
    }
}

/// A certificate with where it came from.
#[derive(Debug, Clone)]
pub struct Sourced {
    pub link: Link,
    pub place: Place,
    /// The label of the trust source; empty for certificates that are not anchors.
    pub store: String,
}

/// Everything that was read.
#[derive(Debug)]
pub struct Materials {
    pub leaf: Sourced,
    pub pool: Vec<Sourced>,
    pub anchors: Vec<Sourced>,
    pub crls: Vec<Crl>,
    pub remarks: Vec<Diagnostic>,
}

/// The names of what is to be read.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Leaf first; `-` is standard input.
    pub file: String,
    /// None means the system's.
    pub trust: Vec<TrustSource>,
    /// Files and folders.
    pub pool: Vec<String>,
    pub crls: Vec<String>,
}

/// Files that may hold certificates, by ending.
const ENDINGS: &[&str] = &["pem", "crt", "cer", "der", "p7b", "p7c"];

/// Reads everything. What is damaged in the chain, the anchors or a CRL is an error; in the pool it is a warning.
pub fn read(inputs: &Inputs, purposes: &[Vec<u8>], secrets: &mut dyn Secrets) -> Result<Materials, Diagnostics> {
    let mut remarks = Vec::new();
    let mut errors = Vec::new();
    let mut chain = certificates(&inputs.file, "", secrets, &mut remarks, &mut errors);
    if chain.is_empty() && errors.is_empty() {
        errors.push(no_certificate(&inputs.file));
    }
    let uses: Vec<&str> = purposes.iter().filter_map(|oid| purpose_name(oid)).collect();
    let anchors = anchors(&inputs.trust, &uses, secrets, &mut remarks, &mut errors);
    let pool = pool(&inputs.pool, secrets, &mut remarks, &mut errors);
    let mut lists = Vec::new();
    for file in &inputs.crls {
        let read = crls(file, &mut errors);
        remarks.extend(read.iter().find_map(|list| weak(list, file)));
        lists.extend(read);
    }
    if let Some(errors) = Diagnostics::if_errors(errors) {
        return Err(errors);
    }
    if chain.is_empty() {
        return Err(no_certificate(&inputs.file).into());
    }
    let leaf = chain.remove(leaf_of(&chain, &mut remarks));
    let intermediates = chain.into_iter().chain(pool).collect();
    Ok(Materials { leaf, pool: intermediates, anchors, crls: lists, remarks })
}

/// The first certificate, unless it is an authority's and an end entity's stands behind it: to judge the authority would say yes to a
/// file that no peer takes.
fn leaf_of(chain: &[Sourced], remarks: &mut Vec<Diagnostic>) -> usize {
    let is_authority = chain.first().is_some_and(|first| first.link.is_ca());
    let end_entity = chain.iter().enumerate().find(|(_, sourced)| !sourced.link.is_ca());
    let Some((index, leaf)) = end_entity.filter(|_| is_authority) else { return 0 };
    let message = "the certificate of an authority stands first, and that of the server is judged";
    let warning = Diagnostic::warning("chain/leaf-not-first", message).at(leaf.place.clone());
    remarks.push(warning.help("sealpost explain chain/leaf-not-first"));
    index
}

/// A list whose signature proves nothing gives no status to any certificate; this says why before the verdict does.
fn weak(list: &Crl, file: &str) -> Option<Diagnostic> {
    let algorithm = list.signature_algorithm();
    signature::is_weak(algorithm).then(|| {
        let name = signature::name(algorithm);
        Diagnostic::warning("chain/weak-crl", format!("a revocation list in `{file}` is signed with {name}"))
            .at(Place::file(file))
            .fact("another list can be put under the same signature")
            .help("sealpost explain chain/weak-crl")
    })
}

/// The name of a use, as the trust settings of a file are compared with it.
fn purpose_name(oid: &[u8]) -> Option<&'static str> {
    PURPOSES.iter().find(|(_, known)| *known == oid).map(|(name, _)| *name)
}

/// The trust anchors of every source; without a source, the system's. A certificate whose own file says not to trust it for one of
/// `uses` is none; a remark says why.
pub(super) fn anchors(
    trust: &[TrustSource],
    uses: &[&str],
    secrets: &mut dyn Secrets,
    remarks: &mut Vec<Diagnostic>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Sourced> {
    let mut anchors = Vec::new();
    let system = [TrustSource::System];
    for source in if trust.is_empty() { &system[..] } else { trust } {
        match source {
            TrustSource::None => {}
            TrustSource::System => anchors.extend(system_anchors(remarks, errors)),
            TrustSource::File { label, file } => {
                let before = remarks.len();
                let mut found = certificates(file, label, secrets, remarks, errors);
                if found.is_empty() && errors.is_empty() {
                    errors.push(no_certificate(file).at(Place::file(file)));
                }
                let distrust = remarks.get(before..).unwrap_or_default();
                found.retain(|anchor| !is_distrusted(anchor, uses, distrust));
                anchors.extend(found);
            }
        }
    }
    anchors
}

fn is_distrusted(anchor: &Sourced, uses: &[&str], remarks: &[Diagnostic]) -> bool {
    let is_about = |remark: &&Diagnostic| remark.places.iter().any(|noted| noted.place == anchor.place);
    let says = |remark: &Diagnostic| uses.iter().any(|usage| remark.facts.contains(&distrusted_for(usage)));
    remarks.iter().filter(is_about).any(says)
}

fn certificates(
    file: &str,
    store: &str,
    secrets: &mut dyn Secrets,
    remarks: &mut Vec<Diagnostic>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Sourced> {
    let survey = survey(&[Source::File(file.to_owned())], secrets);
    errors.extend(survey.errors);
    errors.extend(survey.missing_passwords);
    let found = survey.reading.certificates().certificates;
    remarks.extend(survey.reading.remarks);
    found.iter().filter_map(|found| sourced(&found.certificate, found.place.clone(), store, errors)).collect()
}

fn sourced(certificate: &Certificate, place: Place, store: &str, errors: &mut Vec<Diagnostic>) -> Option<Sourced> {
    match Link::from_der(certificate.der().to_vec()) {
        Ok(link) => Some(Sourced { link, place, store: store.to_owned() }),
        Err(error) => {
            errors.push(
                Diagnostic::error(
                    "cert/malformed",
                    format!("the certificate of {} is not DER", certificate.display_name()),
                )
                .at(place)
                .fact(error.to_string())
                .help("ask whoever issued it for a new one"),
            );
            None
        }
    }
}

/// Damage in the system's list is not the operator's business here: what can be read of it counts.
pub(super) fn system_anchors(remarks: &mut Vec<Diagnostic>, errors: &mut Vec<Diagnostic>) -> Vec<Sourced> {
    let (path, bytes) = match authorities::system_bundle() {
        Ok(Some(found)) => found,
        Ok(None) => {
            remarks.push(
                Diagnostic::warning("authority/no-system-list", "this system has no list of trusted authorities")
                    .help("--trust FILE"),
            );
            return Vec::new();
        }
        Err(error) => {
            errors.push(unreadable("the system's list of trusted authorities", &error));
            return Vec::new();
        }
    };
    let items = bytes::read(&path.to_string_lossy(), &bytes).items;
    let certificates = items.iter().filter_map(|item| match &item.kind {
        bytes::Kind::Certificate(certificate) => Some((certificate, item.place.clone())),
        _ => None,
    });
    let mut ignored = Vec::new();
    certificates.filter_map(|(certificate, place)| sourced(certificate, place, "system", &mut ignored)).collect()
}

pub(super) fn pool(
    names: &[String],
    secrets: &mut dyn Secrets,
    remarks: &mut Vec<Diagnostic>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Sourced> {
    let mut found = Vec::new();
    for name in names {
        if !folder::is_folder(name) {
            found.extend(certificates(name, "", secrets, remarks, errors));
            continue;
        }
        let files = match folder::files(name, ENDINGS) {
            Ok(files) => files,
            Err(error) => {
                errors.push(unreadable(name, &input::InputError::Io(error)));
                continue;
            }
        };
        for file in files {
            let mut damaged = Vec::new();
            found.extend(certificates(&file, "", secrets, remarks, &mut damaged));
            remarks.extend(damaged.into_iter().map(|error| Diagnostic { severity: Severity::Warning, ..error }));
        }
    }
    found
}

/// The CRLs of a file: PEM blocks, or one in DER.
pub(super) fn crls(file: &str, errors: &mut Vec<Diagnostic>) -> Vec<Crl> {
    let bytes = match input::read(file, LARGEST_FILE) {
        Ok(input) => input.bytes,
        Err(error) => {
            errors.push(unreadable(file, &error));
            return Vec::new();
        }
    };
    let ders = match bytes.first() {
        Some(0x30) => Ok(vec![bytes]),
        _ => pem::blocks(&bytes).map(|blocks| {
            let lists = blocks.into_iter().filter(|(label, _)| label == "X509 CRL");
            lists.map(|(_, der)| der).collect()
        }),
    };
    let read = match ders {
        Ok(ders) if ders.is_empty() => Err("it holds no block `X509 CRL`".to_owned()),
        Ok(ders) => ders.iter().map(|der| Crl::from_der(der).map_err(|error| error.to_string())).collect(),
        Err(error) => Err(error.to_string()),
    };
    read.unwrap_or_else(|reason: String| {
        errors.push(
            Diagnostic::error("crl/malformed", format!("there is no CRL in `{file}` that can be read"))
                .at(Place::file(file))
                .fact(reason)
                .help(format!("openssl crl -in {} -noout -text", shell_word(file))),
        );
        Vec::new()
    })
}

fn no_certificate(file: &str) -> Diagnostic {
    let name = if file == "-" { "standard input".to_owned() } else { format!("`{file}`") };
    Diagnostic::error("pem/no-certificate", format!("there is no certificate in {name}"))
        .help(format!("sealpost show {}", shell_word(file)))
}
