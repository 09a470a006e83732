//! The catalogue of rules as it was promised, against the rules that there are.

use std::collections::{BTreeMap, BTreeSet};

use sealpost::inspect::rules::{self, Check, Rule};
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::diagnostic::Severity::{self, Error, Note, Warning};

use crate::cases;

/// Every rule that is promised, and its severity for a bundle of a public server.
#[rustfmt::skip]
const PROMISED: &[(&str, Severity)] = &[
    ("pem/no-certificate", Error),
    ("pem/malformed", Error),
    ("pem/escaped-newlines", Error),
    ("pem/glued-blocks", Warning),
    ("pem/bom", Warning),
    ("pem/cr-only", Warning),
    ("pem/indented", Warning),
    ("pem/blank-lines", Warning),
    ("pem/crlf", Note),
    ("pem/odd-wrapping", Note),
    ("pem/text-outside", Note),
    ("pem/trusted-label", Warning),
    ("pem/legacy-label", Note),
    ("pem/foreign-block", Note),
    ("pem/private-key", Error),
    ("pem/p12-legacy-encryption", Warning),
    ("pem/request-without-attributes", Note),
    ("key/malformed", Error),
    ("key/mismatch", Error),
    ("key/encrypted", Note),
    ("key/weak", Warning),
    ("key/reused", Warning),
    ("key/file-mode", Warning),
    ("chain/no-leaf", Error),
    ("chain/leaf-not-first", Error),
    ("chain/misordered", Error),
    ("chain/duplicate", Warning),
    ("chain/missing-intermediate", Error),
    ("chain/unrelated", Warning),
    ("chain/multiple-leaves", Warning),
    ("chain/root-included", Note),
    ("chain/unknown-root", Error),
    ("chain/untrusted-root", Error),
    ("chain/self-signed-leaf", Error),
    ("chain/cross-signed", Note),
    ("chain/expired-needless", Error),
    ("chain/same-subject-different-key", Warning),
    ("chain/bad-signature", Error),
    ("chain/aki-mismatch", Error),
    ("chain/dn-encoding", Warning),
    ("chain/unchecked-signature", Error),
    ("chain/no-valid-path", Error),
    ("chain/ca-expires-first", Warning),
    ("chain/pathlen", Error),
    ("chain/name-constraints", Error),
    ("chain/not-a-ca", Error),
    ("chain/ku-no-certsign", Error),
    ("chain/eku-nesting", Error),
    ("chain/too-long", Warning),
    ("chain/store-differs", Warning),
    ("cert/expired-leaf", Error),
    ("cert/expired-ca", Error),
    ("cert/not-yet-valid", Error),
    ("cert/expires-soon", Warning),
    ("cert/validity-too-long", Warning),
    ("cert/validity-order", Error),
    ("cert/bad-time-encoding", Error),
    ("cert/weak-signature", Error),
    ("cert/weak-key", Error),
    ("cert/rsa-exponent", Error),
    ("cert/rsa-modulus", Error),
    ("cert/key-type", Error),
    ("cert/sigalg-mismatch", Error),
    ("cert/version", Error),
    ("cert/serial", Error),
    ("cert/eku", Error),
    ("cert/no-eku", Note),
    ("cert/eku-client-auth", Note),
    ("cert/ku-leaf", Warning),
    ("cert/ku-algorithm", Warning),
    ("cert/ku-eku-inconsistent", Warning),
    ("cert/ku-not-critical", Warning),
    ("cert/bc-not-critical", Warning),
    ("cert/nc-not-critical", Warning),
    ("cert/leaf-is-ca", Error),
    ("cert/pathlen-misplaced", Warning),
    ("cert/nc-malformed", Warning),
    ("cert/nc-not-in-ca", Warning),
    ("cert/unknown-critical-ext", Error),
    ("cert/duplicate-ext", Error),
    ("cert/malformed-ext", Error),
    ("cert/aki-ski", Warning),
    ("cert/precert-poison", Error),
    ("cert/must-staple", Warning),
    ("cert/no-revocation-info", Note),
    ("cert/no-aia-issuer", Note),
    ("cert/malformed", Error),
    ("cert/ca-no-ku", Error),
    ("cert/ku-leaf-certsign", Error),
    ("cert/ku-empty", Error),
    ("cert/eku-critical", Warning),
    ("cert/eku-in-root", Warning),
    ("cert/pc-not-critical", Warning),
    ("cert/ca-empty-subject", Warning),
    ("name/hostname-mismatch", Error),
    ("name/no-san", Error),
    ("name/cn-not-in-san", Warning),
    ("name/bad-san", Warning),
    ("name/wildcard", Warning),
    ("name/wildcard-public-suffix", Warning),
    ("name/underscore", Warning),
    ("name/idna", Warning),
    ("name/internal", Warning),
    ("name/san-critical", Note),
    ("name/duplicate-san", Note),
    ("name/san-not-critical-empty-subject", Warning),
    ("mail/mx-not-covered", Error),
    ("mail/dane-ta-chain", Error),
    ("mail/dane-ee-mismatch", Error),
    ("mail/appliance-order", Error),
];

