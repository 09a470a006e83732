//! Faults of the list of certificates. Which rules must speak of them is read off the list afterwards.

use time::macros::datetime;

use super::bundle::{Made, Who};
use super::certificates::{Sheet, authority, new_key, server, stranger};
use super::faults::{Action, Fault, Group};

const fn list(name: &'static str, change: fn(&mut Made)) -> Fault {
    Fault::new(name, Group::List, &[], Action::List(change))
}

pub const LIST_FAULTS: &[Fault] = &[
    list("leaf last", |made| made.list.rotate_left(1)),
    list("reversed", |made| made.list.reverse()),
    list("issuers swapped", |made| made.list[1..].reverse()),
    list("leaf in the middle", |made| made.list.swap(0, 1)),
    list("leaf twice", |made| made.list.push(made.chain[0].clone())),
    list("issuer twice", |made| made.list.push(made.chain[1].clone())),
    list("issuer three times", |made| {
        made.list.splice(1..1, [made.chain[1].clone(), made.chain[1].clone()]);
    }),
    list("root included", |made| made.list.push(made.chain[3].clone())),
    list("root first", |made| made.list.insert(0, made.chain[3].clone())),
    list("root twice", |made| made.list.extend([made.chain[3].clone(), made.chain[3].clone()])),
    list("strange root", |made| made.add(Who::Stranger, stranger())),
    list("strange root between", |made| {
        made.add(Who::Stranger, stranger());
        made.list[1..].rotate_right(1);
    }),
    list("strange issuer", |made| {
        let strange = authority("Strange Issuing CA").issue(&new_key(), &authority("Strange Root"), &new_key());
        made.add(Who::Stranger, strange);
    }),
    list("old leaf kept", |made| {
        let old = Sheet {
            from: datetime!(2025-07-20 0:00 UTC),
            until: datetime!(2025-10-18 0:00 UTC),
            serial: vec![0x5b; 16],
            ..made.plan.sheets[0].clone()
        };
        made.add(Who::OldLeaf, made.plan.issue_again(0, &old, &made.plan.keys[0]));
    }),
    list("leaf of another host", |made| {
        let other = Sheet {
            name: "www.example.com".into(),
            names: vec!["www.example.com".into()],
            from: datetime!(2026-01-01 0:00 UTC),
            serial: vec![0x5c; 16],
            ..server()
        };
        made.add(Who::OtherLeaf, made.plan.issue_again(0, &other, &new_key()));
    }),
    list("first issuer missing", |made| {
        made.pool.push(made.list.remove(1).der);
    }),
    list("second issuer missing", |made| {
        made.pool.push(made.list.remove(2).der);
    }),
    list("all issuers missing", |made| {
        made.pool.extend(made.list.drain(1..).map(|entry| entry.der));
    }),
    list("first issuer missing for good", |made| drop(made.list.remove(1))),
    list("all issuers missing for good", |made| made.list.truncate(1)),
    list("expired copy of an issuer", |made| {
        let old = Sheet {
            from: datetime!(2020-01-01 0:00 UTC),
            until: datetime!(2025-01-01 0:00 UTC),
            serial: vec![0x5d; 16],
            ..made.plan.sheets[1].clone()
        };
        made.add(Who::ExpiredCopy, made.plan.issue_again(1, &old, &made.plan.keys[1]));
    }),
    list("impostor of an issuer", |made| {
        made.add(Who::Impostor, made.plan.issue_again(1, &made.plan.sheets[1], &new_key()));
    }),
    list("untrusted root", |made| {
        made.anchors = vec![stranger()];
        made.list.push(made.chain[3].clone());
    }),
];
