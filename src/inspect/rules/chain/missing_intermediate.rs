//! `chain/missing-intermediate`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path::{self, PathFault};
use crate::inspect::bundle::Member;
use crate::inspect::gap;
use crate::model::distinguished_name::DistinguishedName;
use crate::model::fingerprint::{Fingerprint, hex};
use crate::trust::link::Link;
use crate::trust::verdict::Path;

pub const RULE: Rule = Rule {
    id: "chain/missing-intermediate",
    severity: Severity::Error,
    decides: true,
    summary: "an issuer is missing",
    why: "Browsers often have the missing certificate from another visit or fetch it, so that the fault stays unseen \
          there. OpenSSL, GnuTLS, Go, Java, curl and mail servers refuse the chain.",
    mend: "Add the missing certificate: `sealpost lint --fix --pool FOLDER FILE` takes it from a folder, and \
           `--fetch-issuers` from where the authority publishes it.",
    source: "RFC 5280 6.1, RFC 5246 7.4.2",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(verdict) = &bundle.verdict else { return path::unless_judged(bundle) };
    let valid = verdict.is_valid();
    let mut reaching = verdict.paths.iter().filter(|path| if valid { path.holds() } else { path.anchored }).peekable();
    if let Some(best) = reaching.peek().copied() {
        let gap = if reaching.any(|path| gap(bundle, path).is_none()) { None } else { gap(bundle, best) };
        return gap.map_or(Outcome::Passed, |gap| Outcome::found(from_elsewhere(&gap, question)));
    }
    let Some(path) = verdict.paths.first().filter(|_| verdict.gave_up.is_none()) else {
        return path::unless_judged(bundle);
    };
    if let Some(gap) = gap(bundle, path) {
        return Outcome::found(from_elsewhere(&gap, question));
    }
    match path::dead_end(bundle) {
        Some(end) if question.stores.is_empty() && end.reason.is_open_end() => Outcome::NotCheckable("trust anchors"),
        Some(end) if lacks_intermediate(&end, bundle, question) => Outcome::found(end.about(missing(&end, question))),
        _ => Outcome::Passed,
    }
}

/// The path ends open, and something leads further: the certificate says where its issuer's is published, or what stands above it is
/// in the file, or may be what could not be read of it.
pub(super) fn lacks_intermediate(end: &PathFault<'_>, bundle: &Bundle<'_>, question: &Question) -> bool {
    match end.reason {
        Reason::NoIssuer => true,
        Reason::UnknownRoot => {
            bundle.items.damages.iter().any(|damage| gap::is_loss(damage, bundle))
                || !gap::above(bundle, question).is_empty()
        }
        _ => false,
    }
}

/// Where a path leaves the file for the pool, or for what was fetched.
struct Gap<'a> {
    below: &'a Member,
    taken: Vec<&'a Link>,
}

fn gap<'a>(bundle: &'a Bundle<'_>, path: &'a Path) -> Option<Gap<'a>> {
    let is_end = |link: &Link, depth: usize| depth + 1 == path.links.len() && (path.anchored || link.is_self_issued());
    let taken = path
        .links
        .iter()
        .enumerate()
        .filter(|(depth, link)| path::member(bundle, link).is_none() && !is_end(link, *depth));
    let taken: Vec<(usize, &Link)> = taken.collect();
    let (depth, _) = taken.first()?;
    let below = path.links.iter().take(*depth).rev().find_map(|link| path::member(bundle, link))?;
    Some(Gap { below, taken: taken.into_iter().map(|(_, link)| link).collect() })
}

fn from_elsewhere(gap: &Gap<'_>, question: &Question) -> Said {
    let names: Vec<String> = gap.taken.iter().map(|link| path::name(link)).collect();
    let said = Said::new(format!("the issuer of {} is missing: {}", gap.below.name(), names.join(", ")));
    let source = |link: &Link| question.source(link.der());
    let said = gap.taken.iter().fold(said.about(gap.below.index), |said, link| {
        let whence = source(link).map_or_else(|| "the pool has it".to_owned(), |url| format!("{url} has it"));
        said.fact(format!("{whence}: {}, SHA-256 {}", subject(link), Fingerprint::of(link.der())))
    });
    said.help(match gap.taken.iter().any(|link| source(link).is_some()) {
        true => "lint --fix with --fetch-issuers adds it",
        false => "lint --fix with the same --pool adds it",
    })
}

fn missing(end: &PathFault<'_>, question: &Question) -> Said {
    let said = missing_above(end.link, question);
    match end.depth {
        0 => said,
        _ => said.fact("if it is a root, which nobody sends, --trust FILE makes it known"),
    }
}

fn missing_above(link: &Link, question: &Question) -> Said {
    let issuer = DistinguishedName::from_der(link.issuer());
    let short = issuer.as_ref().map_or("a nameless authority", DistinguishedName::short);
    let whole = issuer.as_ref().map_or("", DistinguishedName::as_str);
    let extensions = link.extensions();
    let mut said = Said::new(format!("the issuer of {} is missing: {short}", path::name(link)))
        .fact(format!("{whole} is neither in the file nor {}", searched(question)));
    if let Some(id) = extensions.authority_key_id.as_ref().and_then(|id| id.key_id.as_ref()) {
        said = said.fact(format!("its key identifier: {}", hex(id)));
    }
    match extensions.ca_issuers.first() {
        Some(uri) => said.fact(format!("the authority publishes it at {uri}")).help(match question.is_fetching {
            true => "get it from the authority into a file, and name that with --pool",
            false => "--fetch-issuers looks there; or fetch it into a file, and name that with --pool",
        }),
        None => said.fact("the certificate does not say where it is published (no caIssuers)"),
    }
}

pub(super) fn searched(question: &Question) -> String {
    let stores: Vec<&str> = question.stores.iter().map(|store| store.label.as_str()).collect();
    match question.pool.len() {
        0 => format!("trusted ({})", stores.join(", ")),
        pool => format!(
            "in the pool ({}) nor trusted ({})",
            crate::model::moment::plural(pool as u64, "certificate"),
            stores.join(", ")
        ),
    }
}

fn subject(link: &Link) -> String {
    DistinguishedName::from_der(link.subject()).map_or_else(String::new, |name| name.to_string())
}