/// Rules beyond: faults of files that the scanner finds, outcomes of path validation that have no other name, and the second name
/// that senders may look for.
const BEYOND: &[&str] = &[
    "cert/netscape-type",
    "chain/unfit-root",
    "mail/dane-unusable",
    "input/unusable",
    "pem/damaged-marker",
    "pem/distrusted",
    "pem/encoded-twice",
    "pem/headers",
    "pem/invisible-characters",
    "pem/locked",
    "pem/no-markers",
    "pem/quoted",
    "pem/quoted-printable",
    "pem/trailing-bytes",
    "pem/utf-16",
    "pem/wrong-label",
    "cert/bad-subject",
    "cert/ca-eku",
    "cert/eku-servers-only",
    "cert/sigalg-parameters",
    "chain/policy",
    "chain/revocation-unknown",
    "chain/revoked",
    "chain/tls-feature",
    "chain/too-complex",
    "chain/weak-crl",
    "mail/domain-not-covered",
    "name/arpa",
];

/// Rules that public verifiers do not have and that decide in `public-tls` all the same.
const DECIDING: &[&str] = &[
    "cert/eku-critical",
    "cert/eku-in-root",
    "cert/pc-not-critical",
    "cert/ca-empty-subject",
    "name/san-not-critical-empty-subject",
];

/// Rules that may lack what they need to tell: a leaf that can be read strictly, an extension that can, anchors, a mode.
const BLOCKED: &[&str] = &[
    "cert/pathlen-misplaced",
    "chain/aki-mismatch",
    "chain/bad-signature",
    "chain/ca-expires-first",
    "chain/dn-encoding",
    "chain/eku-nesting",
    "chain/ku-no-certsign",
    "chain/missing-intermediate",
    "chain/name-constraints",
    "chain/not-a-ca",
    "chain/pathlen",
    "chain/policy",
    "chain/revocation-unknown",
    "chain/revoked",
    "chain/same-subject-different-key",
    "chain/store-differs",
    "chain/unfit-root",
    "chain/unknown-root",
    "chain/untrusted-root",
    "key/file-mode",
    "mail/domain-not-covered",
    "mail/mx-not-covered",
    "name/no-san",
];

#[test]
fn every_promised_rule_exists_with_its_severity() {
    let exist: BTreeMap<&str, &Rule> = rules::all().map(|rule| (rule.id, rule)).collect();
    assert_eq!(exist.len(), rules::all().count(), "an id is given twice");
    for (id, severity) in PROMISED {
        let rule = exist.get(id).unwrap_or_else(|| panic!("there is no rule {id}"));
        assert_eq!(rule.severity, *severity, "{id}");
    }
    let told: BTreeSet<&str> = PROMISED.iter().map(|(id, _)| *id).chain(BEYOND.iter().copied()).collect();
    assert_eq!(exist.keys().copied().collect::<BTreeSet<_>>(), told, "rules that are nowhere promised");
    let public = Ruleset::named("public-tls").unwrap();
    for id in DECIDING {
        assert!(public.level(exist[id]).decides, "{id} does not decide");
    }
}

#[test]
fn every_rule_can_be_explained() {
    for rule in rules::all() {
        let Rule { id, summary, why, mend, source, .. } = rule;
        assert!(!summary.is_empty() && !summary.ends_with('.') && !summary.contains('\n'), "{id}: {summary}");
        assert!(!summary.starts_with("The ") && summary.len() <= 110, "{id}: {summary}");
        assert!(why.ends_with('.') && mend.ends_with('.'), "{id}: {why} {mend}");
        assert!(!source.is_empty() && !source.ends_with('.'), "{id}: {source}");
        assert!(!why.contains("  ") && !mend.contains("  "), "{id} has a gap in its words");
    }
}

/// Whoever reads `passed` must be able to rely on it: that a rule did not apply, or could not look, is something else.
#[test]
fn passed_is_told_from_not_applicable_and_not_checkable() {
    for rule in rules::all() {
        let outcomes = cases::outcomes(rule.id);
        let has = |outcome: &str| outcomes.contains(outcome);
        // Rules of the scanner apply to every file.
        if matches!(rule.check, Check::Reading) || rule.id.starts_with("pem/") {
            continue;
        }
        assert!(has("passed") && has("not applicable"), "{}: {outcomes:?}", rule.id);
        assert_eq!(has("not checkable"), BLOCKED.contains(&rule.id), "{}: {outcomes:?}", rule.id);
    }
}
