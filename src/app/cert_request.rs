//! `cert request`: a key and the signing request for it, staged. The request leaves the home, the key never does.

use std::path::PathBuf;

use crate::formats::pem;
use crate::model::certificate::SubjectAltName;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::fingerprint::Fingerprint;
use crate::model::identity::Identity;
use crate::model::private_key::{KeyType, PrivateKey};
use crate::model::profile::{Profile, ProfileSummary};
use crate::model::profile_name::ProfileName;
use crate::model::request::Request;
use crate::model::subject::SubjectFields;
use crate::operate::making::signing_request;
use crate::operate::{Intent, RevisionNumber, Staged};
use crate::sys::output::{self, Existing};

use super::committing::{self, Committing};
use super::context::Context;
use super::exporting::cannot_write;
use super::identity::{self, Wish};
use super::{home, making};

/// What shall be requested, for which profile, and where the request goes.
#[derive(Debug)]
pub struct RequestOrder {
    pub profile: String,
    pub wish: Wish,
    /// The role whose host name it carries.
    pub role: Option<String>,
    pub key_type: KeyType,
    /// The profile whose key is used again.
    pub key_from: Option<String>,
    /// Where the PEM is written; standard output otherwise.
    pub out: Option<PathBuf>,
    pub existing: Existing,
    pub committing: Committing,
}

impl RequestOrder {
    /// The request of a profile once more: same key, same names.
    pub fn again(profile: &ProfileName) -> RequestOrder {
        RequestOrder {
            profile: profile.to_string(),
            wish: Wish::default(),
            role: None,
            key_type: KeyType::default(),
            key_from: Some(profile.to_string()),
            out: None,
            existing: Existing::Keep,
            committing: Committing::default(),
        }
    }
}

/// A request that was made.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct SigningRequest {
    pub profile: ProfileName,
    /// RFC 4514.
    pub subject: String,
    /// With their kind: `DNS:mx1.example.com`.
    pub names: Vec<String>,
    /// `serverAuth`, `clientAuth`.
    pub purposes: Vec<&'static str>,
    /// `ECDSA P-256`.
    pub key: String,
    /// The profile whose key was used again; absent when a key was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_from: Option<ProfileName>,
    /// SHA-256 over the SubjectPublicKeyInfo.
    pub public_key_sha256: Fingerprint,
    /// PKCS#10 as PEM.
    pub pem: String,
    /// The file that holds the request; absent when it went to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The revision that holds the profile; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// A key that is there when the profile is staged.
enum Key<'a> {
    New(PrivateKey),
    /// The key of this profile, read when nobody else can change it.
    Of(&'a ProfileName),
}

/// Stages key and request. Everything wrong with the order is told at once, and then nothing was staged or written.
pub fn cert_request(context: &Context, order: &RequestOrder) -> Result<Reply<SigningRequest>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let mut told = Vec::new();
    let name = making::profile_name(&order.profile, &mut told);
    let key_from = key_from(order.key_from.as_deref(), &staged, &mut told)?;
    if let Some(name) = name.as_ref().filter(|name| key_from.as_ref() != Some(*name)) {
        told.extend(making::existing(name, &staged)?);
    }
    let purpose = making::purpose(order.role.as_deref(), &staged, &mut told)?;
    let wish = wish(order, key_from.as_ref(), &staged, &mut told)?;
    told.extend(output_in_the_way(order));
    let identity = identity::identity(&wish, purpose.as_ref(), &mut told);
    let (Some(name), Some(identity)) = (name, identity) else { return Err(making::refusal(told)) };

    let key = match &key_from {
        Some(other) => Key::Of(other),
        None => Key::New(making::new_key(order.key_type)?),
    };
    let (outcome, (request, key_is_safe)) = committing::stage(context, &order.committing, |_, staged| {
        let mut profile = profile(&name, key, staged, context)?;
        let request = signing_request(&identity, &profile.key).map_err(making::making_error)?;
        profile.request = Some(request.clone());
        profile.record.request_exported = Some(context.now);
        let key_is_safe = runs_with_key_of(&request, &name, staged)?;
        Ok((vec![Intent::Put(profile)], (request, key_is_safe)))
    })?;
    let revision = outcome.revision();
    told.extend(outcome.into_remarks());
    if revision.is_none() && !key_is_safe {
        told.push(uncommitted(&name));
    }
    if identity.purposes.client {
        told.push(client_auth());
    }
    let answer = answer(name, order, &identity, request, key_from, revision);
    // Written last: the answer to a request is worth nothing without its key.
    if let Some(path) = &order.out {
        output::write(path, answer.pem.as_bytes(), 0o644, order.existing)
            .map_err(|error| cannot_write(&path.display().to_string(), &error).fact(kept(&answer)))?;
    }
    Ok(Reply::new(answer, told))
}

