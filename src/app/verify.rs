//! May this chain be believed, for these names, this use, at this time, and why not.

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::gap;
use crate::inspect::question::Fetched;
use crate::inspect::ruleset::Ruleset;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::distinguished_name::DistinguishedName;
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::{self, Moment};
use crate::model::place::Place;
use crate::trust::link::Link;
use crate::trust::question::{Effort, Question};
use crate::trust::reason::Reason;
use crate::trust::reference::Reference;
use crate::trust::validation::Fault;
use crate::trust::verdict::{self, Path};
use crate::trust::wording::{moment_of, purpose_name};

use super::issuer_fetching::{FetchOrder, FetchTold, IssuerFetching};
use super::secrets::Secrets;
use super::verify_materials::{self, Inputs, Materials, Sourced};
use super::verify_reasons::told;

/// What is asked.
#[derive(Debug, Clone)]
pub struct VerifyOrder {
    /// Fetch what the chain lacks.
    pub fetch: Option<FetchOrder>,
    pub inputs: Inputs,
    pub names: Vec<Reference>,
    /// Object identifiers as encoded.
    pub purposes: Vec<Vec<u8>>,
    pub at: Moment,
    pub max_depth: Option<u32>,
    pub ruleset: Ruleset,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Validity {
    Valid,
    Invalid,
}

/// The answer, with everything it rests on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Verified {
    pub verdict: Validity,
    /// RFC 3339, UTC.
    pub at: String,
    /// As it was named, or the file.
    pub ruleset: String,
    pub names: Vec<String>,
    /// Purposes every certificate must allow.
    pub purposes: Vec<String>,
    /// How many trust anchors were at hand.
    pub anchors: usize,
    /// Paths that hold first, then those that were tried in vain, the most telling first.
    pub paths: Vec<VerifiedPath>,
    /// Why not all paths were tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gave_up: Option<String>,
    /// With --fetch-issuers: where missing issuers were looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fetched: Vec<FetchTold>,
}

/// One path, leaf first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerifiedPath {
    pub verdict: Validity,
    /// It ends at a trust anchor.
    pub anchored: bool,
    /// The last second at which all its certificates are valid.
    pub not_after: String,
    /// The same with its distance from the moment asked about, for people.
    #[serde(skip)]
    pub holds_until: String,
    pub certificates: Vec<PathCertificate>,
    pub reasons: Vec<PathReason>,
    /// Who would have to come next, where nobody of that name is at hand: an intermediate that is missing, or a root that is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_issuer: Option<String>,
}

/// Where a certificate stands in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Leaf,
    Intermediate,
    Anchor,
}

/// One certificate of a path.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PathCertificate {
    /// 0 is the leaf.
    pub depth: usize,
    pub role: Role,
    /// RFC 4514.
    pub subject: String,
    pub issuer: String,
    pub not_before: String,
    pub not_after: String,
    pub sha256: Fingerprint,
    pub place: Place,
    /// The label of the trust source of an anchor.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub store: String,
    /// The common name, or the whole subject where there is none.
    #[serde(skip)]
    pub short: String,
}

/// Why a path does not hold.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PathReason {
    /// The certificate it stands at; 0 is the leaf.
    pub depth: usize,
    /// The lint rule that says the same.
    pub code: &'static str,
    pub message: String,
    pub facts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Answers one question about one file.
pub fn verify(order: &VerifyOrder, secrets: &mut dyn Secrets) -> Result<Reply<Verified>, Diagnostics> {
    let mut materials = verify_materials::read(&order.inputs, &order.purposes, secrets)?;
    let question = Question {
        at: order.at.unix_timestamp(),
        names: order.names.clone(),
        common_name: order.ruleset.common_name,
        purposes: order.purposes.clone(),
        max_depth: order.max_depth,
        ruleset: order.ruleset.path_rules(),
        crls: std::mem::take(&mut materials.crls),
        effort: Effort::Explain,
    };
    let links = |list: &[Sourced]| list.iter().map(|sourced| sourced.link.clone()).collect::<Vec<Link>>();
    let anchors = links(&materials.anchors);
    let judge = |pool: &[Sourced]| verdict::verify(&question, &materials.leaf.link, &links(pool), &anchors);
    let mut verdict = judge(&materials.pool);
    let mut fetched = Vec::new();
    if let Some(fetch) = order.fetch.as_ref().filter(|_| !gap::open_ends(&verdict).is_empty()) {
        let fetching = IssuerFetching::new(fetch, anchors.iter())?;
        let given = materials.pool.clone();
        let (found, told) = fetching.complete(|fetched| {
            if !fetched.is_empty() {
                verdict = judge(&with_fetched(&given, fetched));
            }
            gap::open_ends(&verdict).into_iter().cloned().collect()
        });
        materials.pool = with_fetched(&given, &found);
        verdict = judge(&materials.pool);
        fetched = told;
    }
    let answer = Verified {
        verdict: validity(verdict.is_valid()),
        at: moment::rfc3339(order.at),
        ruleset: order.ruleset.name.clone(),
        names: order.names.iter().map(ToString::to_string).collect(),
        purposes: order.purposes.iter().map(|oid| purpose_name(&crate::trust::dotted(oid))).collect(),
        anchors: anchors.len(),
        paths: verdict.paths.iter().map(|path| described(path, &materials, order)).collect(),
        gave_up: verdict.gave_up.map(|exhausted| exhausted.to_string()),
        fetched,
    };
    Ok(Reply::new(answer, materials.remarks))
}

