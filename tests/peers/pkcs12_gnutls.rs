//! PKCS#12 against GnuTLS: `certtool` writes a safe for every certificate, and knows a null password.

use sealpost::formats::pkcs12::{Pkcs12Error, Recipe, inspect, open};

use crate::needs;
use crate::pkcs12_sample::{Sample, certificates_of, keys};
use crate::support::Bench;

fn packed() -> (Bench, Sample) {
    let (bench, sample) = (Bench::new(), Sample::new());
    sample.write(&bench);
    (bench, sample)
}

const EXPORT: &str = "certtool --to-p12 --load-privkey key.pem --load-certificate all.pem --p12-name mx-2026 --outder \
                      --outfile out.p12 --hash sha256";

#[track_caller]
fn is_in_any_order(sample: &Sample, bytes: &[u8], password: &str, what: &str) {
    let archive = open(bytes, password).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(keys(&archive), [sample.key.as_slice()], "{what}");
    let mut found = certificates_of(&archive);
    let mut expected = [sample.leaf.as_slice(), &sample.intermediate, &sample.root];
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{what}");
}

#[test]
fn every_cipher_it_writes_is_read() {
    needs!("certtool");
    let (bench, sample) = packed();
    let ciphers = [
        ("3des", "3DES-CBC"),
        ("3des-pkcs12", "PKCS#12: SHA-1, 3DES"),
        ("aes-128", "AES-128-CBC"),
        ("aes-192", "AES-192-CBC"),
        ("aes-256", "AES-256-CBC"),
        ("rc2-40", "PKCS#12: SHA-1, RC2-40"),
        ("arcfour", "PKCS#12: SHA-1, RC4-128"),
    ];
    for (cipher, told) in ciphers {
        bench.shell(&format!("rm -f out.p12; {EXPORT} --pkcs-cipher {cipher} --password secret")).code(0);
        let bytes = bench.read("out.p12");
        let protection = inspect(&bytes).unwrap();
        assert!(protection.to_string().contains(told), "{cipher}: {protection}");
        is_in_any_order(&sample, &bytes, "secret", cipher);
        assert_eq!(open(&bytes, "Secret").err(), Some(Pkcs12Error::WrongPassword), "{cipher}");
    }
}

#[test]
fn empty_null_and_foreign_passwords_are_read() {
    needs!("certtool");
    let (bench, sample) = packed();
    for cipher in ["aes-256", "3des-pkcs12"] {
        for (option, password) in [
            ("--empty-password --password ''", ""),
            ("--null-password", ""),
            ("--password Passwörtchen", "Passwörtchen"),
            ("--password '😀'", "😀"),
        ] {
            bench.shell(&format!("rm -f out.p12; {EXPORT} --pkcs-cipher {cipher} {option}")).code(0);
            let bytes = bench.read("out.p12");
            is_in_any_order(&sample, &bytes, password, &format!("{cipher} {option}"));
            assert_eq!(open(&bytes, "another").err(), Some(Pkcs12Error::WrongPassword), "{cipher} {option}");
        }
    }
}

#[test]
fn ours_are_read_by_it() {
    needs!("certtool");
    let (bench, sample) = (Bench::new(), Sample::new());
    let knows_pbmac1 = bench.shell("certtool --help").out.contains("pbmac1");
    for recipe in [Recipe::Modern, Recipe::Legacy, Recipe::Pbmac1] {
        for password in ["secret", "Passwörtchen"] {
            bench.write("ours.p12", sample.seal(recipe, password));
            let read =
                bench.shell(&format!("certtool --p12-info --inder --infile ours.p12 --password {password} 2>&1"));
            if recipe == Recipe::Pbmac1 && !knows_pbmac1 {
                // GnuTLS before 3.8.4 cannot check this MAC.
                eprintln!("skipped: this certtool does not know PBMAC1");
                assert_ne!(read.code, 0, "{}", read.out);
                continue;
            }
            let read = read.code(0);
            let blocks = pem::parse_many(&read.out).unwrap();
            let found: Vec<&[u8]> =
                blocks.iter().filter(|b| b.tag() == "CERTIFICATE").map(pem::Pem::contents).collect();
            assert_eq!(found, [sample.leaf.as_slice(), &sample.intermediate], "{}", read.out);
            assert!(blocks.iter().any(|block| block.tag().ends_with("PRIVATE KEY")), "{}", read.out);
            assert!(read.out.contains("Friendly name: mx-2026"), "{}", read.out);
            bench.shell("certtool --p12-info --inder --infile ours.p12 --password another").code(1);
        }
    }
}
