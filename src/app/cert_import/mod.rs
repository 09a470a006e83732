//! `cert import`: what a CA signed, or a key with its certificates, becomes a profile.
//!
//! Steps, each in its file: the files are read (`app::reading`), one key is settled on (`app::key_entry`, `key`), the chain is built around it
//! (`inspect::chain`), all of it is judged as `lint` judges it (`checks`), and a profile is staged.

mod checks;
mod key;
mod told;

use std::borrow::Cow;

use crate::inspect::bundle::Bundle;
use crate::inspect::certificates::Certificates;
use crate::inspect::chain::{Chain, Found, NoLeaf};
use crate::inspect::question::{Question, Store};
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::place::Place;
use crate::model::private_key::PrivateKey;
use crate::model::profile::{Imported, Previous, Profile};
use crate::model::profile_name::ProfileName;
use crate::model::shell_word::shell_word;
use crate::operate::{Intent, Staged};
use crate::trust::link::Link;

use super::cert_list::presenting;
use super::committing::{self, Committing};
use super::context::Context;
use super::key_entry::{self, Choice, Purpose};
use super::reading::{self, Reading, Source};
use super::secrets::Secrets;
use super::{rulesets, verify_materials};
use checks::Judgement;

pub use key::refuse_unusable;
pub use told::CertImported;

/// What the operator asked for.
#[derive(Debug, Clone)]
pub struct Order {
    pub profile: ProfileName,
    pub sources: Vec<Source>,
    /// Which key, where the files hold several.
    pub choice: Choice,
    /// Codes of findings that shall not stop the import, such as `cert/expired-leaf`.
    pub accept: Vec<String>,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
    pub committing: Committing,
}

impl Order {
    /// Stages what `sources` hold, and accepts nothing that is wrong.
    pub fn new(profile: ProfileName, sources: Vec<Source>) -> Order {
        let (accept, committing) = (Vec::new(), Committing::default());
        Order { profile, sources, choice: Choice::default(), accept, dry_run: false, committing }
    }

    /// With a command to repeat, also where a dialogue gave the order.
    fn choice(&self) -> Choice {
        let files: Option<Vec<String>> = self
            .sources
            .iter()
            .map(|source| match source {
                Source::File(name) => Some(shell_word(name)),
                Source::Text { .. } => None,
            })
            .collect();
        let again = || Some(format!("sealpost cert import {} {}", self.profile, files?.join(" ")));
        Choice { again: self.choice.again.clone().or_else(again), ..self.choice.clone() }
    }
}

/// Reads the files, makes them a profile, and stages it. A profile that would be as it was is not staged again.
pub fn cert_import(
    context: &Context,
    order: &Order,
    secrets: &mut dyn Secrets,
) -> Result<Reply<CertImported>, Diagnostics> {
    refuse_demo(&order.profile)?;
    let mut reading = reading::read_leaving_keys(&order.sources, secrets)?;
    let mut remarks = std::mem::take(&mut reading.remarks);
    settle_on_entry(context, order, &mut reading, secrets).map_err(|errors| errors.with_fact("nothing was staged"))?;
    let given = reading.certificates();
    let comment = order.committing.comment.clone().unwrap_or_default();
    let plan = |staged: &Staged| plan(context, order, &given, &comment, staged);
    if order.dry_run {
        let staged = super::home::open(context)?.staged()?;
        let planned = plan(&staged)?;
        remarks.extend(planned.findings.iter().cloned());
        remarks.extend(touching(&planned, false));
        return Ok(Reply::new(told::answer(order, &reading, &planned, None, context.now), remarks));
    }
    let (outcome, planned) = committing::stage(context, &order.committing, |_, staged| {
        let planned = plan(staged)?;
        let intents = if planned.changed { vec![Intent::Put(planned.profile.clone())] } else { Vec::new() };
        Ok((intents, planned))
    })?;
    remarks.extend(planned.findings.iter().cloned());
    remarks.extend(touching(&planned, outcome.revision().is_some()));
    let revision = outcome.revision();
    remarks.extend(outcome.into_remarks());
    Ok(Reply::new(told::answer(order, &reading, &planned, revision, context.now), remarks))
}

