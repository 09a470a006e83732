//! The chain of a peer: two judges, the reasons in their order, and which of its names matches.

use sealpost::model::certificate::Certificate;
use sealpost::trust::link::Link;
use sealpost::trust::peer::{Anchors, Peer, Usage, judge};
use sealpost::trust::presented::{Matched, NotPresented, Presented};
use sealpost::trust::reason::Reason;
use sealpost::trust::reference::Reference;
use sealpost::trust::ruleset::Check;
use time::macros::datetime;

use crate::pki::{NOW, Party, Sheet, authority, server};

fn link(certificate: &Certificate) -> Link {
    Link::from_der(certificate.der().to_vec()).unwrap()
}

fn asked(chain: &[&Certificate], anchors: &[&Certificate], usage: Usage) -> Peer {
    let chain: Vec<&[u8]> = chain.iter().map(|one| one.der()).collect();
    let anchors = Anchors::new(anchors.iter().map(|one| link(one)).collect());
    judge(&chain, &anchors, usage, NOW.unix_timestamp())
}

fn as_server(chain: &[&Certificate], anchors: &[&Certificate]) -> Peer {
    asked(chain, anchors, Usage::Server)
}

/// A root, an intermediate below it, and parties that still need certificates.
struct Pki {
    root: Party,
    middle: Party,
    leaf: Party,
    root_certificate: Certificate,
    middle_certificate: Certificate,
}

fn pki() -> Pki {
    let (root, middle, leaf) = (Party::new("Root"), Party::new("Middle"), Party::new("mx1.example.com"));
    let root_certificate = authority().issue(&root, &root);
    let middle_certificate = authority().serial(2).issue(&middle, &root);
    Pki { root, middle, leaf, root_certificate, middle_certificate }
}

impl Pki {
    fn leaf(&self, sheet: Sheet) -> Certificate {
        sheet.issue(&self.leaf, &self.middle)
    }
}

fn with(mut sheet: Sheet, last: u64, value: &[u8]) -> Sheet {
    sheet.extensions.push((vec![2, 5, 29, last], value.to_vec()));
    sheet
}

/// extKeyUsage with one purpose below id-kp.
fn purpose(sheet: Sheet, last: u8) -> Sheet {
    with(sheet, 37, &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, last])
}

#[test]
fn a_chain_in_any_order_is_believed() {
    let pki = pki();
    let leaf = pki.leaf(server());
    let stranger = authority().issue(&Party::new("Stranger"), &Party::new("Elsewhere"));
    let peer = as_server(&[&leaf, &stranger, &pki.root_certificate, &pki.middle_certificate], &[&pki.root_certificate]);
    assert!(peer.is_believed(), "{:?}", peer.reasons);
    assert_eq!(peer.path, [&leaf, &pki.middle_certificate, &pki.root_certificate].map(link));
}

#[test]
fn the_missing_issuer_can_be_named() {
    let pki = pki();
    let peer = as_server(&[&pki.leaf(server())], &[&pki.root_certificate]);
    assert_eq!(peer.reasons, [(0, Reason::NoIssuer)]);
    assert_eq!(peer.path.last().unwrap().issuer(), link(&pki.middle_certificate).subject());
}

#[test]
fn what_stays_wrong_is_told_before_what_is_unknown() {
    let pki = pki();
    let old = pki.leaf(server().dates(datetime!(2029-01-01 0:00 UTC), datetime!(2030-05-01 0:00 UTC)));
    let peer = as_server(&[&old], &[]);
    let not_after = datetime!(2030-05-01 0:00 UTC).unix_timestamp();
    assert_eq!(peer.main_reason(), Some(&(0, Reason::Expired { not_after })));
    assert_eq!(peer.reasons.get(1), Some(&(0, Reason::NoIssuer)));
}

