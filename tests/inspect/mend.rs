//! What `--fix` makes of a bundle: the exact bytes, and when it refuses.

use sealpost::formats::pem;
use sealpost::inspect::bundle::Bundle;
use sealpost::inspect::bytes;
use sealpost::inspect::mend::{ChangeKind, Mended, Origin, Refusal, mend};
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::{RootPolicy, Ruleset};
use sealpost::model::certificate::Certificate;
use sealpost::trust::link::Link;
use time::Duration;
use time::macros::datetime;

use super::pki::{NOW, Party, authority, server};

struct Pki {
    leaf: Certificate,
    middle: Certificate,
    root: Certificate,
    leaf_party: Party,
    middle_party: Party,
    root_party: Party,
}

fn pki() -> Pki {
    let (root, middle, leaf) = (Party::new("Root"), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    Pki {
        leaf: server().issue(&leaf, &middle),
        middle: authority().issue(&middle, &root),
        root: authority().issue(&root, &root),
        leaf_party: leaf,
        middle_party: middle,
        root_party: root,
    }
}

fn file(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect()
}

fn link(certificate: &Certificate) -> Link {
    Link::from_der(certificate.der().to_vec()).unwrap()
}

fn question(root: RootPolicy, anchors: &[&Certificate], pool: &[&Certificate]) -> Question {
    let mut question = Question::new(NOW, Ruleset::named("rfc5280").unwrap());
    question.ruleset.root = root;
    let anchors = anchors.iter().map(|one| link(one)).collect();
    question.stores = vec![Store { label: "given".into(), anchors }];
    question.pool = pool.iter().map(|one| link(one)).collect();
    question
}

fn mended(bytes: impl AsRef<[u8]>, question: &Question) -> Result<Mended, Refusal> {
    let bytes = bytes.as_ref();
    let items = bytes::read("bundle.pem", bytes);
    let result = mend(bytes, &Bundle::new(&items, question), question);
    if let Ok(mended) = &result {
        let items = bytes::read("bundle.pem", &mended.text);
        let again = mend(&mended.text, &Bundle::new(&items, question), question).unwrap();
        assert_eq!(text(&again), text(mended), "mending again changes something");
        assert_eq!(again.changes, []);
    }
    result
}

fn text(mended: &Mended) -> &str {
    std::str::from_utf8(&mended.text).unwrap()
}

fn kinds(mended: &Mended) -> Vec<ChangeKind> {
    mended.changes.iter().map(|change| change.kind).collect()
}

#[test]
fn order_copies_and_company_are_mended() {
    let p = pki();
    let stranger = Party::new("Unrelated CA");
    let stranger = authority().issue(&stranger, &stranger);
    let question = question(RootPolicy::Drop, &[&p.root], &[]);
    let mended = mended(file(&[&p.root, &p.middle, &stranger, &p.leaf, &p.middle]), &question).unwrap();
    assert_eq!(text(&mended), file(&[&p.leaf, &p.middle]));
    let dropped: Vec<&str> =
        mended.changes.iter().filter(|one| one.kind == ChangeKind::Dropped).map(|one| one.what.as_str()).collect();
    assert_eq!(dropped, ["Root", "Unrelated CA", "Issuing CA"]);
    assert!(kinds(&mended).contains(&ChangeKind::Moved));
}

#[test]
fn a_good_file_stays_as_it_is() {
    let p = pki();
    let good = file(&[&p.leaf, &p.middle]);
    let mended = mended(&good, &question(RootPolicy::Drop, &[&p.root], &[])).unwrap();
    assert_eq!(text(&mended), good);
    assert_eq!(mended.changes, []);
    assert_eq!(mended.lacking, None);
}

#[test]
fn the_root_is_as_the_ruleset_says() {
    let p = pki();
    let (with, without) = (file(&[&p.leaf, &p.middle, &p.root]), file(&[&p.leaf, &p.middle]));
    let rows = [
        (RootPolicy::Drop, &with, &without),
        (RootPolicy::Drop, &without, &without),
        (RootPolicy::Keep, &with, &with),
        (RootPolicy::Keep, &without, &without),
        (RootPolicy::Require, &with, &with),
        (RootPolicy::Require, &without, &with),
    ];
    for (policy, given, wanted) in rows {
        let mended = mended(given, &question(policy, &[&p.root], &[])).unwrap();
        assert_eq!(text(&mended), wanted, "{policy:?}");
    }
    let mended = mended(&without, &question(RootPolicy::Require, &[], &[])).unwrap();
    assert_eq!(text(&mended), without);
    assert!(mended.lacking.unwrap().contains("Issuing CA"));
}

#[test]
fn the_pool_gives_what_is_missing() {
    let p = pki();
    for anchors in [&[&p.root][..], &[]] {
        let mended = mended(file(&[&p.leaf]), &question(RootPolicy::Drop, anchors, &[&p.root, &p.middle])).unwrap();
        assert_eq!(text(&mended), file(&[&p.leaf, &p.middle]));
        assert_eq!(mended.after[1].origin, Origin::Pool);
        assert_eq!(kinds(&mended), [ChangeKind::Added]);
    }
    let mended = mended(file(&[&p.leaf]), &question(RootPolicy::Drop, &[&p.root], &[])).unwrap();
    assert!(mended.lacking.is_some(), "a chain without its issuer passed for complete");
}

#[test]
fn the_path_that_lives_longest_is_written() {
    let p = pki();
    let short = authority().dates(datetime!(2025-01-01 0:00 UTC), datetime!(2030-07-01 0:00 UTC)).serial(7);
    let short = short.issue(&p.middle_party, &p.root_party);
    for order in [[&p.leaf, &short, &p.middle], [&p.leaf, &p.middle, &short]] {
        let mended = mended(file(&order), &question(RootPolicy::Drop, &[&p.root], &[])).unwrap();
        assert_eq!(text(&mended), file(&[&p.leaf, &p.middle]));
    }
    // Trust outweighs life: only the short one leads to this anchor.
    let other = Party::new("Other Root");
    let other_root = authority().issue(&other, &other);
    let cross = authority().dates(datetime!(2025-01-01 0:00 UTC), datetime!(2030-07-01 0:00 UTC)).serial(8);
    let cross = cross.issue(&p.middle_party, &other);
    let given = file(&[&p.leaf, &p.middle, &p.root, &cross]);
    let mended = mended(given, &question(RootPolicy::Drop, &[&other_root], &[])).unwrap();
    assert_eq!(text(&mended), file(&[&p.leaf, &cross]));
}

#[test]
fn forms_are_written_anew() {
    let p = pki();
    let good = file(&[&p.leaf, &p.middle]);
    let damaged = [
        format!("\u{feff}{good}"),
        good.replace('\n', "\r\n"),
        good.replace('\n', "\r"),
        good.replace("-----\n-----", "----------"),
        good.replace('\n', "\n  "),
        good.replace('\n', "\n\n"),
        good.replace('\n', "\\n"),
        good.replacen("BEGIN CERT", "BEGIN X509 CERT", 1).replacen("END CERT", "END X509 CERT", 1),
        format!("subject=mx1\n{good}trailing words\n"),
        good.trim_end().to_owned(),
    ];
    for given in damaged {
        let mended = mended(&given, &question(RootPolicy::Drop, &[&p.root], &[])).unwrap();
        assert_eq!(text(&mended), good, "{given}");
        assert_eq!(kinds(&mended), [ChangeKind::Rewritten], "{given}");
    }
}

#[test]
fn a_key_stays_where_and_as_it_is() {
    let p = pki();
    // 76 columns, as some programs write them.
    let der = p.leaf_party.key.serialize_der();
    let body = pem::encode("PRIVATE KEY", &der).lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let lines: Vec<&str> = body.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    let question = question(RootPolicy::Drop, &[&p.root], &[]);
    let (wrong, right) = (file(&[&p.middle, &p.leaf]), file(&[&p.leaf, &p.middle]));
    assert_eq!(text(&mended(format!("{key}{wrong}"), &question).unwrap()), format!("{key}{right}"));
    assert_eq!(text(&mended(format!("{wrong}{key}"), &question).unwrap()), format!("{right}{key}"));
    let written_anew = format!("{right}{}", pem::encode("PRIVATE KEY", &der));
    let indented = format!("{wrong}{}", key.replace('\n', "\n  "));
    assert_eq!(text(&mended(indented, &question).unwrap()), written_anew);
    // An encrypted key is not ours to read, and is kept all the same.
    let locked = sealpost::formats::pkcs8::encrypt(&der, "secret").unwrap();
    let locked = pem::encode("ENCRYPTED PRIVATE KEY", &locked);
    assert_eq!(text(&mended(format!("{locked}{wrong}"), &question).unwrap()), format!("{locked}{right}"));
}

#[test]
fn another_leaf_goes_unless_its_key_is_there() {
    let p = pki();
    let old = server().dates(datetime!(2029-05-01 0:00 UTC), datetime!(2030-05-15 0:00 UTC)).serial(9);
    let old = old.issue(&p.leaf_party, &p.middle_party);
    let question = question(RootPolicy::Drop, &[&p.root], &[]);
    let given = file(&[&old, &p.leaf, &p.middle]);
    assert_eq!(text(&mended(given, &question).unwrap()), file(&[&p.leaf, &p.middle]));

    let second = Party::new("mx2.example.com");
    let other = server().issue(&second, &p.middle_party);
    let keys = [&p.leaf_party, &second].map(|party| party.key.serialize_pem());
    let given = format!("{}{}{}{}", keys[0], file(&[&p.leaf]), keys[1], file(&[&other, &p.middle]));
    assert!(matches!(mended(given, &question), Err(Refusal::SeveralChains(..))));
}

#[test]
fn what_was_not_read_is_given_up_only_when_the_path_is_complete_without_it() {
    let p = pki();
    let complete = question(RootPolicy::Drop, &[&p.root], &[]);
    let good = file(&[&p.leaf, &p.middle]);
    let stranger = Party::new("Unrelated CA");
    let stranger = file(&[&authority().issue(&stranger, &stranger)]);
    let damaged = stranger.replacen("MII", "MI*", 1).replacen("MIIB", "MI*B", 1);
    assert_ne!(damaged, stranger);
    let with_loss = mended(format!("{good}{damaged}"), &complete).unwrap();
    assert_eq!(text(&with_loss), good);
    assert!(with_loss.changes.iter().any(|change| change.why.contains("cannot be read")));

    let loss = |given: String, question: &Question| match mended(given, question) {
        Err(Refusal::Unread { place, .. }) => place.block,
        other => panic!("{other:?}"),
    };
    assert_eq!(loss(format!("{}{damaged}", file(&[&p.leaf])), &complete), Some(2), "the issuer may be in there");
    assert_eq!(loss(format!("{damaged}{good}"), &complete), Some(1), "the leaf may be in there");
    let mut confirmed = complete.clone();
    confirmed.key = Some((p.leaf.public_key().clone(), "mail.key".into()));
    assert_eq!(text(&mended(format!("{damaged}{good}"), &confirmed).unwrap()), good);

    let key = p.leaf_party.key.serialize_pem().replacen("MI", "M*", 1);
    assert!(matches!(mended(format!("{good}{key}"), &complete), Err(Refusal::UnreadKey { .. })));
}

#[test]
fn authorities_alone_and_containers_with_keys_are_refused() {
    let p = pki();
    let question = question(RootPolicy::Keep, &[&p.root], &[]);
    assert!(matches!(mended(file(&[&p.middle, &p.root]), &question), Err(Refusal::NoLeaf(_))));
    assert!(matches!(mended("", &question), Err(Refusal::NoLeaf(_))));
    let key = p.leaf_party.key.serialize_der();
    let contents = sealpost::formats::pkcs12::Contents {
        key: &key,
        certificates: &[p.leaf.der(), p.middle.der()],
        friendly_name: "mail",
    };
    let archive =
        sealpost::formats::pkcs12::seal(&contents, sealpost::formats::pkcs12::Recipe::Modern, "secret").unwrap();
    assert!(mended(archive, &question).is_err());
}

#[test]
fn der_and_pkcs7_become_pem() {
    let p = pki();
    let question = question(RootPolicy::Drop, &[&p.root], &[&p.middle]);
    let wanted = file(&[&p.leaf, &p.middle]);
    assert_eq!(text(&mended(p.leaf.der(), &question).unwrap()), wanted);
    let bag = sealpost::formats::pkcs7::write(&[p.middle.der(), p.leaf.der()]).unwrap();
    assert_eq!(text(&mended(bag, &question).unwrap()), wanted);
}

#[test]
fn a_self_signed_leaf_is_kept() {
    let own = Party::new("mx1.example.com");
    let leaf = server().issue(&own, &own);
    for policy in [RootPolicy::Drop, RootPolicy::Keep, RootPolicy::Require] {
        for anchors in [&[&leaf][..], &[]] {
            assert_eq!(text(&mended(file(&[&leaf, &leaf]), &question(policy, anchors, &[])).unwrap()), file(&[&leaf]));
        }
    }
}

/// leaf, an issuer that is not in the file, and above it Upper, Top and Root.
#[test]
fn without_anchors_nothing_is_dropped_that_may_stand_above_a_gap() {
    let [leaf, gone, upper, top, root] =
        ["mx1.example.com", "Issuing CA", "Upper CA", "Top CA", "Root"].map(Party::new);
    let leaf = server().issue(&leaf, &gone);
    let (upper, top) = (authority().issue(&upper, &top), authority().issue(&top, &root));
    let root = authority().issue(&root, &root);
    let [direct, old, impostor] = ["Direct CA", "Old CA", "Issuing CA"].map(Party::new);
    let house = Party::new("House");
    // It may certify servers only.
    let mut leaf_issuer = server();
    leaf_issuer.extensions.push((vec![2, 5, 29, 19], vec![0x30, 6, 1, 1, 0xff, 2, 1, 0]));
    let direct = leaf_issuer.issue(&direct, &house);
    assert!(direct.is_ca());
    let old = authority().dates(NOW - Duration::days(20), NOW - Duration::days(10)).issue(&old, &house);
    // The name of the missing issuer, and another key.
    let impostor = authority().issue(&impostor, &house);
    let given = file(&[&leaf, &top, &direct, &upper, &old, &impostor, &root, &upper]);
    for (policy, wanted) in [
        (RootPolicy::Drop, file(&[&leaf, &upper, &top])),
        (RootPolicy::Keep, file(&[&leaf, &upper, &top, &root])),
        (RootPolicy::Require, file(&[&leaf, &upper, &top, &root])),
    ] {
        let mut question = question(policy, &[], &[]);
        question.stores.clear();
        let mended = mended(&given, &question).unwrap();
        assert_eq!(text(&mended), wanted, "{policy:?}");
        let lacking = mended.lacking.unwrap();
        assert!(lacking.contains("nothing at hand issued mx1.example.com; kept for who finds it: Upper CA, Top CA"));
    }
    // Who is trusted tells what belongs.
    let mended = mended(&given, &question(RootPolicy::Drop, &[&root], &[])).unwrap();
    assert_eq!(text(&mended), file(&[&leaf, &upper, &top]));
}
