//! What a peer concludes: whether it believes the chain, and whether it finds a name that it looks for.

use std::collections::BTreeMap;

use super::Concluded;
use super::peers::{Question, Wants};
use crate::app::authorities;
use crate::app::verify_reasons::told;
use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::model::distinguished_name::DistinguishedName;
use crate::model::moment::Moment;
use crate::model::profile::ProfileSummary;
use crate::trust::link::Link;
use crate::trust::peer::{self, Anchors, Peer, Usage};
use crate::trust::presented::Presented;
use crate::trust::reference::{Reference, is_below};
use crate::trust::ruleset::Ruleset;
use crate::trust::wording::moment_of;

/// A peer that trusts the authority lists that are enabled here.
pub(super) struct Judging {
    now: Moment,
    anchors: Anchors,
    /// Certificates of authorities that only this gateway and its friends trust.
    private: Vec<Link>,
}

impl Judging {
    pub fn new(configuration: &Configuration, custom: &[Certificate], now: Moment) -> Judging {
        let anchors = authorities::anchors(configuration, custom);
        let system = authorities::system_links();
        let private = anchors.iter().filter(|anchor| !system.contains(anchor)).cloned().collect();
        Judging { now, anchors: Anchors::new(anchors), private }
    }

    pub fn now(&self) -> Moment {
        self.now
    }

    /// Answers every question about what `presented` presents; the error is why nothing is.
    pub fn conclude(&self, questions: Vec<Question>, presented: Result<&ProfileSummary, &str>) -> Vec<Concluded> {
        let chain: Vec<&[u8]> = presented
            .iter()
            .flat_map(|profile| profile.certificate.iter().chain(&profile.intermediates))
            .map(Certificate::der)
            .collect();
        let mut judged = BTreeMap::new();
        questions
            .into_iter()
            .map(|question| {
                let (accepts, because) = match presented {
                    Ok(_) => self.answer(&question.wants, &chain, &mut judged),
                    Err(why) => (false, why.to_owned()),
                };
                let Question { peer, who, domain, matters, .. } = question;
                Concluded { peer, who, domain, accepts, matters, because }
            })
            .collect()
    }

    fn answer(&self, wants: &Wants, chain: &[&[u8]], judged: &mut BTreeMap<bool, Peer>) -> (bool, String) {
        let usages = match wants {
            Wants::Anything => return (true, "it encrypts, and looks at nothing".to_owned()),
            Wants::Chain(usages) => usages.clone(),
            Wants::OneOf(_) | Wants::OneOfNoCommonName(_) | Wants::Within(_) => vec![Usage::Server],
        };
        let mut judge = |usage: Usage| {
            let judged = judged.entry(usage == Usage::Client);
            judged.or_insert_with(|| peer::judge(chain, &self.anchors, usage, self.now.unix_timestamp())).clone()
        };
        let peers: Vec<Peer> = usages.into_iter().map(&mut judge).collect();
        let Some(peer) = peers.iter().find(|peer| peer.is_believed()).or(peers.first()) else {
            return (false, "it has nothing to judge by".to_owned());
        };
        if let Some(reason) = self.disbelief(peer) {
            return (false, reason);
        }
        match names(wants, peer) {
            Ok(found) => (true, format!("{found}{}", self.trusting(peer))),
            Err(missing) => (false, missing),
        }
    }

    fn disbelief(&self, peer: &Peer) -> Option<String> {
        let fault = peer.main_reason()?;
        let link = peer.path.get(fault.0);
        let issuer = link.and_then(|link| DistinguishedName::from_der(link.issuer()));
        let issuer = issuer.as_ref().map_or("?", DistinguishedName::short);
        let told = told(fault, self.now, Ruleset::Rfc5280, issuer);
        let told = match told.code {
            // For who presents the chain, not for who verifies it.
            "chain/missing-intermediate" => format!("was issued by {issuer}, which is neither sent along nor trusted"),
            "chain/unknown-root" => format!("was issued by {issuer}, which is not trusted"),
            _ => told.message,
        };
        Some(format!("{} {told}", link.map_or_else(|| "the certificate".to_owned(), name)))
    }

    /// Whose word it takes.
    fn trusting(&self, peer: &Peer) -> String {
        let Some(anchor) = peer.path.last() else { return String::new() };
        let name = name(anchor);
        match self.private.contains(anchor) {
            true => format!("where {name} is trusted as it is here"),
            false => format!("it trusts {name} until {}", crate::model::moment::date(moment_of(anchor.not_after()))),
        }
    }
}

/// What was found of what is wanted, ready to be followed by whose word is taken; or what is missing.
fn names(wants: &Wants, peer: &Peer) -> Result<String, String> {
    let Some(leaf) = &peer.leaf else { return Err("the certificate cannot be read".to_owned()) };
    let (presented, wanted) = match wants {
        Wants::Anything | Wants::Chain(_) => return Ok(String::new()),
        Wants::OneOf(wanted) => (Presented::of(leaf), wanted.clone()),
        Wants::OneOfNoCommonName(wanted) => (Presented::in_alt_names(leaf), wanted.clone()),
        Wants::Within(domain) => return within(domain, &Presented::of(leaf), leaf),
    };
    let found = wanted.iter().find_map(|name| Some((name, presented.matches(name).ok()?)));
    match found {
        Some((name, matched)) => Ok(format!("{matched} fits {name}; ")),
        None => Err(mismatch(&wanted, &presented)),
    }
}

fn within(domain: &Reference, presented: &Presented, leaf: &Link) -> Result<String, String> {
    let Reference::Dns(name) = domain else { return Err(mismatch(std::slice::from_ref(domain), presented)) };
    let alternative = leaf.extensions().alt_names.iter().flatten();
    let hosts = alternative.filter_map(|entry| match entry {
        crate::trust::general_name::GeneralName::Dns(host) => Some(host.as_str()),
        _ => None,
    });
    let hosts: Vec<&str> = hosts.chain(presented.host_common_names().iter().map(String::as_str)).collect();
    let fits = |host: &&&str| host.eq_ignore_ascii_case(name) || is_below(&host.to_ascii_lowercase(), name);
    match hosts.iter().find(fits) {
        Some(host) => Ok(format!("{host} lies within {name}; ")),
        None => Err(format!("it looks for {name} or a name below it{}", listed(presented))),
    }
}

fn mismatch(wanted: &[Reference], presented: &Presented) -> String {
    let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let wanted = if wanted.is_empty() { "a name that nobody knows".to_owned() } else { wanted.join(" or ") };
    format!("it looks for {wanted}{}", listed(presented))
}

fn listed(presented: &Presented) -> String {
    // Any name that cannot be there tells what is.
    let nothing = Reference::Dns(String::new());
    match presented.matches(&nothing) {
        Ok(_) => String::new(),
        Err(names) if names.names.is_empty() => "; the certificate has no names".to_owned(),
        Err(names) => {
            let more = if names.more > 0 { format!(" and {} more", names.more) } else { String::new() };
            format!("; the certificate is for {}{more}", names.names.join(", "))
        }
    }
}

/// The common name, or the whole subject where there is none.
fn name(link: &Link) -> String {
    let certificate = Certificate::from_der(link.der()).ok();
    certificate.map_or_else(|| "a certificate".to_owned(), |certificate| certificate.display_name().to_owned())
}
