//! Certificate policies: required, inherited, mapped and lost (RFC 5280 section 6.1).

use sealpost::trust::link::Link;
use sealpost::trust::question::Question;
use sealpost::trust::reason::Reason;
use sealpost::trust::verdict::verify;

use crate::pki::{NOW, Party, Sheet, authority, server};

/// Policies 1.2.3 and 1.2.4, anyPolicy.
const P3: &[u8] = &[6, 2, 0x2a, 3];
const P4: &[u8] = &[6, 2, 0x2a, 4];
const ANY: &[u8] = &[6, 4, 0x55, 0x1d, 0x20, 0];

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [vec![0x30, content.len() as u8], content].concat()
}

fn with(mut sheet: Sheet, last: u64, value: Vec<u8>) -> Sheet {
    sheet.extensions.push((vec![2, 5, 29, last], value));
    sheet
}

fn policies(sheet: Sheet, ids: &[&[u8]]) -> Sheet {
    let list: Vec<Vec<u8>> = ids.iter().map(|id| sequence(&[id])).collect();
    with(sheet, 32, sequence(&list.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// requireExplicitPolicy after so many certificates.
fn requiring(sheet: Sheet, after: u8) -> Sheet {
    with(sheet, 36, sequence(&[&[0x80, 1, after]]))
}

/// The faults of root, middle and leaf.
fn faults(middle: Sheet, leaf: Sheet) -> Vec<(usize, Reason)> {
    let (root, issuer) = (Party::new("Root"), Party::new("Middle"));
    let link =
        |certificate: sealpost::model::certificate::Certificate| Link::from_der(certificate.der().to_vec()).unwrap();
    let anchors = [link(authority().issue(&root, &root))];
    let pool = [link(middle.issue(&issuer, &root))];
    let leaf = link(leaf.issue(&Party::new("mx1.example.com"), &issuer));
    let question = Question { at: NOW.unix_timestamp(), ..Question::default() };
    verify(&question, &leaf, &pool, &anchors).paths.swap_remove(0).faults
}

#[test]
fn a_policy_is_needed_only_where_somebody_requires_one() {
    assert_eq!(faults(authority(), server()), []);
    assert_eq!(faults(policies(authority(), &[P3]), policies(server(), &[P4])), []);
    assert_eq!(faults(requiring(authority(), 0), server()), [(0, Reason::NoPolicy)]);
    assert_eq!(faults(requiring(authority(), 1), server()), [(0, Reason::NoPolicy)]);
    assert_eq!(faults(requiring(authority(), 2), server()), []);
}

#[test]
fn the_policies_of_the_path_must_meet() {
    let middle = |ids: &[&[u8]]| policies(requiring(authority(), 0), ids);
    assert_eq!(faults(middle(&[P3]), policies(server(), &[P3, P4])), []);
    assert_eq!(faults(middle(&[P3]), policies(server(), &[P4])), [(0, Reason::NoPolicy)]);
    assert_eq!(faults(middle(&[ANY]), policies(server(), &[P4])), []);
    assert_eq!(faults(middle(&[P3]), policies(server(), &[ANY])), []);
    let no_any = with(middle(&[P3]), 54, vec![2, 1, 0]);
    assert_eq!(faults(no_any, policies(server(), &[ANY])), [(0, Reason::NoPolicy)]);
}

#[test]
fn a_mapping_puts_the_subjects_policy_in_place_of_the_issuers() {
    let mapping = |from: &[u8], to: &[u8]| {
        with(policies(requiring(authority(), 0), &[P3]), 33, sequence(&[&sequence(&[from, to])]))
    };
    assert_eq!(faults(mapping(P3, P4), policies(server(), &[P4])), []);
    assert_eq!(faults(mapping(P3, P4), policies(server(), &[P3])), [(0, Reason::NoPolicy)]);
    assert_eq!(faults(mapping(P3, ANY), policies(server(), &[P4])), [(1, Reason::NoPolicy)]);
}