/// Leaves one key in `reading`: the entry that was asked for, or the one whose key the profile has.
fn settle_on_entry(
    context: &Context,
    order: &Order,
    reading: &mut Reading,
    secrets: &mut dyn Secrets,
) -> Result<(), Diagnostics> {
    let staged = super::home::open(context)?.staged()?;
    let existing = match staged.has(&order.profile)? {
        true => Some(staged.profile(&order.profile)?),
        false => None,
    };
    let own = existing.as_ref().map(|profile| profile.key.public());
    key_entry::narrow(reading, &order.choice(), Purpose { own, needed: true, now: context.now }, secrets)
}

/// Which services will present the new certificate. The commit itself tells its roles.
fn touching(planned: &Planned, is_committed: bool) -> Option<Diagnostic> {
    if planned.roles.is_empty() || !planned.changed || is_committed {
        return None;
    }
    let told = Diagnostic::note("import/roles", "the commit will change what these roles present");
    Some(planned.roles.iter().fold(told, Diagnostic::fact))
}

/// What the profile will be, and what is to be said about it.
struct Planned {
    profile: Profile,
    chain: Chain,
    /// There was a profile with this name.
    existed: bool,
    /// It differs from what there was.
    changed: bool,
    findings: Vec<Diagnostic>,
    /// The roles that present it.
    roles: Vec<String>,
}

fn refuse_demo(name: &ProfileName) -> Result<(), Diagnostics> {
    if !name.is_demo() {
        return Ok(());
    }
    Err(Diagnostic::error("profile/demo", "the Demo profile is made by `init` and takes no other certificate")
        .fact("nothing was staged")
        .help("import under another name, such as mx-2026")
        .into())
}

fn plan(
    context: &Context,
    order: &Order,
    given: &Certificates,
    comment: &str,
    staged: &Staged,
) -> Result<Planned, Diagnostics> {
    let existing = match staged.has(&order.profile)? {
        true => Some(staged.profile(&order.profile)?),
        false => None,
    };
    let private = staged.authorities()?;
    let planned = judge(context, order, given, comment, &private, existing)
        .map_err(|errors| errors.with_fact("nothing was staged"))?;
    let roles = presenting(staged)?.remove(&order.profile).unwrap_or_default();
    Ok(Planned { roles, ..planned })
}

fn judge(
    context: &Context,
    order: &Order,
    given: &Certificates,
    comment: &str,
    private: &[Certificate],
    existing: Option<Profile>,
) -> Result<Planned, Diagnostics> {
    let given = &*with_own_certificate(existing.as_ref(), given);
    let key = key::settle(existing.as_ref(), given)?;
    let question = question(context, &key, private)?;
    let (chain, pile) = build_chain(&question, given, &key, existing.as_ref())?;
    let judged = checks::Judged {
        pile,
        chain: &chain,
        question: &question,
        request: existing.as_ref().and_then(|profile| profile.request.as_ref()),
    };
    let Judgement { findings, end } = checks::all(judged, &order.accept);
    if let Some(errors) = Diagnostics::if_errors(findings.clone()) {
        return Err(errors);
    }
    let imported = Imported { time: context.now, comment: comment.to_owned() };
    let mut profile =
        with_chain(existing.clone().unwrap_or_else(|| Profile::new(order.profile.clone(), key, context.now)), &chain);
    let changed = existing.as_ref().is_none_or(|old| !serves_the_same(old, &profile) || old.root != profile.root);
    if changed {
        profile.record.imported = Some(imported);
        profile.record.chain_end = Some(end);
        profile.previous = existing.as_ref().and_then(replaced_by(&profile));
    }
    Ok(Planned { profile, chain, existed: existing.is_some(), changed, findings, roles: Vec::new() })
}

/// Issuers that were missing can be brought alone: the profile has the certificate that they issued.
fn with_own_certificate<'a>(existing: Option<&Profile>, given: &'a Certificates) -> Cow<'a, Certificates> {
    let Some((profile, own)) = existing.and_then(|profile| Some((profile, profile.certificate.as_ref()?))) else {
        return Cow::Borrowed(given);
    };
    let issues = |found: &Found| {
        let issuer = &found.certificate;
        issuer.is_ca() && profile.chain().any(|one| one.issuer() == issuer.subject() && one != issuer)
    };
    let is_of_the_key = |found: &Found| found.certificate.public_key() == own.public_key();
    let has_leaf = given.certificates.iter().any(|found| is_of_the_key(found) || !found.certificate.is_ca());
    if has_leaf || !given.certificates.iter().any(issues) {
        return Cow::Borrowed(given);
    }
    let mut given = given.clone();
    given.certificates.insert(0, Found { certificate: own.clone(), place: place_in(profile, 1) });
    Cow::Owned(given)
}