#[test]
fn a_self_signed_certificate_is_believed_only_as_itself() {
    let party = Party::new("mx1.example.com");
    let (own, twin) = (authority().issue(&party, &party), authority().serial(7).issue(&party, &party));
    assert_eq!(as_server(&[&own], &[]).reasons, [(0, Reason::UntrustedRoot)]);
    assert!(as_server(&[&own], &[&own]).is_believed(), "a CA certificate that is the anchor");
    assert!(!as_server(&[&own], &[&twin]).is_believed(), "another certificate of the same name and key");
}

#[test]
fn an_anchored_leaf_still_needs_its_dates_and_use() {
    let party = Party::new("mx1.example.com");
    let old = server().dates(datetime!(2029-01-01 0:00 UTC), datetime!(2030-05-01 0:00 UTC)).issue(&party, &party);
    assert!(matches!(as_server(&[&old], &[&old]).reasons[..], [(0, Reason::Expired { .. })]));
    let client = purpose(server(), 2).issue(&party, &party);
    assert!(matches!(as_server(&[&client], &[&client]).reasons[..], [(0, Reason::Purpose { .. })]));
    assert!(asked(&[&client], &[&client], Usage::Client).is_believed());
}

#[test]
fn the_use_decides_in_every_certificate_below_the_anchor() {
    let pki = pki();
    let middle = purpose(authority().serial(3), 2).issue(&pki.middle, &pki.root);
    let leaf = pki.leaf(server());
    let peer = as_server(&[&leaf, &middle], &[&pki.root_certificate]);
    assert_eq!(peer.reasons, [(1, Reason::Purpose { wanted: "1.3.6.1.5.5.7.3.1".into() })]);
    assert!(asked(&[&leaf, &middle], &[&pki.root_certificate], Usage::Client).is_believed());
}

#[test]
fn each_judge_alone_can_refuse() {
    let pki = pki();
    // Only webpki minds an authority that answers as a server.
    let authority_as_leaf = pki.leaf(authority().serial(9));
    let peer = as_server(&[&authority_as_leaf, &pki.middle_certificate], &[&pki.root_certificate]);
    assert_eq!(peer.reasons, [(0, Reason::Profile(Check::LeafIsCa))]);
    // Only ours minds an issuer whose keyUsage is digitalSignature alone.
    let middle = with(authority().serial(3), 15, &[3, 2, 7, 0x80]).issue(&pki.middle, &pki.root);
    let peer = as_server(&[&pki.leaf(server()), &middle], &[&pki.root_certificate]);
    assert_eq!(peer.reasons, [(1, Reason::NoCertSign)]);
}

#[test]
fn name_constraints_hold_for_a_common_name_that_would_count() {
    let pki = pki();
    let mut middle = authority().serial(3);
    middle.excluded.push("example.com".into());
    let middle = middle.issue(&pki.middle, &pki.root);
    let mut unnamed = server();
    unnamed.names.clear();
    let peer = as_server(&[&pki.leaf(unnamed), &middle], &[&pki.root_certificate]);
    assert!(matches!(peer.reasons[..], [(0, Reason::Excluded { by: 1, .. })]), "{:?}", peer.reasons);
    let mut elsewhere = server();
    elsewhere.names = vec!["mx1.example.net".into()];
    assert!(as_server(&[&pki.leaf(elsewhere), &middle], &[&pki.root_certificate]).is_believed());
}

#[test]
fn a_key_that_did_not_sign_is_named() {
    let pki = pki();
    let impostor = Party::new("Middle");
    let peer = as_server(&[&pki.leaf(server()), &authority().issue(&impostor, &pki.root)], &[&pki.root_certificate]);
    assert_eq!(peer.reasons, [(0, Reason::BadSignature { tried: 1 })]);
}

