//! Whatever certificates are in a file and in whatever order: what verified before verifies after mending, and nothing that was no
//! error becomes one. The form of the file makes no difference, and OpenSSL agrees. By seed; short by default, long with
//! `SEALPOST_LONG_TESTS=1`.

use sealpost::formats::pem;
use sealpost::inspect::bundle::Bundle;
use sealpost::inspect::mend::mend;
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::{RootPolicy, Ruleset};
use sealpost::inspect::{bytes, findings};
use sealpost::model::certificate::Certificate;
use sealpost::model::diagnostic::Severity;
use sealpost::trust::link::Link;
use sealpost::trust::question::Question as PathQuestion;
use sealpost::trust::verdict;
use time::macros::datetime;

use crate::needs;
use crate::support::Bench;

use super::pki::{NOW, Party, Sheet, authority, server};

/// Two roots, each of which signed the issuing authority and the other root, and everything that could get into a file beside them.
struct World {
    certificates: Vec<Certificate>,
    roots: [Certificate; 2],
}

/// With a keyUsage, which the rules want of an authority.
fn ca() -> Sheet {
    let mut sheet = authority();
    sheet.extensions.push((vec![2, 5, 29, 15], vec![3, 2, 1, 6]));
    sheet
}

fn short(sheet: Sheet) -> Sheet {
    sheet.dates(datetime!(2025-01-01 0:00 UTC), datetime!(2030-05-20 0:00 UTC)).serial(77)
}

fn world() -> World {
    let (leaf, middle) = (Party::new("mx1.example.com"), Party::new("Issuing CA"));
    let (one, other, stranger) = (Party::new("Root One"), Party::new("Root Two"), Party::new("Unrelated CA"));
    let impostor = Party::new("Issuing CA");
    let roots = [ca().issue(&one, &one), ca().issue(&other, &other)];
    let certificates = vec![
        server().issue(&leaf, &middle),
        ca().serial(2).issue(&middle, &one),
        ca().serial(3).issue(&middle, &other),
        short(ca()).issue(&middle, &one),
        ca().serial(4).issue(&one, &other),
        ca().serial(5).issue(&other, &one),
        ca().serial(6).issue(&impostor, &one),
        ca().issue(&stranger, &stranger),
        roots[0].clone(),
        roots[1].clone(),
    ];
    World { certificates, roots }
}

/// Numbers by seed (xorshift).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn some<'a>(&mut self, of: &'a [Certificate]) -> Vec<&'a Certificate> {
        let count = 1 + self.below(of.len());
        (0..count).map(|_| &of[self.below(of.len())]).collect()
    }
}

fn links(certificates: &[&Certificate]) -> Vec<Link> {
    certificates.iter().map(|one| Link::from_der(one.der().to_vec()).unwrap()).collect()
}

fn file(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect()
}

fn verifies(certificates: &[Link], leaf: &Link, question: &Question) -> bool {
    let anchors: Vec<Link> = question.stores.iter().flat_map(|store| store.anchors.clone()).collect();
    let asked = PathQuestion { at: NOW.unix_timestamp(), ..PathQuestion::default() };
    verdict::verify(&asked, leaf, certificates, &anchors).is_valid()
}

fn errors(text: &[u8], question: &Question) -> Vec<&'static str> {
    let report = findings::inspect(&bytes::read("bundle.pem", text), question);
    report.findings.iter().filter(|one| one.severity == Severity::Error).map(|one| one.rule).collect()
}

fn read(text: &[u8]) -> Vec<Link> {
    let blocks = pem::blocks(text).unwrap();
    blocks.into_iter().map(|(_, der)| Link::from_der(der).unwrap()).collect()
}

/// The same certificates as an editor, a mail or a script would leave them behind.
fn spoilt(text: &str, numbers: &mut Numbers) -> Vec<u8> {
    match numbers.below(9) {
        0 => text.replace('\n', "\r\n").into_bytes(),
        1 => text.replace('\n', "\r").into_bytes(),
        2 => text.replace('\n', "\\n").into_bytes(),
        3 => format!("\u{feff}{text}").into_bytes(),
        4 => text.lines().map(|line| format!("\t{line}\n")).collect::<String>().into_bytes(),
        5 => text.replace("-----\n-----BEGIN", "----------BEGIN").into_bytes(),
        6 => text.replace('\n', "\n\n").into_bytes(),
        7 => text.replace("-----BEGIN", "subject=/CN=somebody\n-----BEGIN").into_bytes(),
        _ => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    }
}