/// As a commit asks of a listener. The private roots that are known here are not what the world trusts, but where a path may end.
fn question(context: &Context, key: &PrivateKey, private: &[Certificate]) -> Result<Question, Diagnostics> {
    let roots = private.iter().filter(|one| one.is_self_issued());
    Ok(Question {
        key: Some((key.public().clone(), "the profile".into())),
        stores: vec![system_store()],
        pool: roots.filter_map(|root| Link::from_der(root.der().to_vec()).ok()).collect(),
        ..Question::new(context.now, rulesets::ruleset("smtp-server", &[])?)
    })
}

/// Without a list that can be read nothing is trusted, and every chain ends open.
fn system_store() -> Store {
    let anchors = verify_materials::system_anchors(&mut Vec::new(), &mut Vec::new());
    Store { label: "system".into(), anchors: anchors.into_iter().map(|sourced| sourced.link).collect() }
}

/// The chain from the files alone; when that ends open, with the help of the intermediates that the profile had. And what it was
/// built from.
fn build_chain(
    question: &Question,
    given: &Certificates,
    key: &PrivateKey,
    existing: Option<&Profile>,
) -> Result<(Chain, Vec<Found>), Diagnostics> {
    let arrange = |found: &[Found]| {
        // Which of them is the leaf is the key's affair alone.
        Chain::arrange(found, Some(key.public()), question.at)?;
        Bundle::new(&checks::items(found.to_vec()), question).chain
    };
    let alone = arrange(&given.certificates).map_err(|error| match error {
        NoLeaf::KeyOfAuthority => key::of_authority(key, given),
        other => Diagnostic::error("import/no-certificate", other.to_string()).help("sealpost show FILE…"),
    })?;
    let old = existing.map(known_issuers).unwrap_or_default();
    if alone.is_complete() || old.is_empty() {
        return Ok((alone, given.certificates.clone()));
    }
    let all: Vec<_> = given.certificates.iter().cloned().chain(old.iter().cloned()).collect();
    let Ok(helped) = arrange(&all) else { return Ok((alone, given.certificates.clone())) };
    if helped.intermediates.len() == alone.intermediates.len() && helped.root.is_none() {
        return Ok((alone, given.certificates.clone()));
    }
    // What the profile had and does not need any more is superseded, not unrelated.
    let needed = old.into_iter().filter(|old| helped.path().any(|found| found.place == old.place));
    let pile = given.certificates.iter().cloned().chain(needed).collect();
    Ok((helped, pile))
}

fn known_issuers(profile: &Profile) -> Vec<Found> {
    let issuers = profile.intermediates.iter().chain(&profile.root);
    issuers
        .enumerate()
        .map(|(index, issuer)| Found { certificate: issuer.clone(), place: place_in(profile, index + 2) })
        .collect()
}

/// A certificate that stands in the profile, counted from its leaf.
fn place_in(profile: &Profile, block: usize) -> Place {
    Place { block: Some(block), ..Place::file(format!("profile {}", profile.name)) }
}

fn with_chain(mut profile: Profile, chain: &Chain) -> Profile {
    profile.certificate = Some(chain.leaf.certificate.clone());
    profile.intermediates = chain.intermediates.iter().map(|found| found.certificate.clone()).collect();
    profile.root = chain.root.as_ref().map(|found| found.certificate.clone());
    profile
}

fn serves_the_same(one: &Profile, other: &Profile) -> bool {
    one.certificate == other.certificate && one.intermediates == other.intermediates
}

/// The version that `new` takes the place of; the one before stays when only the issuers differ from nothing served.
fn replaced_by(new: &Profile) -> impl Fn(&Profile) -> Option<Previous> {
    move |old| match &old.certificate {
        Some(certificate) if !serves_the_same(old, new) => {
            Some(Previous { certificate: certificate.clone(), intermediates: old.intermediates.clone() })
        }
        _ => old.previous.clone(),
    }
}
