//! What is told of a container's protection before any password is asked for.

use sealpost::inspect::bytes::{Items, Kind, read};

use crate::needs;
use crate::support::Bench;

fn look(bench: &Bench, name: &str) -> Items {
    read(name, &bench.read(name))
}

#[test]
fn a_pkcs12_that_protects_nothing_opens_at_once_and_an_old_one_is_told() {
    needs!("openssl");
    let bench = Bench::new();
    let inputs = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/inspect");
    let export = format!("openssl pkcs12 -export -inkey {inputs}/leaf.key -in {inputs}/bundle.pem");
    bench
        .shell(&format!(
            "{export} -nomac -keypbe NONE -certpbe NONE -passout pass: -out open.p12
             {export} -legacy -passout pass:secret -out old.p12"
        ))
        .code(0);
    let items = look(&bench, "open.p12");
    assert_eq!(items.items.len(), 4, "{items:?}");
    assert!(items.items.iter().any(|item| matches!(item.kind, Kind::Key(_))));
    let items = look(&bench, "old.p12");
    assert_eq!(items.damages[0].rule, "pem/p12-legacy-encryption", "{:?}", items.damages);
    let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
    assert_eq!(locked.unlock("secret").unwrap().len(), 4);
}

/// What is said of `-legacy`, beside what OpenSSL does without it.
#[test]
fn legacy_is_asked_for_where_openssl_3_needs_it() {
    needs!("openssl");
    let bench = Bench::new();
    let inputs = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/inspect");
    let mut needed = 0;
    let ciphers = [
        "PBE-SHA1-RC2-40",
        "PBE-SHA1-RC2-128",
        "PBE-SHA1-RC4-40",
        "PBE-SHA1-RC4-128",
        "PBE-SHA1-3DES",
        "PBE-SHA1-2DES",
        "PBE-MD5-DES",
        "PBE-SHA1-DES",
        "PBE-MD5-RC2-64",
        "PBE-SHA1-RC2-64",
        "des-cbc",
        "rc2-cbc",
        "des-ede3-cbc",
        "aes-256-cbc",
    ];
    for (cipher, mac) in ciphers.into_iter().flat_map(|cipher| ["sha1", "sha256", "md5"].map(|mac| (cipher, mac))) {
        // Certificate and key apart: each alone is enough.
        for (certificate, key) in [(cipher, "aes-256-cbc"), ("aes-256-cbc", cipher)] {
            bench
                .shell(&format!(
                    "openssl pkcs12 -export -legacy -inkey {inputs}/leaf.key -in {inputs}/bundle.pem -certpbe {certificate} -keypbe {key} \
                     -macalg {mac} -passout pass:secret12 -out x.p12"
                ))
                .code(0);
            let opens = |options| {
                let script = format!(
                    "openssl pkcs12 -in x.p12 -passin pass:secret12 -nodes {options} 2>&1 | grep -c PRIVATE || true"
                );
                bench.shell(&script).code(0).out.trim() != "0"
            };
            assert!(opens("-legacy"), "{certificate} {key} {mac}");
            let told = look(&bench, "x.p12")
                .damages
                .iter()
                .any(|damage| damage.facts.iter().any(|fact| fact.contains("-legacy")));
            assert_eq!(told, !opens(""), "{certificate} {key} {mac}");
            needed += usize::from(told);
        }
    }
    assert!(needed > 40, "{needed}");
}
