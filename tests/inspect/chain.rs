//! What a chain is made of, whatever the order and the company of its certificates.

use sealpost::inspect::chain::{Chain, Found, NoLeaf};
use sealpost::inspect::tree::{Node, Tree};
use sealpost::model::certificate::Certificate;
use time::macros::datetime;

use super::pki::{NOW, Party, authority, found, server};

struct Bundle {
    leaf: Certificate,
    middle: Certificate,
    root: Certificate,
    leaf_party: Party,
    middle_party: Party,
    root_party: Party,
}

fn bundle() -> Bundle {
    let (root, middle, leaf) = (Party::new("Root"), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    Bundle {
        leaf: server().issue(&leaf, &middle),
        middle: authority().issue(&middle, &root),
        root: authority().issue(&root, &root),
        leaf_party: leaf,
        middle_party: middle,
        root_party: root,
    }
}

fn only(list: &[Found]) -> Vec<&Certificate> {
    list.iter().map(|found| &found.certificate).collect()
}

fn path(chain: &Chain) -> Vec<&Certificate> {
    chain.path().map(|found| &found.certificate).collect()
}

fn arrange(certificates: &[&Certificate]) -> Chain {
    Chain::arrange(&found(certificates), None, NOW).unwrap()
}

/// Every order of `0..count`.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(count - 1);
    let insert = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(move |at| insert(order, at))).collect()
}

#[test]
fn every_order_gives_the_same_chain() {
    let b = bundle();
    let stranger = Party::new("Unrelated CA");
    let stranger = authority().issue(&stranger, &stranger);
    let all = [&b.leaf, &b.middle, &b.root, &stranger, &b.middle];
    for order in permutations(all.len()) {
        let input: Vec<&Certificate> = order.iter().map(|index| all[*index]).collect();
        let chain = arrange(&input);
        assert_eq!(chain.leaf.certificate, b.leaf, "{order:?}");
        assert_eq!(only(&chain.intermediates), [&b.middle], "{order:?}");
        assert_eq!(chain.root.as_ref().map(|root| &root.certificate), Some(&b.root), "{order:?}");
        assert_eq!(only(&chain.strangers), [&stranger], "{order:?}");
        assert_eq!(only(&chain.repeats), [&b.middle], "{order:?}");
        assert!(chain.is_complete() && !chain.was_cut);
        let at = |wanted: &Certificate| input.iter().position(|one| *one == wanted);
        let in_order = at(&b.leaf) < at(&b.middle) && at(&b.middle) < at(&b.root);
        assert_eq!(chain.was_in_order, in_order, "{order:?}");
    }
}

#[test]
fn a_certificate_knows_all_its_places() {
    let b = bundle();
    let chain = arrange(&[&b.middle, &b.leaf, &b.middle]);
    let lines: Vec<Option<usize>> = chain.places(&b.middle).map(|place| place.line).collect();
    assert_eq!(lines, [Some(1), Some(3)]);
    assert_eq!(chain.repeats[0].place.line, Some(3), "the later copy is the repeat");
}

#[test]
fn an_open_path_names_who_is_missing() {
    let b = bundle();
    let chain = arrange(&[&b.leaf, &b.middle]);
    let missing = chain.missing_issuer.unwrap();
    assert_eq!(missing.name.as_str(), "CN=Root");
    assert_eq!(missing.key_id.as_deref(), b.middle.authority_key_id());
    assert_eq!(missing.namesakes, []);
    assert_eq!(arrange(&[&b.leaf, &b.root]).missing_issuer.unwrap().name.as_str(), "CN=Issuing CA");
}

#[test]
fn a_namesake_with_another_key_is_no_issuer() {
    let b = bundle();
    for sheet in [authority(), authority().without_key_ids()] {
        let impostor = sheet.issue(&Party::new("Issuing CA"), &b.root_party);
        let chain = arrange(&[&b.leaf, &impostor, &b.root]);
        assert_eq!(path(&chain), [&b.leaf]);
        assert_eq!(only(&chain.missing_issuer.as_ref().unwrap().namesakes), [&impostor]);
        let chain = arrange(&[&impostor, &b.middle, &b.leaf]);
        assert_eq!(path(&chain), [&b.leaf, &b.middle]);
        assert_eq!(only(&chain.strangers), [&impostor]);
    }
}

