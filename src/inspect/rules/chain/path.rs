//! The path that the rules about trust speak of: one, so that one fault is told once.

use crate::inspect::bundle::{Bundle, Member};
use crate::inspect::rules::{Outcome, Said};
use crate::model::certificate::Certificate;
use crate::model::distinguished_name::DistinguishedName;
use crate::trust::link::Link;
use crate::trust::reason::Reason;
use crate::trust::verdict::Path;

/// A fault of a path that does not hold, and the certificate it stands at.
pub struct PathFault<'a> {
    bundle: &'a Bundle<'a>,
    pub path: &'a Path,
    /// 0 is the leaf.
    pub depth: usize,
    pub link: &'a Link,
    pub reason: &'a Reason,
}

impl PathFault<'_> {
    /// Puts a finding at the certificate, or at the nearest one below it that is in the file.
    pub fn about(&self, said: Said) -> Said {
        let below = self.path.links.iter().take(self.depth + 1).rev();
        match below.filter_map(|link| member(self.bundle, link)).next() {
            Some(member) => said.about(member.index),
            None => said,
        }
    }
}

/// The path that the chain takes: one that holds, else the one that tells most.
pub fn best<'a>(bundle: &'a Bundle<'_>) -> Option<&'a Path> {
    let paths = &bundle.verdict.as_ref()?.paths;
    let chosen = bundle.best.as_ref().and_then(|best| paths.get(best.judged?));
    chosen.or_else(|| paths.first())
}

/// Every path that holds.
pub fn holding<'a>(bundle: &'a Bundle<'_>) -> Vec<&'a Path> {
    bundle.verdict.iter().flat_map(|verdict| &verdict.paths).filter(|path| path.holds()).collect()
}

/// What `tell` says of the faults of the path that tells most; nothing where some path holds.
pub fn faults<'a>(bundle: &'a Bundle<'a>, tell: impl Fn(&PathFault<'a>) -> Option<Said>) -> Outcome {
    let Some(path) = best(bundle) else { return unless_judged(bundle) };
    let told = path.faults.iter().filter_map(|(depth, reason)| {
        let fault = PathFault { bundle, path, depth: *depth, link: path.links.get(*depth)?, reason };
        tell(&fault).map(|said| fault.about(said))
    });
    let mut said: Vec<Said> = Vec::new();
    for one in told {
        if !said.contains(&one) {
            said.push(one);
        }
    }
    Outcome::of(said)
}

/// What is wrong with the dates of certificates on the best path that are not in the file: an anchor, or one of the pool.
pub fn dates_outside<'a>(bundle: &'a Bundle<'a>, tell: impl Fn(&PathFault<'a>) -> Option<Said>) -> Vec<Said> {
    match faults(bundle, |fault| tell(fault).filter(|_| member(bundle, fault.link).is_none())) {
        Outcome::Found(said) => said,
        _ => Vec::new(),
    }
}

/// Why no path gets to an anchor, told at the end of the one that got furthest; `None` where one does.
pub fn dead_end<'a>(bundle: &'a Bundle<'a>) -> Option<PathFault<'a>> {
    let verdict = bundle.verdict.as_ref()?;
    // Where the search was given up, the end of one path proves nothing.
    if verdict.gave_up.is_some() || verdict.paths.iter().any(|path| path.anchored) {
        return None;
    }
    let path = verdict.paths.first()?;
    let (depth, reason) = path.faults.iter().rfind(|(_, reason)| {
        matches!(
            reason,
            Reason::NoIssuer
                | Reason::UnknownRoot
                | Reason::UntrustedRoot
                | Reason::BadSignature { .. }
                | Reason::WeakSignature { .. }
                | Reason::UncheckedSignature { .. }
        )
    })?;
    Some(PathFault { bundle, path, depth: *depth, link: path.links.get(*depth)?, reason })
}

/// The outcome of a rule that found nothing to object to, or had nothing to look at.
pub fn unless_judged(bundle: &Bundle<'_>) -> Outcome {
    match (&bundle.verdict, bundle.leaf()) {
        (Some(verdict), _) if verdict.gave_up.is_some() && !verdict.is_valid() => {
            Outcome::NotCheckable("a path that could be built in time")
        }
        (Some(_), _) => Outcome::Passed,
        (None, Some(_)) => Outcome::NotCheckable("a certificate that can be read strictly"),
        (None, None) => Outcome::NotApplicable,
    }
}

/// The certificate of the file that a link of a path is.
pub fn member<'a>(bundle: &'a Bundle<'_>, link: &Link) -> Option<&'a Member> {
    bundle.members.iter().find(|member| member.link.as_ref().is_ok_and(|own| own == link))
}

/// Some path goes through it.
pub fn is_on_one(bundle: &Bundle<'_>, member: &Member) -> bool {
    let mut paths = bundle.verdict.iter().flat_map(|verdict| &verdict.paths);
    member.link.as_ref().is_ok_and(|own| paths.any(|path| path.links.contains(own)))
}

/// It bears the name of an issuer on the path: `chain/bad-signature` and `chain/same-subject-different-key` tell of it.
pub fn is_namesake(bundle: &Bundle<'_>, member: &Member) -> bool {
    let (Some(path), Ok(own)) = (best(bundle), &member.link) else { return false };
    path.links.iter().any(|link| link.issuer_folded() == own.subject_folded())
}

/// Certificates of the file that bear the name of the issuer.
pub fn issuers_by_name<'a>(bundle: &'a Bundle<'_>, child: &Link) -> Vec<&'a Member> {
    let bears = |link: &Link| link.subject_folded() == child.issuer_folded() && link != child;
    bundle.members.iter().filter(|member| member.link.as_ref().is_ok_and(bears)).collect()
}

/// The model's reading of a link.
pub fn certificate(link: &Link) -> Option<Certificate> {
    Certificate::from_der(link.der()).ok()
}

/// What an operator would call it.
pub fn name(link: &Link) -> String {
    certificate(link).map_or_else(|| "a certificate".to_owned(), |certificate| certificate.display_name().to_owned())
}

/// The whole subject (RFC 4514).
pub fn subject(link: &Link) -> String {
    DistinguishedName::from_der(link.subject()).map_or_else(String::new, |name| name.to_string())
}
