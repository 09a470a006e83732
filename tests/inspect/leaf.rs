//! An end-entity certificate always beats that of an authority: neither a host name nor a key makes a CA the leaf while a server's
//! certificate is there.

use sealpost::formats::pem;
use sealpost::inspect::bundle::{Bundle, Standing};
use sealpost::inspect::bytes;
use sealpost::inspect::chain::{Chain, NoLeaf};
use sealpost::inspect::findings;
use sealpost::inspect::mend::mend;
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::certificate::Certificate;
use sealpost::trust::link::Link;
use time::macros::datetime;

use super::pki::{NOW, Party, authority, found, server};
use crate::support::Bench;

struct Pki {
    leaf: Certificate,
    expired: Certificate,
    /// With the host name of the leaf among its own.
    middle: Certificate,
    root: Certificate,
    leaf_key: String,
    middle_key: String,
}

fn pki() -> Pki {
    let (root, middle, leaf) = (Party::new("Root"), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    let mut named = authority();
    named.names = vec!["mx1.example.com".into()];
    let past = server().dates(datetime!(2029-01-01 0:00 UTC), datetime!(2029-06-01 0:00 UTC));
    Pki {
        leaf: server().issue(&leaf, &middle),
        expired: past.issue(&leaf, &middle),
        middle: named.issue(&middle, &root),
        root: authority().issue(&root, &root),
        leaf_key: leaf.key.serialize_pem(),
        middle_key: middle.key.serialize_pem(),
    }
}

fn text(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect()
}

fn question(root: &Certificate) -> Question {
    let mut question = Question::new(NOW, Ruleset::named("rfc5280").unwrap());
    let anchors = vec![Link::from_der(root.der().to_vec()).unwrap()];
    question.stores = vec![Store { label: "given".into(), anchors }];
    question
}

/// Every order of the certificates.
fn orders<'a>(certificates: &[&'a Certificate]) -> Vec<Vec<&'a Certificate>> {
    let Some((first, rest)) = certificates.split_first() else { return vec![Vec::new()] };
    let shorter = orders(rest);
    let insert = |order: &Vec<&'a Certificate>, at: usize| {
        let mut order = order.clone();
        order.insert(at, first);
        order
    };
    shorter.iter().flat_map(|order| (0..=order.len()).map(move |at| insert(order, at))).collect()
}

#[test]
fn a_ca_with_the_host_name_is_never_the_leaf_while_a_server_is_there() {
    let p = pki();
    for leaf in [&p.leaf, &p.expired] {
        for (name, key) in [(true, false), (false, true), (true, true), (false, false)] {
            for order in orders(&[leaf, &p.middle, &p.root]) {
                let mut question = question(&p.root);
                question.names.extend(name.then(|| "mx1.example.com".parse().unwrap()));
                question.key = key.then(|| (p.middle.public_key().clone(), "ca.key".to_owned()));
                let file = text(&order);
                let items = bytes::read("bundle.pem", file.as_bytes());
                let bundle = Bundle::new(&items, &question);
                assert_eq!(bundle.leaf().map(|leaf| &leaf.found.certificate), Some(leaf), "name {name}, key {key}");
                let mended = mend(file.as_bytes(), &bundle, &question).unwrap();
                let first = pem::blocks(&mended.text).unwrap().remove(0).1;
                assert!(*first == *leaf.der(), "--fix threw the leaf away (name {name}, key {key})");
                let report = findings::inspect(&items, &question);
                let mismatch = report.findings.iter().find(|finding| finding.rule == "key/mismatch");
                assert_eq!(mismatch.is_some(), key);
                let owner = format!("it is the key of certificate {}, the CA Issuing CA", position(&order, &p.middle));
                assert!(mismatch.is_none_or(|finding| finding.facts.iter().any(|fact| fact.starts_with(&owner))));
            }
        }
    }
}

fn position(order: &[&Certificate], wanted: &Certificate) -> usize {
    1 + order.iter().position(|one| *one == wanted).unwrap()
}