/// Where it came from stands in the place of a file.
fn with_fetched(given: &[Sourced], fetched: &[Fetched]) -> Vec<Sourced> {
    let sourced = |fetched: &Fetched| Sourced {
        link: fetched.link.clone(),
        place: Place::file(&fetched.url),
        store: String::new(),
    };
    given.iter().cloned().chain(fetched.iter().map(sourced)).collect()
}

fn validity(yes: bool) -> Validity {
    if yes { Validity::Valid } else { Validity::Invalid }
}

fn described(path: &Path, materials: &Materials, order: &VerifyOrder) -> VerifiedPath {
    let certificates: Vec<PathCertificate> =
        path.links.iter().enumerate().map(|(depth, link)| certificate(depth, link, path, materials)).collect();
    let ends_for_want = path.faults.iter().any(|(_, reason)| reason.is_open_end());
    let missing_issuer = certificates.last().filter(|_| ends_for_want).map(|last| last.issuer.clone());
    VerifiedPath {
        verdict: validity(path.holds()),
        anchored: path.anchored,
        not_after: moment::rfc3339(moment_of(path.not_after())),
        holds_until: moment::date_and_distance(moment_of(path.not_after()), order.at),
        reasons: path.faults.iter().map(|fault| reason(fault, path, &certificates, order)).collect(),
        certificates,
        missing_issuer,
    }
}

fn certificate(depth: usize, link: &Link, path: &Path, materials: &Materials) -> PathCertificate {
    let role = match depth {
        0 => Role::Leaf,
        _ if path.anchored && depth + 1 == path.links.len() => Role::Anchor,
        _ => Role::Intermediate,
    };
    let known = |list: &'_ [Sourced]| list.iter().find(|sourced| sourced.link == *link).cloned();
    let source = match role {
        Role::Leaf => Some(materials.leaf.clone()),
        Role::Anchor => known(&materials.anchors),
        Role::Intermediate => known(&materials.pool),
    };
    let (place, store) = source.map(|source| (source.place, source.store)).unwrap_or_default();
    let subject = DistinguishedName::from_der(link.subject());
    let issuer = DistinguishedName::from_der(link.issuer());
    let text = |name: &Option<DistinguishedName>| name.as_ref().map_or("?".into(), ToString::to_string);
    PathCertificate {
        depth,
        role,
        short: short(subject.as_ref(), link),
        subject: text(&subject),
        issuer: text(&issuer),
        not_before: moment::rfc3339(moment_of(link.not_before())),
        not_after: moment::rfc3339(moment_of(link.not_after())),
        sha256: Fingerprint::of(link.der()),
        place,
        store,
    }
}

/// The common name, the first name it is for, or the whole subject.
fn short(subject: Option<&DistinguishedName>, link: &Link) -> String {
    let common = subject.and_then(DistinguishedName::common_name).map(str::to_owned);
    let first = || link.extensions().alt_names.iter().flatten().next().map(ToString::to_string);
    common.or_else(first).unwrap_or_else(|| subject.map_or("?".into(), ToString::to_string))
}

fn reason(fault: &Fault, path: &Path, certificates: &[PathCertificate], order: &VerifyOrder) -> PathReason {
    let issuer = certificates.get(fault.0).map_or("?", |certificate| certificate.issuer.as_str());
    let mut told = told(fault, order.at, order.ruleset.path_rules(), issuer);
    if fault.1 == Reason::NoIssuer {
        let uris = path.links.get(fault.0).map(|link| link.extensions().ca_issuers.as_slice()).unwrap_or_default();
        told.facts.extend(uris.iter().take(2).map(|uri| format!("its certificate can be fetched from: {uri}")));
    }
    PathReason { depth: fault.0, code: told.code, message: told.message, facts: told.facts, help: told.help }
}
