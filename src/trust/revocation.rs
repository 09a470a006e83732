//! Revocation by CRLs (RFC 5280 section 6.3), for every certificate of a path below the anchor.

use crate::model::signature;

use super::asn1::Malformed;
use super::budget::Exhausted;
use super::crl::{self, Crl, Entry, REMOVED};
use super::distinguished::FoldedName;
use super::extensions::{DistributionPoint, PointName};
use super::general_name::GeneralName;
use super::link::Link;
use super::question::{Effort, Question};
use super::reason::{NoStatus, Reason};
use super::ruleset::Check;
use super::search::Search;
use super::validation::Fault;

/// Bit 6 of keyUsage.
const CRL_SIGN: u16 = 1 << 6;
/// All bits of ReasonFlags but "unused".
const ALL_REASONS: u16 = 0x1fe;
/// A CRL may be signed by a certificate whose own CRL is signed by another one; nobody needs more than this.
const DEEPEST: u8 = 3;

impl Search<'_> {
    /// One fault for each certificate that is revoked or has no status.
    pub(super) fn revocation(&mut self, path: &[usize]) -> Result<Vec<Fault>, Exhausted> {
        let mut faults = Vec::new();
        for depth in 0..path.len().saturating_sub(1) {
            if let Some(reason) = self.status(path, depth)? {
                faults.push((depth, reason));
            }
        }
        Ok(faults)
    }

    /// Section 6.3.3 for the certificate at one depth: `None` when it is not revoked.
    fn status(&mut self, path: &[usize], depth: usize) -> Result<Option<Reason>, Exhausted> {
        let links = self.links(path);
        let Some(link) = links.get(depth).copied() else { return Ok(None) };
        let question = self.question;
        let mut covered = 0;
        let mut closest = NoStatus::NoCrl;
        for point in points(link) {
            for (number, list) in question.crls.iter().enumerate() {
                if list.extensions().delta_base.is_some() {
                    continue;
                }
                match self.ask(number, link, &point, covered, path, depth)? {
                    Ok((Some(reason), _)) => return Ok(Some(reason)),
                    Ok((None, reasons)) => covered |= reasons,
                    Err(problem) => closest = closest.max(problem),
                }
            }
        }
        Ok(match covered {
            ALL_REASONS => None,
            0 => Some(Reason::NoStatus(closest)),
            _ => Some(Reason::NoStatus(NoStatus::SomeReasonsOnly)),
        })
    }

    /// What one complete CRL says through one distribution point: whether the certificate is revoked, and for which reasons it
    /// would say so.
    fn ask(
        &mut self,
        number: usize,
        link: &Link,
        point: &DistributionPoint,
        covered: u16,
        path: &[usize],
        depth: usize,
    ) -> Result<Result<(Option<Reason>, u16), NoStatus>, Exhausted> {
        let Some(list) = self.question.crls.get(number) else { return Ok(Err(NoStatus::NoCrl)) };
        let Some(reasons) = scope(list, link, point) else { return Ok(Err(NoStatus::OutOfScope)) };
        if reasons & !covered == 0 {
            return Ok(Ok((None, 0)));
        }
        if let Err(problem) = usable(list, self.question) {
            return Ok(Err(problem));
        }
        if signature::is_weak(list.signature_algorithm()) {
            return Ok(Err(NoStatus::WeakSignature));
        }
        if !signature::is_implemented(list.signature_algorithm()) {
            return Ok(Err(NoStatus::UncheckedSignature));
        }
        if !self.is_signed(number, path, depth)? {
            return Ok(Err(NoStatus::BadSignature));
        }
        let revoked = self.look_up(number, path, depth)?;
        Ok(revoked.map(|reason| (reason, reasons)))
    }

    /// Asks the delta CRLs that belong to a complete one, then the complete one.
    fn look_up(
        &mut self,
        number: usize,
        path: &[usize],
        depth: usize,
    ) -> Result<Result<Option<Reason>, NoStatus>, Exhausted> {
        let question = self.question;
        let (Some(list), Some(&node)) = (question.crls.get(number), path.get(depth)) else { return Ok(Ok(None)) };
        let mut sources = Vec::new();
        for (other, delta) in question.crls.iter().enumerate().filter(|(_, delta)| updates(delta, list)) {
            if usable(delta, question).is_ok() && self.is_signed(other, path, depth)? {
                sources.push(other);
            }
        }
        sources.push(number);
        for source in sources {
            match self.entry(source, node) {
                Err(_) => return Ok(Err(NoStatus::Unsupported)),
                Ok(Some(entry)) if entry.code == REMOVED => return Ok(Ok(None)),
                Ok(Some(entry)) => return Ok(Ok(Some(Reason::Revoked { at: entry.at, code: entry.code }))),
                Ok(None) => {}
            }
        }
        Ok(Ok(None))
    }

    /// The entry of a CRL for a node; a long list is read once for each.
    fn entry(&mut self, number: usize, node: usize) -> Result<Option<Entry>, Malformed> {
        if let Some(known) = self.crl_entries.get(&(number, node)) {
            return *known;
        }
        let found = match (self.question.crls.get(number), self.nodes.get(node)) {
            (Some(list), Some(node)) => list.find(node.link.issuer_folded(), node.link.serial()),
            _ => Ok(None),
        };
        self.crl_entries.insert((number, node), found);
        found
    }

    /// Section 6.3.3 (f) and (g): somebody who may sign CRLs under this name did, and is himself valid below the same anchor.
    fn is_signed(&mut self, number: usize, path: &[usize], depth: usize) -> Result<bool, Exhausted> {
        let Some(list) = self.question.crls.get(number) else { return Ok(false) };
        let above = path.get(depth + 1..).unwrap_or_default();
        let on_path = above.iter().copied().filter(|index| self.has_subject(*index, list.issuer()));
        let others = self.by_subject.get(list.issuer()).into_iter().flatten().copied();
        let others = others.filter(|index| !above.contains(index)).map(|index| (index, false));
        let candidates: Vec<(usize, bool)> = on_path.map(|index| (index, true)).chain(others).collect();
        for (index, is_on_path) in candidates {
            // Who only signs CRLs may stand on the list he signed himself; that he is trusted is what this search finds out.
            let is_himself = self.nesting > 0 && depth == 0 && self.is_leaf(index);
            if self.signed_by(number, index)? && (is_on_path || is_himself || self.is_trusted(index, path)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_leaf(&self, index: usize) -> bool {
        matches!((self.nodes.get(index), self.nodes.first()), (Some(node), Some(leaf)) if node.link == leaf.link)
    }

    fn has_subject(&self, index: usize, name: &FoldedName) -> bool {
        self.nodes.get(index).is_some_and(|node| node.link.subject_folded() == name)
    }

    fn signed_by(&mut self, number: usize, index: usize) -> Result<bool, Exhausted> {
        if let Some(known) = self.crl_signatures.get(&(number, index)) {
            return Ok(*known);
        }
        let (Some(list), Some(node)) = (self.question.crls.get(number), self.nodes.get(index)) else {
            return Ok(false);
        };
        let signer = node.link;
        let may_sign = signer.extensions().key_usage.is_none_or(|bits| bits & CRL_SIGN != 0);
        let (message, algorithm, signature) = list.signed();
        let signed = may_sign && !signature::is_weak(algorithm) && {
            self.budget.spend(Exhausted::Signatures, 1)?;
            signature::check(signer.public_key(), algorithm, message, signature).is_good()
        };
        self.crl_signatures.insert((number, index), signed);
        Ok(signed)
    }

    /// A search of its own for a certificate that only signs CRLs.
    fn is_trusted(&mut self, index: usize, path: &[usize]) -> Result<bool, Exhausted> {
        let Some(anchor) = path.last().and_then(|last| self.nodes.get(*last)) else { return Ok(false) };
        let Some(signer) = self.nodes.get(index) else { return Ok(false) };
        if signer.link == anchor.link {
            return Ok(true);
        }
        if self.nesting >= DEEPEST {
            return Ok(false);
        }
        let question = Question {
            names: Vec::new(),
            purposes: Vec::new(),
            effort: Effort::Verdict,
            // The profile of a server certificate is not asked of it.
            ruleset: super::ruleset::Ruleset::Rfc5280,
            ..self.question.clone()
        };
        let pool: Vec<Link> = self.nodes.iter().skip(1).map(|node| node.link.clone()).collect();
        let anchors = [anchor.link.clone()];
        let leaf = signer.link.clone();
        let mut search = Search::new(&question, &leaf, &pool, &anchors);
        search.budget = self.budget.clone();
        search.nesting = self.nesting + 1;
        let exhausted = search.run();
        self.budget = search.budget;
        match exhausted {
            Some(exhausted) => Err(exhausted),
            None => Ok(!search.holding.is_empty()),
        }
    }
}

/// The distribution points of a certificate, and at last the one that stands for CRLs nobody pointed to.
fn points(link: &Link) -> Vec<DistributionPoint> {
    let mut points = link.extensions().distribution_points.clone().unwrap_or_default();
    let name = PointName::Full(vec![GeneralName::Directory(link.issuer_folded().clone())]);
    points.push(DistributionPoint { name: Some(name), reasons: None, crl_issuer: Vec::new() });
    points
}

/// Section 6.3.3 (b) and (d): the reasons for which this CRL speaks about the certificate; `None` when it does not at all.
fn scope(list: &Crl, link: &Link, point: &DistributionPoint) -> Option<u16> {
    let issuing = list.extensions().issuing_point.as_ref();
    let names_issuer = |name: &GeneralName| matches!(name, GeneralName::Directory(name) if name == list.issuer());
    let right_issuer = match point.crl_issuer.is_empty() {
        true => list.issuer() == link.issuer_folded(),
        false => point.crl_issuer.iter().any(names_issuer) && issuing.is_some_and(|issuing| issuing.indirect),
    };
    if !right_issuer {
        return None;
    }
    let asked = point.reasons.unwrap_or(ALL_REASONS) & ALL_REASONS;
    let Some(issuing) = issuing else { return Some(asked) };
    let is_ca = link.is_ca();
    let wrong_kind = (issuing.only_user_certificates && is_ca)
        || (issuing.only_ca_certificates && !is_ca)
        || issuing.only_attribute_certificates;
    if wrong_kind || !same_point(issuing.name.as_ref(), list.issuer(), point, link) {
        return None;
    }
    Some(asked & issuing.only_reasons.unwrap_or(ALL_REASONS))
}

/// Section 6.3.3 (b) (2) (i): the CRL names one of the names of the point, or names none.
fn same_point(issuing: Option<&PointName>, crl_issuer: &FoldedName, point: &DistributionPoint, link: &Link) -> bool {
    let Some(issuing) = issuing else { return true };
    let issuing = full_names(issuing, crl_issuer);
    let wanted = match &point.name {
        Some(name) => {
            let base = point.crl_issuer.iter().find_map(|name| match name {
                GeneralName::Directory(name) => Some(name),
                _ => None,
            });
            full_names(name, base.unwrap_or(link.issuer_folded()))
        }
        None => point.crl_issuer.clone(),
    };
    wanted.iter().any(|name| issuing.contains(name))
}

fn full_names(name: &PointName, base: &FoldedName) -> Vec<GeneralName> {
    match name {
        PointName::Full(names) => names.clone(),
        PointName::Relative(relative) => base.extended_by(relative).map(GeneralName::Directory).into_iter().collect(),
    }
}

/// Dates, critical extensions and number.
fn usable(list: &Crl, question: &Question) -> Result<(), NoStatus> {
    if question.at < list.this_update() {
        return Err(NoStatus::NotYetIssued);
    }
    if list.next_update().is_some_and(|next| question.at > next) {
        return Err(NoStatus::Outdated);
    }
    if list.extensions().unknown_critical {
        return Err(NoStatus::Unsupported);
    }
    let good_number = list.extensions().number.as_ref().is_some_and(|(_, critical)| !critical);
    if question.ruleset.makes(Check::CrlNumber) && !good_number {
        return Err(NoStatus::Number);
    }
    Ok(())
}

/// Section 6.3.3 (c): a delta CRL for this complete one.
fn updates(delta: &Crl, list: &Crl) -> bool {
    let (new, old) = (delta.extensions(), list.extensions());
    let key = |id: &Option<super::extensions::AuthorityKeyId>| id.as_ref().and_then(|id| id.key_id.clone());
    let numbers = match (&new.delta_base, &new.number, &old.number) {
        (Some(base), Some((number, _)), Some((complete, _))) => {
            crl::reaches(complete, base) && crl::reaches(number, complete)
        }
        _ => false,
    };
    numbers
        && delta.issuer() == list.issuer()
        && new.issuing_point == old.issuing_point
        && key(&new.authority_key_id) == key(&old.authority_key_id)
}