#[test]
fn among_end_entities_the_name_chooses_even_where_they_share_a_key() {
    let (root, leaf) = (Party::new("Root"), Party::new("mx1.example.com"));
    let mut renewed = server().serial(2).dates(datetime!(2030-05-20 0:00 UTC), datetime!(2031-05-20 0:00 UTC));
    renewed.names = vec!["mx2.example.com".into()];
    let (old, renewed) = (server().issue(&leaf, &root), renewed.issue(&leaf, &root));
    let anchor = authority().issue(&root, &root);
    for (name, wanted) in [("mx1.example.com", &old), ("mx2.example.com", &renewed)] {
        for given in [false, true] {
            let mut question = question(&anchor);
            question.names = vec![name.parse().unwrap()];
            question.key = given.then(|| (old.public_key().clone(), "own.key".to_owned()));
            let file = text(&[&renewed, &old]);
            let items = bytes::read("bundle.pem", file.as_bytes());
            let bundle = Bundle::new(&items, &question);
            assert_eq!(bundle.leaf().map(|leaf| &leaf.found.certificate), Some(wanted), "{name}, key {given}");
        }
    }
}

#[test]
fn a_server_that_says_it_is_an_authority_is_the_leaf_where_nothing_else_is() {
    let (own, root) = (Party::new("mx1.example.com"), Party::new("Root"));
    let mut sheet = authority();
    sheet.names = vec!["mx1.example.com".into()];
    let (lone, ca) = (sheet.issue(&own, &own), authority().issue(&root, &root));
    for others in [vec![&lone], vec![&lone, &lone], vec![&ca, &lone]] {
        for key in [None, Some(lone.public_key())] {
            let chain = Chain::arrange(&found(&others), key, NOW).unwrap();
            assert_eq!(chain.leaf.certificate, lone);
        }
    }
    // Its key beside a server's own certificate names an authority.
    let server = server().issue(&Party::new("mx2.example.com"), &root);
    let both = found(&[&lone, &server]);
    assert_eq!(Chain::arrange(&both, Some(lone.public_key()), NOW), Err(NoLeaf::KeyOfAuthority));
    assert_eq!(Chain::arrange(&both, None, NOW).unwrap().leaf.certificate, server);
}

#[test]
fn a_leaf_with_the_key_of_its_ca_keeps_its_chain() {
    let own = Party::new("mx1.example.com");
    let ca = Party { name: "Own CA", key: rcgen::KeyPair::from_pem(&own.key.serialize_pem()).unwrap() };
    let (leaf, root) = (server().issue(&own, &ca), authority().issue(&ca, &ca));
    let mut question = question(&root);
    question.stores.clear();
    let file = text(&[&leaf, &root]);
    let items = bytes::read("bundle.pem", file.as_bytes());
    let bundle = Bundle::new(&items, &question);
    assert_eq!(bundle.members[1].standing, Standing::Root);
    assert_eq!(std::str::from_utf8(&mend(file.as_bytes(), &bundle, &question).unwrap().text).unwrap(), file);
}

#[test]
fn the_key_of_a_ca_is_named_by_every_command_that_takes_one() {
    let (p, bench) = (pki(), Bench::with_home());
    bench.write("chain.pem", text(&[&p.leaf, &p.middle]));
    bench.write("root.pem", text(&[&p.root]));
    bench.write("ca.key", &p.middle_key);
    bench.write("leaf.key", &p.leaf_key);
    let lint = ["lint", "chain.pem", "--trust", "root.pem", "--ruleset", "rfc5280", "--at", "2030-06-01T12:00:00Z"];
    let run = bench.run([&lint[..], &["--key", "ca.key"]].concat()).code(1).out_has("[1] mx1.example.com  ");
    run.out_has("error[key/mismatch]").out_has("it is the key of certificate 2, the CA Issuing CA");
    let run = bench.run([&lint[..], &["--key", "leaf.key"]].concat());
    assert!(!run.out.contains("key/mismatch"), "{}", run.out);
    // A fitting key in the file does not excuse one that was given.
    bench.write("pair.pem", format!("{}{}", text(&[&p.leaf, &p.middle]), p.leaf_key));
    bench.run(["lint", "pair.pem", "--key", "ca.key"]).code(1).out_has("it is the key of certificate 2");
    let told = "the key is that of the CA Issuing CA, not of the server's certificate";
    bench.run(["cert", "import", "mx", "chain.pem", "ca.key"]).code(2).err_has("error[key/mismatch]").err_has(told);
    let convert = ["convert", "chain.pem", "ca.key", "--to", "pem", "--out", "new.pem"];
    bench.run(convert).code(2).err_has("error[key/mismatch]").err_has(told);
    let shown = bench.run(["show", "chain.pem", "ca.key", "--tlsa", "--format", "json"]).code(0).json();
    assert_eq!(shown["files"][0]["chain"]["path"], serde_json::json!([1, 2]));
    assert_eq!(shown["tlsa"].as_array().unwrap().len(), 1, "a record for the CA: {}", shown["tlsa"]);
}
