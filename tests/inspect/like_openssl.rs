//! Questions that OpenSSL and GnuTLS are asked too, with certificates made for them: the answer is the same.

use std::process::Command;

use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;
use time::macros::datetime;

use crate::needs;
use crate::pki::{Party, authority, server};
use crate::support::{Bench, run};

/// A root, an issuing CA and a server for `names`, valid as long as anybody may run this.
fn chain(names: &[&str]) -> Bench {
    let (root, issuing, leaf) = (Party::new("Root"), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    let (from, until) = (datetime!(2020-01-01 0:00 UTC), datetime!(2099-01-01 0:00 UTC));
    let mut sheet = server().dates(from, until).serial(3);
    sheet.names = names.iter().map(ToString::to_string).collect();
    let bench = Bench::new();
    let text = |list: &[Certificate]| list.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect::<String>();
    let middle = authority().dates(from, until).serial(2).issue(&issuing, &root);
    bench.write("root.pem", text(&[authority().dates(from, until).issue(&root, &root)]));
    bench.write("full.pem", text(&[sheet.issue(&leaf, &issuing), middle]));
    bench
}

/// Whether `openssl verify` takes the chain, asked with these further arguments.
fn openssl(bench: &Bench, anchors: &str, arguments: &[&str]) -> bool {
    let (anchors, chain) = (bench.path(anchors), bench.path("full.pem"));
    let mut command = Command::new("openssl");
    command.arg("verify").args(arguments).arg("-CAfile").arg(anchors).arg("-no-CApath").arg("-untrusted").arg(&chain);
    run(command.arg(&chain)).code == 0
}

fn gnutls(bench: &Bench, hostname: &str) -> bool {
    let mut command = Command::new("certtool");
    command.args(["--verify", "--verify-hostname", hostname, "--load-ca-certificate"]);
    run(command.arg(bench.path("root.pem")).arg("--infile").arg(bench.path("full.pem"))).code == 0
}

fn sealpost(bench: &Bench, anchors: &str, arguments: &[&str]) -> bool {
    bench.run(["verify", "full.pem", "--trust", anchors].iter().chain(arguments)).code == 0
}

#[test]
fn a_presented_name_with_a_trailing_dot_matches_nothing() {
    needs!("openssl", "certtool");
    for (presented, matches) in [
        ("mx1.example.com", true),
        ("mx1.example.com.", false),
        ("*.example.com", true),
        ("*.example.com.", false),
        ("MX1.Example.COM", true),
    ] {
        let bench = chain(&[presented]);
        let hostname = "mx1.example.com";
        assert_eq!(openssl(&bench, "root.pem", &["-verify_hostname", hostname]), matches, "OpenSSL: {presented}");
        assert_eq!(gnutls(&bench, hostname), matches, "GnuTLS: {presented}");
        assert_eq!(sealpost(&bench, "root.pem", &["--hostname", hostname]), matches, "verify: {presented}");
        // What a person types with the dot of the root is the same name.
        assert_eq!(sealpost(&bench, "root.pem", &["--hostname", "mx1.example.com."]), matches, "verify: {presented}");
        let lint = bench.run(["lint", "full.pem", "--trust", "root.pem", "--hostname", hostname]);
        assert_eq!(!lint.out.contains("name/hostname-mismatch"), matches, "lint: {presented}\n{}", lint.out);
    }
}

#[test]
fn an_anchor_that_its_file_rejects_is_none() {
    needs!("openssl");
    let bench = chain(&["mx1.example.com"]);
    for marks in [
        &["-addreject", "serverAuth"][..],
        &["-addreject", "clientAuth"],
        &["-addreject", "emailProtection"],
        &["-addreject", "anyExtendedKeyUsage"],
        &["-addreject", "serverAuth", "-addreject", "clientAuth"],
        &["-addtrust", "serverAuth"],
        &["-addtrust", "emailProtection"],
        &["-addtrust", "anyExtendedKeyUsage"],
        &["-setalias", "Root"],
        &["-trustout"],
    ] {
        let mut command = Command::new("openssl");
        command.arg("x509").args(marks).arg("-in").arg(bench.path("root.pem"));
        run(command.arg("-out").arg(bench.path("marked.pem"))).code(0);
        assert!(std::fs::read_to_string(bench.path("marked.pem")).unwrap().contains("TRUSTED CERTIFICATE"));
        for (purpose, usage) in [("sslserver", "serverAuth"), ("sslclient", "clientAuth")] {
            let theirs = openssl(&bench, "marked.pem", &["-purpose", purpose]);
            assert_eq!(sealpost(&bench, "marked.pem", &["--eku", usage]), theirs, "{marks:?} for {usage}");
        }
        let for_servers = openssl(&bench, "marked.pem", &["-purpose", "sslserver"]);
        let lint = bench.run(["lint", "full.pem", "--trust", "marked.pem"]);
        assert_eq!(!lint.out.contains("error[chain/"), for_servers, "{marks:?}\n{}", lint.out);
        let own = bench.run(["lint", "marked.pem", "--trust", "none"]);
        assert_eq!(!own.out.contains("error[pem/distrusted]"), for_servers, "{marks:?}\n{}", own.out);
    }
}
