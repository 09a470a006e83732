//! `convert`: from files of any form to one file of a chosen form. No home is needed.

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::certificates::{Certificates, FoundKey};
use crate::inspect::chain::Chain;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::Moment;
use crate::model::private_key::PrivateKey;

use super::exporting::{self, Exported, Form, Material, Part, Recipe, Target, Wanted};
use super::reading::{self, Source};
use super::secrets::Secrets;

/// What the operator asked for.
#[derive(Debug, Clone)]
pub struct Order {
    pub files: Vec<String>,
    pub form: Form,
    /// Everything that was read, unless said.
    pub part: Option<Part>,
    pub recipe: Recipe,
    /// The name of the certificate, unless said.
    pub friendly_name: Option<String>,
    pub target: Target,
    pub encrypt: bool,
}

/// A file that was made from others.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Converted {
    pub from: Vec<String>,
    #[serde(flatten)]
    pub exported: Exported,
}

/// Reads, orders and writes.
pub fn convert(order: &Order, now: Moment, secrets: &mut dyn Secrets) -> Result<Reply<Converted>, Diagnostics> {
    let mut reading = reading::read_all(&Source::files(&order.files), secrets)?;
    let mut remarks = std::mem::take(&mut reading.remarks);
    let material = material(&reading.certificates(), order, now, &mut remarks)?;
    let whole = if order.form == Form::Pem && material.key.is_some() { Some(Part::All) } else { None };
    let wanted = Wanted {
        form: order.form,
        part: order.part.or(whole),
        recipe: order.recipe,
        friendly_name: order.friendly_name.clone().unwrap_or_else(|| name_of(&material)),
        target: order.target.clone(),
        encrypt: order.encrypt,
    };
    let exported = exporting::export(&material, &wanted, secrets)?;
    Ok(Reply::new(Converted { from: order.files.clone(), exported }, remarks))
}

fn name_of(material: &Material) -> String {
    material.leaf.as_ref().map_or_else(|| "certificate".to_owned(), |leaf| leaf.display_name().to_owned())
}

fn material(
    given: &Certificates,
    order: &Order,
    now: Moment,
    remarks: &mut Vec<Diagnostic>,
) -> Result<Material, Diagnostics> {
    let key = only_key(given)?;
    let public = key.as_ref().map(PrivateKey::public);
    let Ok(chain) = Chain::arrange(&given.certificates, public, now) else { return without_leaf(given, key) };
    remarks.extend(chain.strangers.iter().chain(&chain.alternatives).chain(&chain.other_leaves).map(|stranger| {
        let name = stranger.certificate.display_name();
        Diagnostic::warning("chain/unrelated", format!("{name} is not part of the chain, and was left out"))
            .at_what(stranger.place.clone(), stranger.certificate.subject().short())
    }));
    let mut intermediates: Vec<_> = chain.intermediates.iter().map(|found| found.certificate.clone()).collect();
    // A PKCS#12 goes without the root: whoever imports it decides whom to trust.
    if let Some(root) = chain.root.filter(|_| order.form != Form::Pkcs12) {
        intermediates.push(root.certificate);
    }
    Ok(Material { key, leaf: Some(chain.leaf.certificate), intermediates })
}

/// A bundle of authorities has no leaf: it keeps its order.
fn without_leaf(given: &Certificates, key: Option<PrivateKey>) -> Result<Material, Diagnostics> {
    let mut certificates = given.certificates.iter().map(|found| found.certificate.clone());
    match (&key, certificates.next()) {
        (Some(key), Some(first)) => {
            let error = Diagnostic::error("key/mismatch", "no certificate in the files belongs to the key")
                .fact(format!("public key of the key: {}", key.public().fingerprint()))
                .fact(format!("public key of {}: {}", first.display_name(), first.public_key().fingerprint()))
                .fact("nothing was written");
            Err(error.help("use the key that was made together with this certificate's request").into())
        }
        (_, leaf) => Ok(Material { key, leaf, intermediates: certificates.collect() }),
    }
}

fn only_key(given: &Certificates) -> Result<Option<PrivateKey>, Diagnostics> {
    let mut keys = given.keys.iter();
    let Some(FoundKey { key: first, place, .. }) = keys.next() else { return Ok(None) };
    match keys.find(|other| other.key.public() != first.public()) {
        None => Ok(Some(first.clone())),
        Some(FoundKey { key: other, place: other_place, .. }) => Err(Diagnostic::error(
            "import/several-keys",
            "the files hold different private keys, and the new file has one",
        )
        .at_what(place.clone(), first.kind().to_string())
        .at_what(other_place.clone(), other.kind().to_string())
        .fact(format!("public key: {}", first.public().fingerprint()))
        .fact(format!("public key: {}", other.public().fingerprint()))
        .fact("nothing was written")
        .help("convert one after the other")
        .into()),
    }
}