#[test]
fn with_a_key_the_newest_certificate_of_it_is_the_leaf() {
    let b = bundle();
    let other = server().issue(&Party::new("mail.example.com"), &b.middle_party);
    let old = server()
        .serial(2)
        .dates(datetime!(2029-05-01 0:00 UTC), datetime!(2032-05-01 0:00 UTC))
        .issue(&b.leaf_party, &b.middle_party);
    let input = found(&[&old, &other, &b.middle, &b.leaf]);
    let chain = Chain::arrange(&input, Some(b.leaf.public_key()), NOW).unwrap();
    assert_eq!(path(&chain), [&b.leaf, &b.middle]);
    assert_eq!(only(&chain.other_leaves), [&old, &other]);
    let chain = Chain::arrange(&input, Some(other.public_key()), NOW).unwrap();
    assert_eq!(path(&chain), [&other, &b.middle]);
    let stray = Party::new("x");
    let stray = server().issue(&stray, &stray);
    assert_eq!(Chain::arrange(&input, Some(stray.public_key()), NOW), Err(NoLeaf::NoneForKey));
}

#[test]
fn without_a_key_an_expired_leaf_gives_way() {
    let b = bundle();
    let expired = server()
        .serial(2)
        .dates(datetime!(2029-01-01 0:00 UTC), NOW - time::Duration::SECOND)
        .issue(&b.leaf_party, &b.middle_party);
    let future = server()
        .serial(3)
        .dates(NOW + time::Duration::SECOND, datetime!(2032-01-01 0:00 UTC))
        .issue(&b.leaf_party, &b.middle_party);
    let chain = arrange(&[&expired, &future, &b.leaf, &b.middle]);
    assert_eq!(chain.leaf.certificate, b.leaf);
    assert_eq!(chain.other_leaves.len(), 2);
}

#[test]
fn of_cross_signed_paths_the_best_is_taken_and_the_other_kept_apart() {
    let b = bundle();
    let old_root = Party::new("Old Root");
    let expired = authority().dates(datetime!(2000-01-01 0:00 UTC), datetime!(2030-01-01 0:00 UTC));
    let old = expired.issue(&old_root, &old_root);
    let cross = expired.serial(7).issue(&b.root_party, &old_root);
    for input in [[&b.leaf, &b.middle, &cross, &old, &b.root], [&b.root, &old, &cross, &b.middle, &b.leaf]] {
        let chain = arrange(&input);
        assert_eq!(path(&chain), [&b.leaf, &b.middle, &b.root], "the valid path wins");
        assert_eq!(chain.alternatives.len(), 2);
        assert_eq!(chain.strangers, []);
    }
    // Without the self-signed form the cross-signed certificate is the way up, expired or not.
    let chain = arrange(&[&b.leaf, &cross, &old, &b.middle]);
    assert_eq!(path(&chain), [&b.leaf, &b.middle, &cross, &old]);
}

#[test]
fn the_path_that_lives_longest_wins() {
    let b = bundle();
    let short = authority().serial(5).dates(datetime!(2025-01-01 0:00 UTC), datetime!(2031-01-01 0:00 UTC));
    let short = short.issue(&b.middle_party, &b.root_party);
    let chain = arrange(&[&b.leaf, &short, &b.middle, &b.root]);
    assert_eq!(only(&chain.intermediates), [&b.middle]);
    assert_eq!(only(&chain.alternatives), [&short]);
}

#[test]
fn a_path_that_is_not_valid_yet_loses_however_long_it_will_live() {
    let b = bundle();
    let renewed = authority().serial(5).dates(NOW + time::Duration::DAY, datetime!(2060-01-01 0:00 UTC));
    let renewed = renewed.issue(&b.middle_party, &b.root_party);
    let leaf = server().dates(datetime!(2030-01-01 0:00 UTC), datetime!(2060-01-01 0:00 UTC));
    let leaf = leaf.issue(&b.leaf_party, &b.middle_party);
    let chain = arrange(&[&leaf, &renewed, &b.middle]);
    assert_eq!(only(&chain.intermediates), [&b.middle]);
}

