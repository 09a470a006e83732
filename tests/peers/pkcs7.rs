//! PKCS#7 bags: what OpenSSL and certtool write, and what they read of ours.

use sealpost::formats::{pem, pkcs7};
use sealpost::inspect::bytes::{Form, Items, Kind, read};

use crate::needs;
use crate::support::Bench;

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/inspect/bundle.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/inspect/leaf.key");

fn names(items: &Items) -> Vec<String> {
    let name = |kind: &Kind| match kind {
        Kind::Certificate(certificate) => certificate.display_name().to_owned(),
        other => format!("{other:?}"),
    };
    items.items.iter().map(|item| name(&item.kind)).collect()
}

#[track_caller]
fn reads_all(bench: &Bench, name: &str) {
    let items = read(name, &bench.read(name));
    let mut found = names(&items);
    found.sort();
    assert_eq!(found, ["Test Intermediate", "Test Root", "mx1.example.com"], "{name}: {:?}", items.damages);
    assert_eq!((items.form, items.damages.len()), (Form::Pkcs7, 0), "{name}: {:?}", items.damages);
}

#[test]
fn what_openssl_writes() {
    needs!("openssl");
    let bench = Bench::new();
    bench
        .shell(&format!(
            "openssl crl2pkcs7 -nocrl -certfile {BUNDLE} -out bag.pem
             openssl crl2pkcs7 -nocrl -certfile {BUNDLE} -outform DER -out bag.der
             openssl crl2pkcs7 -in {crl} -certfile {BUNDLE} -outform DER -out crl.der
             echo hello > text
             sed -n '/BEGIN/,/END/p;/END/q' {BUNDLE} > leaf.pem
             sed '1,/END/d' {BUNDLE} > others.pem
             openssl cms -sign -in text -signer leaf.pem -inkey {KEY} -certfile others.pem -binary -nodetach -outform DER -stream -out stream.der
             openssl cms -sign -in text -signer leaf.pem -inkey {KEY} -certfile others.pem -binary -nodetach -outform PEM -out cms.pem
             openssl smime -sign -in text -signer leaf.pem -inkey {KEY} -certfile others.pem -binary -nodetach -outform DER -stream -out smime.der
             openssl smime -pk7out -in smime.der -inform DER -out pk7out.pem",
            crl = BUNDLE.replace("bundle.pem", "root.crl"),
        ))
        .code(0);
    // Indefinite length at the very start: BER.
    assert_eq!(bench.read("stream.der")[..2], [0x30, 0x80]);
    for name in ["bag.pem", "bag.der", "crl.der", "stream.der", "cms.pem", "smime.der", "pk7out.pem"] {
        reads_all(&bench, name);
    }
    let stream = bench.read("stream.der");
    for cut in 1..stream.len() {
        let items = read("cut", &stream[..cut]);
        assert!(items.items.is_empty() && !items.damages.is_empty(), "{cut}");
    }
}

#[test]
fn what_certtool_writes_and_reads() {
    needs!("certtool");
    let bench = Bench::new();
    let bundle = pem::blocks(&std::fs::read(BUNDLE).unwrap()).unwrap();
    bench
        .shell(&format!(
            "certtool --p7-generate --load-certificate {BUNDLE} --outfile bag.pem
             certtool --p7-generate --load-certificate {BUNDLE} --outder --outfile bag.der"
        ))
        .code(0);
    reads_all(&bench, "bag.pem");
    reads_all(&bench, "bag.der");
    let certificates: Vec<&[u8]> = bundle.iter().map(|(_, der)| der.as_slice()).collect();
    bench.write("ours.p7b", pkcs7::write(&certificates).unwrap());
    let shown = bench.shell("certtool --p7-info --inder --infile ours.p7b").code(0);
    assert_eq!(shown.out.matches("-----BEGIN CERTIFICATE-----").count(), 3, "{}", shown.out);
}

#[test]
fn what_openssl_and_keytool_read_of_ours() {
    needs!("openssl", "keytool");
    let bench = Bench::new();
    let bundle = pem::blocks(&std::fs::read(BUNDLE).unwrap()).unwrap();
    let certificates: Vec<&[u8]> = bundle.iter().map(|(_, der)| der.as_slice()).collect();
    let ours = pkcs7::write(&certificates).unwrap();
    bench.write("ours.der", &ours);
    bench.write("ours.pem", pem::encode("PKCS7", &ours));
    for (form, name) in [("DER", "ours.der"), ("PEM", "ours.pem")] {
        let shown = bench.shell(&format!("openssl pkcs7 -inform {form} -in {name} -print_certs")).code(0);
        let subjects: Vec<_> = shown.out.lines().filter(|line| line.starts_with("subject=")).collect();
        assert_eq!(
            subjects,
            [
                "subject=CN = mx1.example.com",
                "subject=O = Test CA, CN = Test Intermediate",
                "subject=O = Test CA, CN = Test Root"
            ]
        );
    }
    let shown = bench.shell("keytool -printcert -file ours.der").code(0);
    assert_eq!(shown.out.matches("Owner:").count(), 3, "{}", shown.out);
}
