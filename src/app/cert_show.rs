//! `cert show`: one profile with all that is known about it, as it would be after a commit.

use crate::formats::pem;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::rfc3339;
use crate::model::profile::{ChainEnd, Profile};
use crate::model::profile_name::ProfileName;
use crate::operate::Intent;

use super::cert_list::{ListedProfile, StagedAs, look, presenting};
use super::cert_request::{runs_with_key_of, uncommitted};
use super::committing::{self, Committing};
use super::context::Context;
use super::home;
use super::views::certificate::CertificateView;
use super::views::request::RequestView;

/// What was asked for: the profile, or its request.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum ProfileAnswer {
    Profile(Box<ShownProfile>),
    Request(StoredRequest),
}

/// One profile.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct ShownProfile {
    #[serde(flatten)]
    pub listed: ListedProfile,
    /// RFC 3339 in UTC.
    pub created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportView>,
    /// When its request last left the home; RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_exported: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Box<CertificateView>>,
    /// In path order: the issuer of the certificate first.
    pub intermediates: Vec<CertificateView>,
    /// Kept for checks and never served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Box<CertificateView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain_end: Option<ChainEnd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestView>,
    /// The certificate that this one replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Box<CertificateView>>,
}

/// When the certificate came in.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct ImportView {
    /// RFC 3339 in UTC.
    pub time: String,
    /// What was said about it; may be empty.
    pub comment: String,
}

/// The request of a profile, on its way to an authority.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct StoredRequest {
    pub profile: ProfileName,
    /// PKCS#10 as PEM.
    pub pem: String,
}

/// Shows a profile; one that a commit would remove, too. `full` adds every extension.
pub fn cert_show(context: &Context, name: &ProfileName, full: bool) -> Result<Reply<ShownProfile>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let (summary, mark) = look(name, &staged)?;
    let profile = match mark {
        Some(StagedAs::Removed) => staged.running().profile(name)?,
        _ => staged.profile(name)?,
    };
    let certificate = |certificate| CertificateView::new(certificate, context.now, full);
    let roles = presenting(&staged)?.remove(name).unwrap_or_default();
    let record = &profile.record;
    let answer = ShownProfile {
        created: rfc3339(record.created),
        imported: record
            .imported
            .as_ref()
            .map(|imported| ImportView { time: rfc3339(imported.time), comment: imported.comment.clone() }),
        request_exported: record.request_exported.map(rfc3339),
        certificate: profile.certificate.as_ref().map(certificate).map(Box::new),
        intermediates: profile.intermediates.iter().map(certificate).collect(),
        root: profile.root.as_ref().map(certificate).map(Box::new),
        chain_end: record.chain_end,
        request: profile.request.as_ref().map(|request| RequestView::new(request, full)),
        previous: profile.previous.as_ref().map(|previous| Box::new(certificate(&previous.certificate))),
        listed: ListedProfile::new(&summary, mark, roles, context.now),
    };
    Ok(answer.into())
}

/// Gives the request that is stored with a profile. That it left the home is noted where no committed profile keeps its key,
/// so that `change clear` does not destroy the key unasked.
pub fn stored_request(context: &Context, name: &ProfileName) -> Result<Reply<StoredRequest>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let Profile { record, request, .. } = staged.profile(name)?;
    let request = request.ok_or_else(|| no_request(name))?;
    let answer = StoredRequest { profile: name.clone(), pem: pem::encode("CERTIFICATE REQUEST", request.der()) };
    if runs_with_key_of(&request, name, &staged)? {
        return Ok(answer.into());
    }
    if record.request_exported.is_none() {
        note_export(context, name)?;
    }
    Ok(Reply::new(answer, vec![uncommitted(name)]))
}

fn note_export(context: &Context, name: &ProfileName) -> Result<(), Diagnostics> {
    committing::stage(context, &Committing::default(), |_, staged| {
        let mut profile = staged.profile(name)?;
        profile.record.request_exported = Some(context.now);
        Ok((vec![Intent::Put(profile)], ()))
    })?;
    Ok(())
}

fn no_request(name: &ProfileName) -> Diagnostic {
    Diagnostic::error("profile/no-request", format!("profile {name} has no signing request"))
        .fact("it was imported with its key")
        .help(format!("sealpost cert request {name} --key-from {name}"))
}