/// The profile whose key is used again: any that is there, but for the built-in one.
fn key_from(
    given: Option<&str>,
    staged: &Staged,
    told: &mut Vec<Diagnostic>,
) -> Result<Option<ProfileName>, Diagnostics> {
    let Some(name) = given.and_then(|given| making::profile_name(given, told)) else { return Ok(None) };
    if !staged.has(&name)? {
        told.push(
            Diagnostic::error("profile/unknown", format!("there is no profile {name} whose key could be used"))
                .help("sealpost cert list"),
        );
    }
    Ok(Some(name))
}

/// Without any name of its own, a request with a known key says what the profile of that key says.
fn wish(
    order: &RequestOrder,
    key_from: Option<&ProfileName>,
    staged: &Staged,
    told: &mut Vec<Diagnostic>,
) -> Result<Wish, Diagnostics> {
    let is_named = order.wish.subject.common_name.is_some() || !order.wish.names.is_empty() || order.role.is_some();
    let Some(source) = key_from.filter(|_| !is_named) else { return Ok(order.wish.clone()) };
    if !staged.has(source)? {
        return Ok(order.wish.clone());
    }
    let found = staged.summary(source)?;
    let Some(known) = known_wish(&found) else { return Ok(order.wish.clone()) };
    let names = known.names.join(", ");
    told.push(Diagnostic::note("request/names", format!("the names are those of {source}: {names}")));
    let asked = &order.wish.subject;
    let is_subject_asked = *asked != SubjectFields::default();
    let mut subject = if is_subject_asked { asked.clone() } else { known.subject.clone() };
    subject.common_name = known.subject.common_name;
    Ok(Wish { subject, names: known.names, client: known.client || order.wish.client })
}

/// What the certificate of a profile says, else its request.
fn known_wish(found: &ProfileSummary) -> Option<Wish> {
    let (subject, names, usage) = match (&found.certificate, &found.request) {
        (Some(certificate), _) => {
            (certificate.subject(), certificate.subject_alt_names(), certificate.extended_key_usage())
        }
        (None, Some(request)) => (request.subject(), request.subject_alt_names(), request.extended_key_usage()),
        (None, None) => return None,
    };
    let wanted = names.iter().filter(|name| !matches!(name, SubjectAltName::Uri(_) | SubjectAltName::Other(_)));
    Some(Wish {
        subject: SubjectFields::of(subject),
        names: wanted.map(ToString::to_string).collect(),
        client: usage.is_some_and(|usage| usage.iter().any(|purpose| purpose == "clientAuth")),
    })
}

/// A new profile; or the one whose own key is used, which keeps its certificate until the authority has answered.
fn profile(name: &ProfileName, key: Key<'_>, staged: &Staged, context: &Context) -> Result<Profile, Diagnostics> {
    let key = match key {
        Key::Of(same) if same == name => return Ok(staged.profile(name)?),
        Key::Of(other) => staged.profile(other)?.key,
        Key::New(key) => key,
    };
    making::refuse_existing(name, staged)?;
    Ok(Profile::new(name.clone(), key, context.now))
}

/// Whether a committed profile of this name holds the key, so that clearing the staged edits cannot lose it.
pub(super) fn runs_with_key_of(request: &Request, name: &ProfileName, staged: &Staged) -> Result<bool, Diagnostics> {
    let running = staged.running();
    Ok(running.has(name)? && running.summary(name)?.public_key() == Some(request.public_key()))
}

pub(super) fn uncommitted(name: &ProfileName) -> Diagnostic {
    let message =
        format!("send the request only after {name} is committed: should the staged key be lost, no answer fits");
    Diagnostic::warning("request/uncommitted", message).help("sealpost change commit")
}

fn client_auth() -> Diagnostic {
    Diagnostic::note("request/client-auth", "the request asks for clientAuth, which public authorities no longer sign")
        .help("ask a private authority, or leave out --client")
}

fn answer(
    name: ProfileName,
    order: &RequestOrder,
    identity: &Identity,
    request: Request,
    key_from: Option<ProfileName>,
    revision: Option<RevisionNumber>,
) -> SigningRequest {
    SigningRequest {
        profile: name,
        subject: request.subject().to_string(),
        names: request.subject_alt_names().iter().map(ToString::to_string).collect(),
        purposes: identity.purposes.names(),
        key: request.public_key().kind().to_string(),
        key_from,
        public_key_sha256: request.public_key().fingerprint(),
        pem: pem::encode("CERTIFICATE REQUEST", request.der()),
        file: order.out.as_ref().map(|path| path.display().to_string()),
        revision,
    }
}

/// Told before anything is made: the file cannot be written where it shall be.
fn output_in_the_way(order: &RequestOrder) -> Option<Diagnostic> {
    let path = order.out.as_ref()?;
    output::check(path, order.existing).err().map(|error| cannot_write(&path.display().to_string(), &error))
}

/// What is true although the file could not be written.
fn kept(answer: &SigningRequest) -> String {
    let state = if answer.revision.is_some() { "committed" } else { "staged" };
    let name = &answer.profile;
    format!("{name} is {state}; sealpost cert request {name} --key-from {name} gives its request again")
}