#[test]
fn authorities_that_certify_each_other_end_in_no_circle() {
    let (a, b, leaf) = (Party::new("A"), Party::new("B"), Party::new("mx1.example.com"));
    let (a_by_b, b_by_a) = (authority().issue(&a, &b), authority().issue(&b, &a));
    let chain = arrange(&[&server().issue(&leaf, &a), &a_by_b, &b_by_a]);
    assert_eq!(only(&chain.intermediates), [&a_by_b, &b_by_a]);
    let missing = chain.missing_issuer.unwrap();
    assert_eq!((missing.name.as_str(), only(&missing.namesakes)), ("CN=A", vec![&a_by_b]));
    let tree = Tree::of(vec![a_by_b, b_by_a], NOW);
    assert_eq!(tree.lines.len(), 3, "one of the two hangs from a missing issuer: {tree:?}");
}

#[test]
fn a_self_signed_server_is_its_own_chain() {
    let own = Party::new("mx1.example.com");
    for sheet in [server(), authority()] {
        let certificate = sheet.issue(&own, &own);
        let chain = arrange(&[&certificate]);
        assert_eq!(path(&chain), [&certificate]);
        assert!(chain.root.is_none() && chain.is_complete());
    }
    // `openssl req -x509` writes CA:TRUE into the certificate of a server.
    let mut sheet = authority();
    sheet.names = vec!["mx1.example.com".into()];
    let certificate = sheet.issue(&own, &own);
    let b = bundle();
    assert_eq!(path(&arrange(&[&b.root, &certificate, &b.middle])), [&certificate]);
}

#[test]
fn no_leaf_is_said_to_be_none() {
    let b = bundle();
    assert_eq!(Chain::arrange(&[], None, NOW), Err(NoLeaf::NoCertificate));
    assert_eq!(Chain::arrange(&found(&[&b.root, &b.middle]), None, NOW), Err(NoLeaf::OnlyAuthorities));
}

#[test]
fn a_web_of_namesakes_is_searched_within_the_budget() {
    // Two authorities with 300 certificates each, all of which fit each other: 90,000 paths for whoever walks them all.
    let (a, b, leaf) = (Party::new("A"), Party::new("B"), Party::new("mx1.example.com"));
    let mut all = vec![server().issue(&leaf, &a)];
    for serial in 0..300 {
        all.push(authority().serial(serial).issue(&a, &b));
        all.push(authority().serial(serial).issue(&b, &a));
    }
    let many: Vec<&Certificate> = all.iter().cycle().take(50_000).collect();
    let chain = arrange(&many);
    assert_eq!(chain.leaf.certificate, all[0]);
    assert!(chain.was_cut && chain.missing_issuer.is_some());
    assert_eq!(chain.intermediates.len(), 2);
    assert_eq!(1 + 2 + chain.alternatives.len() + chain.strangers.len() + chain.repeats.len(), 50_000);
}

#[test]
fn the_tree_stands_on_its_roots_and_names_what_is_missing() {
    let b = bundle();
    let orphan = server().issue(&Party::new("lost.example.com"), &Party::new("Gone CA"));
    let tree = Tree::of(vec![b.leaf, orphan, b.root, b.middle], NOW);
    let lines: Vec<(usize, String)> = tree
        .lines
        .iter()
        .map(|line| match &line.node {
            Node::Certificate { index, issuer, .. } => (line.depth, format!("{index} by {issuer:?}")),
            Node::Missing(name) => (line.depth, format!("{name} is missing")),
        })
        .collect();
    let wanted =
        [(0, "2 by Some(2)"), (1, "3 by Some(2)"), (2, "0 by Some(3)"), (0, "CN=Gone CA is missing"), (1, "1 by None")];
    assert_eq!(lines, wanted.map(|(depth, text)| (depth, text.to_owned())));
}
