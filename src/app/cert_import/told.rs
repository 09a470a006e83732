//! What is told of an import.

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::bytes::{Item, Kind};
use crate::inspect::chain::Found;
use crate::model::certificate::SubjectAltName;
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::{Moment, plural, remaining_days, rfc3339};
use crate::model::place::Place;
use crate::model::profile::ChainEnd;
use crate::model::profile_name::ProfileName;
use crate::operate::RevisionNumber;

use super::super::reading::{ReadFile, Reading};
use super::{Order, Planned};

/// A profile that took a certificate, or would take it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CertImported {
    pub profile: ProfileName,
    /// False when the profile held exactly this already, or under `--dry-run`.
    pub staged: bool,
    pub dry_run: bool,
    /// The profile is as it was.
    pub unchanged: bool,
    /// The profile was there before, and kept its key.
    pub existed: bool,
    /// The roles that present it.
    pub roles: Vec<String>,
    /// The revision that holds it; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
    /// What each file was.
    pub files: Vec<FileSeen>,
    pub names: Vec<String>,
    /// `ECDSA P-256`.
    pub key: String,
    /// SHA-256 over the SubjectPublicKeyInfo.
    pub public_key_sha256: Fingerprint,
    /// Leaf first; what is served.
    pub chain: Vec<ChainMember>,
    /// The root, kept and not served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<ChainMember>,
    pub chain_end: ChainEnd,
    /// RFC 3339 in UTC; the last second of the leaf's life.
    pub not_after: String,
    /// Whole days, negative after expiry.
    pub remaining_days: i64,
}

/// A file that was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileSeen {
    pub file: String,
    /// `PEM`, `PKCS#12` …
    pub form: String,
    /// What it holds, such as `2 certificates, 1 key`.
    pub holds: String,
}

/// A certificate of the chain.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChainMember {
    /// RFC 4514.
    pub subject: String,
    pub issuer: String,
    pub sha256: Fingerprint,
    pub not_after: String,
    pub place: Place,
}

pub(super) fn answer(
    order: &Order,
    reading: &Reading,
    planned: &Planned,
    revision: Option<RevisionNumber>,
    now: Moment,
) -> CertImported {
    let leaf = &planned.chain.leaf.certificate;
    CertImported {
        profile: order.profile.clone(),
        staged: planned.changed && !order.dry_run,
        dry_run: order.dry_run,
        unchanged: !planned.changed,
        existed: planned.existed,
        roles: planned.roles.clone(),
        revision,
        files: reading.files.iter().map(seen).collect(),
        names: leaf.subject_alt_names().iter().map(SubjectAltName::to_string).collect(),
        key: planned.profile.key.kind().to_string(),
        public_key_sha256: planned.profile.key.public().fingerprint(),
        chain: std::iter::once(&planned.chain.leaf).chain(&planned.chain.intermediates).map(member).collect(),
        root: planned.chain.root.as_ref().map(member),
        chain_end: planned.profile.record.chain_end.unwrap_or(ChainEnd::Open),
        not_after: rfc3339(leaf.not_after()),
        remaining_days: remaining_days(leaf.not_after(), now),
    }
}

fn seen(file: &ReadFile) -> FileSeen {
    FileSeen { file: file.name.clone(), form: file.form.to_string(), holds: holds(&file.items) }
}

/// `2 certificates, 1 key`.
fn holds(items: &[Item]) -> String {
    type IsKind = fn(&Kind) -> bool;
    let kinds: [(&str, IsKind); 4] = [
        ("certificate", |kind| matches!(kind, Kind::Certificate(_))),
        ("key", |kind| matches!(kind, Kind::Key(_))),
        ("request", |kind| matches!(kind, Kind::Request(_))),
        ("other thing", |kind| matches!(kind, Kind::Other(_) | Kind::PublicKey(_))),
    ];
    let counts = kinds.map(|(word, is)| (items.iter().filter(|item| is(&item.kind)).count(), word));
    let told = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(count as u64, word));
    told.collect::<Vec<_>>().join(", ")
}

fn member(found: &Found) -> ChainMember {
    let certificate = &found.certificate;
    ChainMember {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        sha256: certificate.sha256(),
        not_after: rfc3339(certificate.not_after()),
        place: found.place.clone(),
    }
}
