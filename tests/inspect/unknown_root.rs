//! An unknown root is no missing intermediate: nobody sends roots, and the advice is another. In every judge of chains alike.

use rustls::pki_types::CertificateDer;
use sealpost::deliver::identity::{CertificateFault, Named, PeerIdentity, References, Source};
use sealpost::deliver::outcome::Reason as Failure;
use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;
use sealpost::trust::link::Link;
use sealpost::trust::peer::{Anchors, Usage, judge};
use sealpost::trust::reason::Reason;

use super::pki::{NOW, Party, Sheet, authority, server};
use crate::support::{Bench, Run};

struct Pki {
    leaf: Certificate,
    /// Of the same key, once with and once without a place where its issuer's certificate is published.
    silent: Certificate,
    telling: Certificate,
    root: Certificate,
}

/// With a keyUsage, which the rules want of an authority.
fn ca() -> Sheet {
    let mut sheet = authority();
    sheet.extensions.push((vec![2, 5, 29, 15], vec![3, 2, 1, 6]));
    sheet
}

fn pki() -> Pki {
    let (root, middle, leaf) = (Party::new("Private Root"), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    let url = b"http://pki.example/root.crt";
    let mut access =
        vec![0x30, 12 + url.len() as u8, 0x30, 10 + url.len() as u8, 6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2, 0x86];
    access.push(url.len() as u8);
    access.extend(url);
    (access[1], access[3]) = (access[1] + 2, access[3] + 2);
    let mut telling = ca().serial(2);
    telling.extensions.push((vec![1, 3, 6, 1, 5, 5, 7, 1, 1], access));
    Pki {
        leaf: server().issue(&leaf, &middle),
        silent: ca().issue(&middle, &root),
        telling: telling.issue(&middle, &root),
        root: ca().issue(&root, &root),
    }
}

#[test]
fn a_peer_whose_root_is_unknown_is_told_from_one_that_leaves_out_an_intermediate() {
    let p = pki();
    for (chain, reason, sentence, code) in [
        (
            vec![&p.leaf, &p.silent],
            (1, Reason::UnknownRoot),
            "the chain leads to `Private Root`, which is no trust anchor",
            "chain/unknown-root",
        ),
        (
            vec![&p.leaf, &p.telling],
            (1, Reason::NoIssuer),
            "the peer does not send the certificate of `Private Root`, which issued the CA certificate `Issuing CA`, and it is \
             no trust anchor",
            "chain/missing-intermediate",
        ),
        (
            vec![&p.leaf],
            (0, Reason::NoIssuer),
            "the peer does not send the certificate of `Issuing CA`, which issued the certificate, and it is no trust anchor",
            "chain/missing-intermediate",
        ),
    ] {
        let ders: Vec<&[u8]> = chain.iter().map(|one| one.der()).collect();
        for usage in [Usage::Server, Usage::Client] {
            let peer = judge(&ders, &Anchors::default(), usage, NOW.unix_timestamp());
            assert!(peer.reasons.iter().eq([&reason]), "{:?}", peer.reasons);
        }
        let ders = chain.iter().map(|one| CertificateDer::from(one.der().to_vec())).collect();
        let identity = PeerIdentity::checked(ders, &Anchors::default(), NOW);
        let named = Named { reference: "mx1.example.com".parse().unwrap(), source: Source::Domain };
        let fault: CertificateFault = identity.verify(&References::new([named])).unwrap_err().remove(0);
        assert_eq!(fault.to_string(), sentence);
        let failure = Failure::Certificate(fault);
        assert_eq!(failure.code(), code);
        assert_eq!(format!("{:?}", failure.result()), "Some(CertificateNotTrusted)");
    }
    let anchors = Anchors::new(vec![Link::from_der(p.root.der().to_vec()).unwrap()]);
    let ders = [p.leaf.der(), p.silent.der()];
    assert!(judge(&ders, &anchors, Usage::Server, NOW.unix_timestamp()).is_believed());
}

struct Files(Bench);

impl Files {
    fn new() -> Files {
        let (p, bench) = (pki(), Bench::new());
        let text =
            |list: &[&Certificate]| list.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect::<String>();
        bench.write("silent.pem", text(&[&p.leaf, &p.silent]));
        bench.write("telling.pem", text(&[&p.leaf, &p.telling]));
        bench.write("whole.pem", text(&[&p.leaf, &p.silent, &p.root]));
        bench.write("alone.pem", text(&[&p.leaf]));
        bench.write("silent-pool.pem", text(&[&p.silent]));
        let stranger = Party::new("Elsewhere");
        bench.write("other.pem", text(&[&ca().issue(&stranger, &stranger)]));
        let own = Party::new("mx1.example.com");
        bench.write("own.pem", text(&[&server().issue(&own, &own)]));
        Files(bench)
    }

    fn run(&self, command: &str, file: &str, more: &[&str]) -> Run {
        let options = ["--trust", "other.pem", "--at", "2030-06-01T12:00:00Z"];
        self.0.run([&[command, file], &options[..], more].concat())
    }
}

#[test]
fn lint_and_verify_give_each_its_own_advice() {
    let files = Files::new();
    let lint = |file: &str, more: &[&str]| files.run("lint", file, &[&["--ruleset", "rfc5280"], more].concat()).code(1);
    let run = lint("silent.pem", &[]).out_has("error[chain/unknown-root]: the chain leads to Private Root");
    let run = run.out_has("help: --trust FILE").out_has("└─ Private Root   not in the file, not trusted");
    assert!(!run.out.contains("missing-intermediate"), "{}", run.out);
    let run =
        lint("telling.pem", &[]).out_has("error[chain/missing-intermediate]").out_has("--fetch-issuers looks there");
    assert!(!run.out.contains("unknown-root"), "{}", run.out);
    let run = lint("alone.pem", &[]).out_has("error[chain/missing-intermediate]");
    assert!(!run.out.contains("unknown-root"), "{}", run.out);
    // The pool leads further, and there the root is unknown: two facts.
    let run = lint("alone.pem", &["--pool", "silent-pool.pem"]).out_has("error[chain/missing-intermediate]");
    run.out_has("error[chain/unknown-root]").out_has("missing; in the pool");
    let run =
        files.run("verify", "silent.pem", &[]).code(1).out_has("error[chain/unknown-root]: was issued by an authority");
    run.out_has("unknown root: CN=Private Root").out_has("help: --trust FILE");
    let run = files.run("verify", "telling.pem", &[]).code(1).out_has("error[chain/missing-intermediate]");
    run.out_has("missing: CN=Private Root").out_has("http://pki.example/root.crt");
}

/// Nothing that a commit would stop for, and nothing to be taken for trust.
#[test]
fn in_the_rulesets_of_roles_the_head_line_says_that_nobody_will_trust_it() {
    let files = Files::new();
    for ruleset in ["smtp-server", "smtp-client", "https", "fortimail"] {
        for (file, rule) in [
            ("silent.pem", "chain/unknown-root"),
            ("own.pem", "chain/self-signed-leaf"),
            ("whole.pem", "chain/untrusted-root"),
        ] {
            if ruleset == "fortimail" && file == "whole.pem" {
                continue; // It must not hold a root, which is another error.
            }
            let more = ["--ruleset", ruleset, "--severity", "cert/eku-client-auth=off"];
            let run = files.run("lint", file, &more).code(0).out_has(&format!("warning[{rule}]"));
            run.out_has(": pass, but nobody who verifies will trust it");
        }
    }
    let run = files.0.run([
        "lint",
        "silent.pem",
        "--trust",
        "none",
        "--ruleset",
        "smtp-server",
        "--at",
        "2030-06-01T12:00:00Z",
    ]);
    assert!(run.code(0).out.contains("2 certificates: pass\n"));
}