/// A question by chance, about the roots.
fn question(numbers: &mut Numbers, world: &World) -> Question {
    let mut question = Question::new(NOW, Ruleset::named("rfc5280").unwrap());
    question.ruleset.root = [RootPolicy::Drop, RootPolicy::Keep, RootPolicy::Require][numbers.below(3)];
    let stores = match numbers.below(3) {
        0 => vec![&world.roots[0]],
        1 => vec![&world.roots[1]],
        _ => world.roots.iter().collect(),
    };
    question.stores = stores
        .into_iter()
        .map(|root| Store { label: root.display_name().to_owned(), anchors: links(&[root]) })
        .collect();
    if numbers.below(2) == 0 {
        question.pool = links(&numbers.some(&world.certificates[1..]));
    }
    question
}

#[test]
fn what_verified_still_verifies_and_nothing_gets_worse() {
    let count: u64 = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 5000 } else { 150 };
    let world = world();
    let mut verified = 0;
    for seed in 1..=count {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut given = numbers.some(&world.certificates);
        given.insert(numbers.below(given.len() + 1), &world.certificates[0]);
        let question = question(&mut numbers, &world);
        let before = file(&given);
        let items = bytes::read("bundle.pem", before.as_bytes());
        let mended = mend(before.as_bytes(), &Bundle::new(&items, &question), &question).unwrap();
        let after = read(&mended.text);
        let leaf = &links(&[&world.certificates[0]])[0];
        assert_eq!(after.first(), Some(leaf), "seed {seed}");
        let pool = question.pool.clone();
        let all: Vec<Link> = links(&given).into_iter().chain(pool).collect();
        if verifies(&all, leaf, &question) {
            verified += 1;
            assert!(verifies(&after, leaf, &question), "seed {seed}: it verified before it was mended\n{before}");
            // And in the order in which it stands: each issued the one before.
            let in_order = after.windows(2).all(|pair| pair[0].issuer_folded() == pair[1].subject_folded());
            assert!(in_order, "seed {seed}");
        }
        // A path that the pool completes shows a root that nobody trusts, which an open one hides.
        let is_new = |rule: &&&str| **rule != "chain/untrusted-root";
        let (old, new) = (errors(before.as_bytes(), &question), errors(&mended.text, &question));
        assert!(
            new.iter().filter(is_new).count() <= old.len(),
            "seed {seed}: before {old:?}, after {new:?}
{before}"
        );

        let items = bytes::read("bundle.pem", &mended.text);
        let again = mend(&mended.text, &Bundle::new(&items, &question), &question).unwrap();
        assert_eq!(again.text, mended.text, "seed {seed}: mended again, it changes");

        let spoilt = spoilt(&before, &mut numbers);
        let items = bytes::read("bundle.pem", &spoilt);
        let same = mend(&spoilt, &Bundle::new(&items, &question), &question).unwrap();
        assert_eq!(same.text, mended.text, "seed {seed}: another form makes another chain\n{:?}", items.damages);
    }
    assert!(verified * 4 > count, "only {verified} of {count} could be verified: the test has become blunt");
}

/// What we say holds after mending, OpenSSL says too, with the first root alone.
#[test]
fn openssl_accepts_what_was_mended() {
    needs!("openssl");
    let count: u64 = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 500 } else { 20 };
    let (world, bench) = (world(), Bench::new());
    bench.write("root.pem", file(&[&world.roots[0]]));
    let mut accepted = 0;
    for seed in 1..=count {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut given = numbers.some(&world.certificates);
        given.push(&world.certificates[0]);
        let mut question = question(&mut numbers, &world);
        question.stores.truncate(1);
        question.stores[0].anchors = links(&[&world.roots[0]]);
        let before = file(&given);
        let items = bytes::read("bundle.pem", before.as_bytes());
        let mended = mend(before.as_bytes(), &Bundle::new(&items, &question), &question).unwrap();
        let after = read(&mended.text);
        let ours = verifies(&after, &after[0], &question);
        bench.write("mended.pem", mended.text.as_slice());
        let at = NOW.unix_timestamp();
        let verify = format!("openssl verify -attime {at} -CAfile root.pem -untrusted mended.pem mended.pem");
        let theirs = bench.shell(&verify);
        assert_eq!(theirs.code == 0, ours, "seed {seed}: {}{}\n{before}", theirs.out, theirs.err);
        accepted += usize::from(ours);
    }
    assert!(accepted * 4 > count as usize, "only {accepted} of {count} hold: the test has become blunt");
}