#[test]
fn what_cannot_be_read_is_not_believed() {
    let pki = pki();
    let anchors = Anchors::new(vec![link(&pki.root_certificate)]);
    for chain in [vec![], vec![vec![]], vec![b"0\x03abc".to_vec(), pki.middle_certificate.der().to_vec()]] {
        let peer = judge(&chain, &anchors, Usage::Server, NOW.unix_timestamp());
        assert!(matches!(peer.reasons[..], [(0, Reason::Unreadable(_))]), "{:?}", peer.reasons);
        assert!(peer.presented().is_none());
    }
    // Rubbish among the others does no harm.
    let leaf = pki.leaf(server());
    let chain = [leaf.der(), b"rubbish", pki.middle_certificate.der()];
    assert!(judge(&chain, &anchors, Usage::Server, NOW.unix_timestamp()).is_believed());
}

fn presented(common_name: &'static str, names: &[&str]) -> Presented {
    let party = Party::new(common_name);
    let mut sheet = server();
    sheet.names = names.iter().map(ToString::to_string).collect();
    Presented::of(&link(&sheet.issue(&party, &party)))
}

fn asked_for(presented: &Presented, wanted: &str) -> Result<Matched, NotPresented> {
    presented.matches(&wanted.parse::<Reference>().unwrap())
}

#[test]
fn the_entry_that_fits_is_told() {
    let both = presented("mx9.example.com", &["mx1.example.com", "*.in.example.com", "192.0.2.1"]);
    assert_eq!(asked_for(&both, "MX1.example.com."), Ok(Matched::SubjectAltName("mx1.example.com".into())));
    assert_eq!(asked_for(&both, "a.in.example.com"), Ok(Matched::SubjectAltName("*.in.example.com".into())));
    assert_eq!(asked_for(&both, "192.0.2.1"), Ok(Matched::SubjectAltName("192.0.2.1".into())));
    for other in ["in.example.com", "a.b.in.example.com", "192.0.2.2", "example.com"] {
        assert!(asked_for(&both, other).is_err(), "{other}");
    }
}

#[test]
fn a_common_name_counts_only_without_any_host_name_beside_it() {
    let only = presented("mx1.example.com", &[]);
    assert_eq!(asked_for(&only, "mx1.example.com"), Ok(Matched::CommonName("mx1.example.com".into())));
    let address = presented("mx1.example.com", &["192.0.2.1"]);
    assert_eq!(asked_for(&address, "mx1.example.com"), Ok(Matched::CommonName("mx1.example.com".into())));
    assert!(asked_for(&presented("192.0.2.7", &[]), "192.0.2.7").is_err(), "an address has to be an iPAddress");

    let beside = presented("mx1.example.com", &["mx2.example.com"]);
    let NotPresented { names, more, ignored } = asked_for(&beside, "mx1.example.com").unwrap_err();
    assert_eq!((names, more), (vec!["DNS:mx2.example.com".to_owned()], 0));
    assert_eq!(ignored.as_deref(), Some("mx1.example.com"));
}

#[test]
fn a_wildcard_never_stands_for_strangers() {
    for (pattern, wanted) in
        [("*.com", "example.com"), ("*.co.uk", "example.co.uk"), ("*.internal", "mail.internal"), ("*", "com")]
    {
        assert!(asked_for(&presented("x", &[pattern]), wanted).is_err(), "{pattern}");
        assert!(asked_for(&presented(pattern, &[]), wanted).is_err(), "{pattern} as a common name");
    }
    assert!(asked_for(&presented("*.example.co.uk", &[]), "mx.example.co.uk").is_ok());
    assert!(asked_for(&presented("x", &["*.corp.internal"]), "mail.corp.internal").is_ok());
}

#[test]
fn of_many_names_the_first_few_are_told() {
    let names: Vec<String> = (0..20).map(|n| format!("mx{n}.example.com")).collect();
    let many = presented("x", &names.iter().map(String::as_str).collect::<Vec<_>>());
    let NotPresented { names, more, .. } = asked_for(&many, "other.example").unwrap_err();
    assert_eq!((names.len(), more), (8, 12));
}
