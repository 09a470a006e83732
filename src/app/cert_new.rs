//! `cert new`: a key, a self-signed certificate and a request that says the same, staged as a profile.

use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::fingerprint::Fingerprint;
use crate::model::identity::Identity;
use crate::model::moment::{Moment, rfc3339};
use crate::model::private_key::KeyType;
use crate::model::profile::{ChainEnd, Profile};
use crate::model::profile_name::ProfileName;
use crate::operate::making::{Validity, self_signed, signing_request};
use crate::operate::{Intent, RevisionNumber};

use super::committing::{self, Committing};
use super::context::Context;
use super::identity::{self, Wish};
use super::{home, making};

/// Days of validity that can be asked for.
pub const DAYS: std::ops::RangeInclusive<i64> = 1..=36_500;
/// Just below the 398 days that clients of the public web accept.
pub const DEFAULT_DAYS: i64 = 397;

/// What shall be made.
#[derive(Debug)]
pub struct NewOrder {
    pub profile: String,
    pub wish: Wish,
    /// The role whose host name it carries.
    pub role: Option<String>,
    pub key_type: KeyType,
    pub days: i64,
    pub committing: Committing,
}

/// A self-signed certificate that was made.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct NewCertificate {
    pub profile: ProfileName,
    /// RFC 4514.
    pub subject: String,
    /// With their kind: `DNS:mx1.example.com`.
    pub names: Vec<String>,
    /// `serverAuth`, `clientAuth`.
    pub purposes: Vec<&'static str>,
    /// `ECDSA P-256`.
    pub key: String,
    /// RFC 3339 in UTC; the first second of its life.
    pub not_before: String,
    /// RFC 3339 in UTC; the last second of its life.
    pub not_after: String,
    pub sha256: Fingerprint,
    /// SHA-256 over the SubjectPublicKeyInfo.
    pub public_key_sha256: Fingerprint,
    /// The revision that holds the profile; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
    #[serde(skip)]
    pub certificate: Certificate,
    /// When it was made.
    #[serde(skip)]
    pub now: Moment,
}

/// Makes a profile. Everything wrong with the order is told at once, and then nothing was staged.
pub fn cert_new(context: &Context, order: &NewOrder) -> Result<Reply<NewCertificate>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let mut told = Vec::new();
    let name = making::new_name(&order.profile, &staged, &mut told)?;
    let days = days(order.days).map_err(|errors| told.extend(errors.into_vec())).ok();
    let purpose = making::purpose(order.role.as_deref(), &staged, &mut told)?;
    let identity = identity::identity(&order.wish, purpose.as_ref(), &mut told);
    let (Some(name), Some(days), Some(identity)) = (name, days, identity) else { return Err(making::refusal(told)) };

    let key = making::new_key(order.key_type)?;
    let certificate = self_signed(&identity, &key, Validity::days(days, context.now)).map_err(making::making_error)?;
    let mut profile = Profile::new(name.clone(), key, context.now);
    profile.record.chain_end = Some(ChainEnd::SelfSigned);
    profile.request = Some(signing_request(&identity, &profile.key).map_err(making::making_error)?);
    profile.certificate = Some(certificate.clone());

    let (outcome, ()) = committing::stage(context, &order.committing, |_, staged| {
        making::refuse_existing(&name, staged)?;
        Ok((vec![Intent::Put(profile)], ()))
    })?;
    let revision = outcome.revision();
    told.extend(outcome.into_remarks());
    Ok(Reply::new(answer(&name, &identity, certificate, context.now, revision), told))
}

fn answer(
    name: &ProfileName,
    identity: &Identity,
    certificate: Certificate,
    now: Moment,
    revision: Option<RevisionNumber>,
) -> NewCertificate {
    NewCertificate {
        profile: name.clone(),
        subject: certificate.subject().to_string(),
        names: certificate.subject_alt_names().iter().map(ToString::to_string).collect(),
        purposes: identity.purposes.names(),
        key: certificate.key_kind().to_string(),
        not_before: rfc3339(certificate.not_before()),
        not_after: rfc3339(certificate.not_after()),
        sha256: certificate.sha256(),
        public_key_sha256: certificate.public_key().fingerprint(),
        revision,
        certificate,
        now,
    }
}

/// How long a certificate may be valid.
pub fn days(given: i64) -> Result<u32, Diagnostics> {
    u32::try_from(given).ok().filter(|_| DAYS.contains(&given)).ok_or_else(|| {
        Diagnostic::error("days/range", format!("a certificate cannot be valid for {given} days"))
            .fact(format!("given:   --days {given}"))
            .fact(format!("allowed: --days {} to {}", DAYS.start(), DAYS.end()))
            .help(format!("leave out --days for {DEFAULT_DAYS} days"))
            .into()
    })
}
