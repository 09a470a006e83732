//! What the next revision would hold, as one thing to ask.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::model::profile::{Profile, ProfileSummary};
use crate::model::profile_name::ProfileName;
use crate::model::public_key::KeyKind;
use crate::model::role::Role;

use super::loading;
use super::touched::Touched;
use crate::operate::error::{HomeError, Refusal, RefusalReason};
use crate::operate::number::RevisionNumber;
use crate::operate::revision::Revision;
use crate::operate::staged::Staged;
use crate::operate::texts::{self, Texts};

pub(super) struct Candidate<'a> {
    pub configuration: Configuration,
    contents: &'a Contents,
    source: Source<'a>,
}

/// The profiles of the next revision.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// To be written.
    pub put: BTreeSet<ProfileName>,
    /// In an older revision already.
    pub linked: BTreeMap<ProfileName, RevisionNumber>,
}

/// Reads them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    Staged(&'a Staged),
    Old(&'a Revision),
}

/// Where the files of a profile stand: two that are equal are the same profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    /// Written with the next revision.
    New,
    In(RevisionNumber),
    Nowhere,
}

impl Source<'_> {
    fn summary(self, name: &ProfileName) -> Result<ProfileSummary, HomeError> {
        match self {
            Source::Staged(staged) => staged.summary(name),
            Source::Old(revision) => revision.summary(name),
        }
    }

    fn profile(self, name: &ProfileName) -> Result<Profile, HomeError> {
        match self {
            Source::Staged(staged) => staged.profile(name),
            Source::Old(revision) => revision.profile(name),
        }
    }

    fn configuration_path(self) -> PathBuf {
        match self {
            Source::Staged(staged) => staged.configuration_path(),
            Source::Old(revision) => revision.configuration_path(),
        }
    }

    fn authorities_path(self) -> PathBuf {
        match self {
            Source::Staged(staged) => staged.authorities_path(),
            Source::Old(revision) => revision.authorities_path(),
        }
    }
}

impl<'a> Candidate<'a> {
    /// Refuses texts that do not read.
    pub fn new(texts: &Texts, contents: &'a Contents, source: Source<'a>) -> Result<Candidate<'a>, HomeError> {
        let path = source.authorities_path();
        refuse_strangers(&texts::parse_authorities(path.clone(), &texts.authorities)?, path)?;
        let configuration = Configuration::parse(&texts.configuration)
            .map_err(|problems| HomeError::Configuration { path: source.configuration_path(), problems })?;
        Ok(Candidate { configuration, contents, source })
    }

    pub fn location(&self, name: &ProfileName) -> Location {
        if self.contents.put.contains(name) {
            return Location::New;
        }
        self.contents.linked.get(name).map_or(Location::Nowhere, |number| Location::In(*number))
    }

    /// `None` where there is no such profile.
    pub fn summary(&self, name: &ProfileName) -> Result<Option<ProfileSummary>, HomeError> {
        match self.location(name) {
            Location::Nowhere => Ok(None),
            Location::New | Location::In(_) => self.source.summary(name).map(Some),
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
            match self.source.profile(name) {
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
