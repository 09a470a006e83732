//! Certificates made to waste time or to break the reader: every question ends after bounded work, and nothing panics.

use sealpost::model::certificate::Certificate;
use sealpost::trust::budget::Exhausted;
use sealpost::trust::crl::Crl;
use sealpost::trust::link::Link;
use sealpost::trust::question::{Effort, Question};
use sealpost::trust::ruleset::Ruleset;
use sealpost::trust::verdict::{Verdict, verify};

use crate::pki::{NOW, Party, authority, server};

fn link(certificate: &Certificate) -> Link {
    Link::from_der(certificate.der().to_vec()).unwrap()
}

fn question(effort: Effort) -> Question {
    Question {
        at: NOW.unix_timestamp(),
        names: vec!["mx1.example.com".parse().unwrap()],
        effort,
        ..Question::default()
    }
}

/// Everybody signed everybody; only the first is signed by the root.
struct Crowd {
    leaf: Link,
    pool: Vec<Link>,
    root: Link,
}

fn crowd(size: usize) -> Crowd {
    let root = Party::new("Root");
    let parties: Vec<Party> = (0..size).map(|number| Party::new(format!("CA {number}").leak())).collect();
    let mut pool = vec![link(&authority().issue(&parties[0], &root))];
    for issuer in &parties {
        let others = parties.iter().filter(|subject| subject.name != issuer.name);
        pool.extend(others.map(|subject| link(&authority().issue(subject, issuer))));
    }
    let leaf = link(&server().issue(&Party::new("mx1.example.com"), &parties[size - 1]));
    Crowd { leaf, pool, root: link(&authority().issue(&root, &root)) }
}

#[test]
fn a_crowd_that_signed_each_other_is_searched_within_the_budget() {
    let crowd = crowd(14);
    let ask = |question: &Question, anchors: &[Link]| verify(question, &crowd.leaf, &crowd.pool, anchors);
    let valid = ask(&question(Effort::Verdict), std::slice::from_ref(&crowd.root));
    assert!(valid.is_valid());
    let explained = ask(&question(Effort::Explain), std::slice::from_ref(&crowd.root));
    assert!(explained.is_valid() && explained.paths.len() > 1);

    let late = Question { at: i64::from(u32::MAX), ..question(Effort::Explain) };
    let invalid = ask(&late, std::slice::from_ref(&crowd.root));
    assert!(!invalid.is_valid() && invalid.gave_up.is_some(), "{:?}", invalid.gave_up);
    let lost = ask(&question(Effort::Explain), &[]);
    assert!(!lost.is_valid() && !lost.paths.is_empty());
    assert!(lost.paths.len() <= 32, "{} paths were kept", lost.paths.len());
}

#[test]
fn a_circle_without_an_anchor_is_left_at_once() {
    let crowd = crowd(5);
    let verdict = verify(&question(Effort::Verdict), &crowd.leaf, &crowd.pool[1..], std::slice::from_ref(&crowd.root));
    assert!(!verdict.is_valid());
    assert_eq!(verdict.gave_up, None);
}

#[test]
fn thousands_of_namesakes_hide_the_right_issuer_no_longer_than_the_budget_lasts() {
    let (root, issuer) = (Party::new("Root"), Party::new("Issuer"));
    let anchors = [link(&authority().issue(&root, &root))];
    let leaf = link(&server().issue(&Party::new("mx1.example.com"), &issuer));
    let right = link(&authority().issue(&issuer, &root));
    let impostor = Party::new("Issuer");
    let mut pool: Vec<Link> =
        (0..1500).map(|serial| link(&authority().serial(serial).without_key_ids().issue(&impostor, &root))).collect();
    pool.push(right.clone());
    pool.extend(pool.clone());
    let found = verify(&question(Effort::Verdict), &leaf, &pool, &anchors);
    // Key identifiers lead to the right one; copies cost nothing.
    assert!(found.is_valid());
    let lost = verify(&question(Effort::Explain), &leaf, &pool[..1500], &anchors);
    assert_eq!((lost.is_valid(), lost.gave_up), (false, Some(Exhausted::Signatures)));
}

#[test]
fn thousands_of_names_against_thousands_of_constraints_are_given_up() {
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let mut names = server();
    names.names = (0..2000).map(|number| format!("a{number}.example.com")).collect();
    let leaf = link(&names.issue(&Party::new("a0.example.com"), &middle));
    let mut constrained = authority();
    constrained.excluded = (0..2000).map(|number| format!("b{number}.example.net")).collect();
    let pool = [link(&constrained.issue(&middle, &root))];
    let anchors = [link(&authority().issue(&root, &root))];
    let question = Question { names: Vec::new(), ..question(Effort::Explain) };
    let verdict: Verdict = verify(&question, &leaf, &pool, &anchors);
    assert_eq!((verdict.is_valid(), verdict.gave_up), (false, Some(Exhausted::NameComparisons)));
}

#[test]
fn no_damage_to_a_certificate_panics_or_makes_a_verdict_better() {
    let root = Party::new("Root");
    let good = server().issue(&Party::new("mx1.example.com"), &root);
    let anchors = [link(&authority().issue(&root, &root))];
    let mut accepted = Vec::new();
    let mut random: u32 = 1;
    for at in 0..good.der().len() {
        // A linear congruential generator (Numerical Recipes): the same bytes on every run.
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut der = good.der().to_vec();
        der[at] ^= (random >> 24) as u8 | 1;
        let _ = Crl::from_der(&der);
        assert!(Link::from_der(good.der()[..at].to_vec()).is_err(), "cut at {at}");
        let Ok(damaged) = Link::from_der(der) else { continue };
        for ruleset in [Ruleset::Rfc5280, Ruleset::PublicTls] {
            let question = Question { ruleset, ..question(Effort::Explain) };
            if verify(&question, &damaged, &[], &anchors).is_valid() {
                accepted.push(at);
            }
        }
    }
    assert!(accepted.is_empty(), "still valid with another byte at {accepted:?}");
}
