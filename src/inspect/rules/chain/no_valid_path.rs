//! `chain/no-valid-path`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::AnchorPolicy;
use crate::model::diagnostic::Severity;
use crate::model::finding::Finding;
use crate::trust::reason::Reason;

use super::no_leaf;
use super::path::{self, PathFault};

pub const RULE: Rule = Rule {
    id: "chain/no-valid-path",
    severity: Severity::Error,
    decides: true,
    summary: "path validation refuses the chain, for a reason that no other rule names",
    why: "`sealpost verify` says no to this chain. Every other rule looks for one known fault; this one passes on what path \
          validation says, so that nothing is let pass that a verifier refuses.",
    mend: "See every path that was tried, with the place where it fails: `sealpost verify FILE`.",
    source: "RFC 5280 6.1",
    fixable: false,
    check: Check::Remaining(check),
};

/// The rules about a path that ends before an anchor.
const OPEN_END: [&str; 2] = ["chain/missing-intermediate", "chain/unknown-root"];

fn check(bundle: &Bundle<'_>, question: &Question, findings: &[Finding]) -> Outcome {
    let Some(leaf) = bundle.leaf().filter(|_| !no_leaf::applies(bundle, question)) else {
        return Outcome::NotApplicable;
    };
    let Some(verdict) = &bundle.verdict else {
        // A leaf that cannot be read strictly is refused by every strict verifier.
        let is_told = findings.iter().any(|finding| finding.is_failing());
        let what = leaf.link.as_ref().err().map_or_else(String::new, |malformed| malformed.to_string());
        let said = || Said::new(format!("{} cannot be read strictly", leaf.name())).about(leaf.index).fact(what);
        return Outcome::unless(is_told, said);
    };
    if verdict.is_valid() || verdict.gave_up.is_some() {
        return path::unless_judged(bundle);
    }
    path::faults(bundle, |fault| (!is_known(fault, bundle, question, findings)).then(|| described(fault)))
}

fn described(fault: &PathFault<'_>) -> Said {
    Said::new(format!("no path to a trust anchor holds: {} {}", path::name(fault.link), fault.reason)).fact(match fault
        .depth
    {
        0 => "it is the leaf".to_owned(),
        depth => format!("it is certificate {depth} above the leaf"),
    })
}

/// Another rule says it, or nobody asked.
fn is_known(fault: &PathFault<'_>, bundle: &Bundle<'_>, question: &Question, findings: &[Finding]) -> bool {
    let is_open = fault.reason.is_open_end();
    if (is_open || *fault.reason == Reason::UntrustedRoot) && question.stores.is_empty() {
        return true;
    }
    let id = fault.reason.id(fault.depth);
    if question.ruleset.is_off(id) {
        return true;
    }
    // What lies above an open end is judged by more than the path: by what was not read, and by what the pool has.
    let is_its_rule = |rule: &str| rule == id || (is_open && OPEN_END.contains(&rule));
    let says_no = |finding: &Finding| question.ruleset.anchor == AnchorPolicy::Wanted || finding.is_failing();
    let index = path::member(bundle, fault.link).map(|member| member.index);
    // Rules tell apart what a certificate lacks more finely than path validation does, and under other names.
    let about_the_same = |finding: &Finding| {
        index.is_some() && finding.certificate.as_ref().map(|subject| subject.index) == index && fault.reason.is_local()
    };
    findings.iter().any(|finding| says_no(finding) && (is_its_rule(finding.rule) || about_the_same(finding)))
}
