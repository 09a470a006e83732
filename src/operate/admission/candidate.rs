//! What the next revision would hold, as one thing to ask.

use std::path::PathBuf;

use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::model::profile::{Profile, ProfileSummary};
use crate::model::profile_name::ProfileName;
use crate::model::public_key::KeyKind;
use crate::model::role::Role;

use super::touched::Touched;
use super::{Admitted, loading};
use crate::operate::error::{HomeError, Refusal, RefusalReason};
use crate::operate::number::RevisionNumber;
use crate::operate::revision::Revision;
use crate::operate::texts;

pub(super) struct Candidate<'a> {
    pub configuration: Configuration,
    put: &'a [Profile],
    linked: &'a [(ProfileName, RevisionNumber)],
    /// Reads what is linked.
    revision: &'a Revision,
}

/// Where the files of a profile stand: two that are equal are the same profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    /// Written with the next revision.
    New,
    In(RevisionNumber),
    Nowhere,
}

impl<'a> Candidate<'a> {
    /// Refuses texts that do not read. The paths are where they stand, for messages.
    pub fn new(
        admitted: &'a Admitted,
        revision: &'a Revision,
        configuration: PathBuf,
        authorities: PathBuf,
    ) -> Result<Candidate<'a>, HomeError> {
        let text = &admitted.texts;
        refuse_strangers(&texts::parse_authorities(authorities.clone(), &text.authorities)?, authorities)?;
        let configuration = Configuration::parse(&text.configuration)
            .map_err(|problems| HomeError::Configuration { path: configuration, problems })?;
        Ok(Candidate { configuration, put: &admitted.put, linked: &admitted.linked, revision })
    }

    pub fn put(&self) -> &[Profile] {
        self.put
    }

    pub fn number(&self, running: &Revision) -> RevisionNumber {
        running.number().next()
    }

    pub fn location(&self, name: &ProfileName) -> Location {
        if self.put.iter().any(|profile| profile.name == *name) {
            return Location::New;
        }
        let linked = self.linked.iter().find(|(linked, _)| linked == name);
        linked.map_or(Location::Nowhere, |(_, number)| Location::In(*number))
    }

    /// `None` where there is no such profile.
    pub fn summary(&self, name: &ProfileName) -> Result<Option<ProfileSummary>, HomeError> {
        match self.location(name) {
            Location::New => Ok(self.put.iter().find(|profile| profile.name == *name).map(Profile::summary)),
            Location::In(_) => self.revision.summary(name).map(Some),
            Location::Nowhere => Ok(None),
        }
    }

    /// What `role` presents: what is bound, else for a server the Demo profile where it is there.
    pub fn presented(&self, role: &Role) -> Vec<ProfileName> {
        let roles = &self.configuration.roles;
        let demo_is_gone = roles.falls_back(role) && self.location(&ProfileName::demo()) == Location::Nowhere;
        if demo_is_gone { Vec::new() } else { roles.presented(role) }
    }

    /// Every profile that a touched role could not present, with why.
    pub fn unusable(&self, touched: &Touched) -> Result<Vec<Refusal>, HomeError> {
        let mut refusals = Vec::new();
        for role in touched.roles() {
            let mut kinds = Vec::new();
            for name in self.presented(role) {
                let refuse = |reason| Refusal { profile: name.clone(), role: Some(role.clone()), reason };
                match self.usable(&name)? {
                    Ok(kind) => kinds.push((name, kind)),
                    Err(reason) => refusals.push(refuse(reason)),
                }
            }
            refusals.extend(beside_each_other(role, kinds));
        }
        Ok(refusals)
    }

    /// The kind of its key. What is about to be written was loaded already.
    fn usable(&self, name: &ProfileName) -> Result<Result<KeyKind, RefusalReason>, HomeError> {
        let Some(summary) = self.summary(name)? else { return Ok(Err(RefusalReason::NoProfile)) };
        let Some(certificate) = &summary.certificate else { return Ok(Err(RefusalReason::NoCertificate)) };
        if self.location(name) != Location::New {
            match self.revision.profile(name) {
                Err(HomeError::File(error)) if error.is_missing() => return Ok(Err(RefusalReason::NoKey)),
                Err(error) => return Err(error),
                Ok(profile) => {
                    if let Some(refusal) = loading::unloadable(std::iter::once(&profile)).pop() {
                        return Ok(Err(refusal.reason));
                    }
                }
            }
        }
        Ok(Ok(certificate.key_kind().clone()))
    }
}

/// A server may hold one ECDSA and one RSA profile, and shows each peer the one that it can use.
fn beside_each_other(role: &Role, kinds: Vec<(ProfileName, KeyKind)>) -> Option<Refusal> {
    let [(first, one), (second, other)] = kinds.as_slice() else { return None };
    if one.pairs_with(other) {
        return None;
    }
    let reason = RefusalReason::NoPair { beside: first.clone(), kinds: [one.to_string(), other.to_string()] };
    Some(Refusal { profile: second.clone(), role: Some(role.clone()), reason })
}

/// A list of authorities holds authorities.
fn refuse_strangers(list: &[Certificate], path: PathBuf) -> Result<(), HomeError> {
    match list.iter().position(|certificate| !certificate.is_ca()) {
        None => Ok(()),
        Some(index) => {
            let name = list.get(index).map_or("", |certificate| certificate.display_name());
            let reason = format!("certificate {} ({name}) is not that of an authority", index + 1);
            Err(HomeError::Damaged { path, reason })
        }
    }
}
