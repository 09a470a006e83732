//! `convert`: from files of any form to one file of a chosen form. No home is needed.

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::certificates::Certificates;
use crate::inspect::chain::{Chain, Found};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::Moment;
use crate::model::private_key::PrivateKey;

use super::cert_import::refuse_unusable;
use super::exporting::{self, Exported, Form, Material, Part, Wanted};
use super::key_entry::{self, Choice, Purpose};
use super::reading::{self, Source};
use super::secrets::Secrets;

/// A file that was made from others.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Converted {
    pub from: Vec<String>,
    #[serde(flatten)]
    pub exported: Exported,
}

/// Reads, orders and writes. Everything that was read goes into a PEM file, unless a part is named.
pub fn convert(
    files: &[String],
    choice: &Choice,
    mut wanted: Wanted,
    now: Moment,
    secrets: &mut dyn Secrets,
) -> Result<Reply<Converted>, Diagnostics> {
    let mut reading = reading::read_leaving_keys(&Source::files(files), secrets)?;
    let mut remarks = std::mem::take(&mut reading.remarks);
    let needed = wants_key(&wanted);
    key_entry::narrow(&mut reading, choice, Purpose { own: None, needed, now }, secrets)
        .map_err(|errors| errors.with_fact("nothing was written"))?;
    let given = reading.certificates();
    if needed {
        // A key must not get lost on the way without a word.
        refuse_unusable(&given).map_err(|errors| errors.with_fact("nothing was written"))?;
    }
    let material = material(&given, wanted.form, now, &mut remarks)?;
    if wanted.form == Form::Pem && material.key.is_some() {
        wanted.part = wanted.part.or(Some(Part::All));
    }
    let exported = exporting::export(&material, &wanted, secrets)?;
    Ok(Reply::new(Converted { from: files.to_vec(), exported }, remarks))
}

/// Whether a key among the files belongs into the new one.
fn wants_key(wanted: &Wanted) -> bool {
    match wanted.part {
        Some(part) => matches!(part, Part::Key | Part::All),
        None => matches!(wanted.form, Form::Pem | Form::Pkcs8 | Form::Pkcs12),
    }
}

fn material(
    given: &Certificates,
    form: Form,
    now: Moment,
    remarks: &mut Vec<Diagnostic>,
) -> Result<Material, Diagnostics> {
    // There is one, or it does not matter which: no certificate is theirs.
    let key = given.keys.first().map(|found| found.key.clone());
    let public = key.as_ref().map(PrivateKey::public);
    let Ok(chain) = Chain::arrange(&given.certificates, public, now) else { return without_leaf(given, key) };
    remarks.extend(chain.strangers.iter().chain(&chain.alternatives).chain(&chain.other_leaves).map(|stranger| {
        let name = stranger.certificate.display_name();
        Diagnostic::warning("chain/unrelated", format!("{name} is not part of the chain, and was left out"))
            .at_what(stranger.place.clone(), stranger.certificate.subject().short())
    }));
    let mut intermediates: Vec<_> = chain.intermediates.iter().map(|found| found.certificate.clone()).collect();
    // A PKCS#12 goes without the root: whoever imports it decides whom to trust.
    if let Some(root) = chain.root.filter(|_| form != Form::Pkcs12) {
        intermediates.push(root.certificate);
    }
    let leaf = chain.leaf.certificate;
    Ok(Material { name: leaf.display_name().to_owned(), key, leaf: Some(leaf), intermediates })
}

/// A bundle of authorities has no leaf: it keeps its order.
fn without_leaf(given: &Certificates, key: Option<PrivateKey>) -> Result<Material, Diagnostics> {
    let mut certificates = given.certificates.iter().map(|found| found.certificate.clone());
    match (&key, certificates.next()) {
        (Some(key), Some(first)) => {
            let has_key = |one: &&Found| one.certificate.public_key() == key.public();
            let message = match given.certificates.iter().find(has_key) {
                Some(owner) => {
                    let name = owner.certificate.display_name();
                    format!("the key is that of the CA {name}, not of the server's certificate")
                }
                None => "no certificate in the files belongs to the key".to_owned(),
            };
            let error = Diagnostic::error("key/mismatch", message)
                .fact(format!("public key of the key: {}", key.public().fingerprint()))
                .fact(format!("public key of {}: {}", first.display_name(), first.public_key().fingerprint()))
                .fact("nothing was written");
            Err(error.help("use the key that was made together with this certificate's request").into())
        }
        (_, leaf) => {
            let name = leaf.as_ref().map_or("certificate", |leaf| leaf.display_name()).to_owned();
            Ok(Material { name, key, leaf, intermediates: certificates.collect() })
        }
    }
}
