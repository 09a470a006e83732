//! `cert show`: one profile with everything that belongs to it, but for its key.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::moment::{Moment, rfc3339};
use crate::model::profile::{ChainEnd, Profile};
use crate::model::profile_name::ProfileName;
use crate::model::profile_status::ProfileStatus;

use super::cert_list::StagedAs;
use super::context::Context;
use super::home;
use super::views::certificate::CertificateView;
use super::views::key::KeyView;
use super::views::request::RequestView;

/// A profile.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ShownProfile {
    pub profile: ProfileName,
    pub status: ProfileStatus,
    /// How it differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
    /// RFC 3339, UTC.
    pub created: String,
    /// When its request last left the home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_exported: Option<String>,
    /// When its certificate came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
    /// The public half; the private one is never shown.
    pub key: KeyView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateView>,
    /// In path order.
    pub intermediates: Vec<CertificateView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<CertificateView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain_end: Option<ChainEnd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestView>,
    /// The certificate that this one replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<CertificateView>,
}

/// Shows a profile as a commit would make it. `full` adds every field and extension.
pub fn cert_show(context: &Context, name: &ProfileName, full: bool) -> Result<Reply<ShownProfile>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let profile = staged.profile(name)?;
    let mark = match (staged.is_put(name), staged.running().has(name)?) {
        (true, true) => Some(StagedAs::Changed),
        (true, false) => Some(StagedAs::New),
        (false, _) => None,
    };
    Ok(view(&profile, mark, context.now, full).into())
}

fn view(profile: &Profile, staged: Option<StagedAs>, now: Moment, full: bool) -> ShownProfile {
    let certificate = |certificate| CertificateView::new(certificate, now, full);
    let record = &profile.record;
    ShownProfile {
        profile: profile.name.clone(),
        status: ProfileStatus::of(&profile.summary(), now),
        staged,
        created: rfc3339(record.created),
        request_exported: record.request_exported.map(rfc3339),
        imported: record.imported.as_ref().map(|imported| rfc3339(imported.time)),
        key: profile.key.public().into(),
        certificate: profile.certificate.as_ref().map(certificate),
        intermediates: profile.intermediates.iter().map(certificate).collect(),
        root: profile.root.as_ref().map(certificate),
        chain_end: record.chain_end,
        request: profile.request.as_ref().map(|request| RequestView::new(request, full)),
        previous: profile.previous.as_ref().map(|previous| certificate(&previous.certificate)),
    }
}
