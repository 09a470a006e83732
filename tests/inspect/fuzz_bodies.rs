//! What the fuzz targets do with their input, and what has to hold of it. Shared by `fuzz/` and by `fuzz.rs`, which runs them on
//! mutated files for a bounded time.
#![allow(dead_code)]

use sealpost::inspect::bundle::Bundle;
use sealpost::inspect::bytes::scanner::scan;
use sealpost::inspect::bytes::text::Text;
use sealpost::inspect::bytes::{self, Items, Kind};
use sealpost::inspect::chain::{Chain, Found};
use sealpost::inspect::findings::inspect_bundle;
use sealpost::inspect::mend::mend;
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::{BUILT_IN, Ruleset};
use sealpost::inspect::tree::Tree;
use sealpost::model::diagnostic::Severity;
use sealpost::model::moment::Moment;
use sealpost::trust::crl::Crl;
use sealpost::trust::link::Link;
use sealpost::trust::question::{Effort, Question as PathQuestion};
use sealpost::trust::ruleset::Ruleset as PathRuleset;
use sealpost::trust::verdict;
use time::macros::datetime;

const NOW: Moment = datetime!(2030-06-01 0:00 UTC);

/// The PEM scanner: every block lies in the text, and every BEGIN is a block.
pub fn scanner(data: &[u8]) {
    let text = Text::new(data);
    let scan = scan(&text);
    assert_eq!(scan.begins, scan.blocks.len());
    let mut end = 0;
    for block in &scan.blocks {
        assert!(end <= block.start && block.start < block.end && block.end <= text.bytes().len());
        assert!(text.offset(block.end) <= data.len() && text.index(text.offset(block.start)) == block.start);
        end = block.end;
    }
}

/// Every decoder: something was found, or it is said why not, and places are places of the file.
pub fn decoder(data: &[u8]) {
    let items = bytes::read("x", data);
    let has_error = items.damages.iter().any(|damage| damage.severity == Severity::Error);
    assert!(!items.items.is_empty() || has_error);
    assert!(items.damages.len() <= 1020);
    let offsets = items.items.iter().map(|item| item.place.offset);
    let offsets = offsets.chain(items.damages.iter().map(|damage| damage.place.offset));
    assert!(offsets.flatten().all(|offset| offset <= data.len()));
    let _ = Crl::from_der(data);
}

/// Path building over whatever certificates are in the file: the first is the leaf, the last is trusted.
pub fn builder(data: &[u8]) {
    let found = found(&bytes::read("x", data));
    let links: Vec<Link> =
        found.iter().filter_map(|found| Link::from_der(found.certificate.der().to_vec()).ok()).collect();
    if let [leaf, pool @ .., anchor] = links.as_slice() {
        let anchors = std::slice::from_ref(anchor);
        for (ruleset, effort) in [(PathRuleset::Rfc5280, Effort::Explain), (PathRuleset::PublicTls, Effort::Verdict)] {
            let question = PathQuestion { at: NOW.unix_timestamp(), ruleset, effort, ..PathQuestion::default() };
            let verdict = verdict::verify(&question, leaf, pool, anchors);
            let best = verdict.paths.first();
            assert!(!verdict.is_valid() || best.is_some_and(|path| path.anchored && path.links.last() == Some(anchor)));
        }
    }
    if let Ok(chain) = Chain::arrange(&found, None, NOW) {
        let sorted = chain.path().count()
            + [&chain.alternatives, &chain.other_leaves, &chain.strangers, &chain.repeats]
                .map(Vec::len)
                .iter()
                .sum::<usize>();
        assert_eq!(sorted, found.len(), "every certificate is in exactly one list");
    }
    Tree::of(found.into_iter().map(|found| found.certificate).collect(), NOW);
}

/// Every rule of every ruleset, and mending: what was mended is not changed again.
pub fn rules(data: &[u8]) {
    let items = bytes::read("x", data);
    let anchor = found(&items).pop().and_then(|found| Link::from_der(found.certificate.der().to_vec()).ok());
    let anchors: Vec<Link> = anchor.into_iter().collect();
    for (name, _) in BUILT_IN {
        let Ok(ruleset) = Ruleset::named(name) else { continue };
        let mut question = Question::new(NOW, ruleset);
        question.names.extend("mx1.example.com".parse());
        question.stores.push(Store { label: "given".into(), anchors: anchors.clone() });
        let bundle = Bundle::new(&items, &question);
        let report = inspect_bundle(&bundle, &question);
        assert!(report.accepted || !report.findings.is_empty());
        for finding in &report.findings {
            assert!(!finding.message.is_empty() && finding.place.offset.is_none_or(|offset| offset <= data.len()));
        }
        if let Ok(mended) = mend(data, &bundle, &question) {
            let items = bytes::read("x", &mended.text);
            let again = mend(&mended.text, &Bundle::new(&items, &question), &question);
            let text = String::from_utf8_lossy(&mended.text);
            match again {
                Ok(again) => assert_eq!(again.text, mended.text, "{name}: mended again, {text} changes"),
                Err(refusal) => panic!("{name}: what was mended is refused ({refusal}): {text}"),
            }
        }
    }
}

fn found(items: &Items) -> Vec<Found> {
    let certificate = |kind: &Kind| match kind {
        Kind::Certificate(certificate) => Some(certificate.clone()),
        _ => None,
    };
    let found = items.items.iter().filter_map(|item| Some((certificate(&item.kind)?, item.place.clone())));
    found.map(|(certificate, place)| Found { certificate, place }).collect()
}
