//! PKCS#12 against NSS: `pk12util` writes BER with indefinite lengths.

use sealpost::formats::pkcs12::{Content, Pkcs12Error, Recipe, open};

use crate::needs;
use crate::pkcs12_sample::{Sample, certificates_of, keys};
use crate::support::Bench;

/// A database with our sample in it, brought there by a file of ours.
fn database(bench: &Bench, sample: &Sample, recipe: Recipe, password: &str) -> i32 {
    bench.write("ours.p12", sample.seal(recipe, password));
    bench.write("password", format!("{password}\n"));
    bench.shell("rm -rf db; mkdir db; certutil -d db -N --empty-password").code(0);
    bench.shell("pk12util -d db -K '' -i ours.p12 -w password 2>&1").code
}

#[test]
fn ours_are_read_by_it() {
    needs!("pk12util", "certutil");
    let (bench, sample) = (Bench::new(), Sample::new());
    for recipe in [Recipe::Modern, Recipe::Legacy, Recipe::Pbmac1] {
        for password in ["secret", "Passwörtchen"] {
            let code = database(&bench, &sample, recipe, password);
            if recipe == Recipe::Pbmac1 && code != 0 {
                // NSS before 3.103 knows no PBMAC1.
                eprintln!("skipped: this NSS does not know PBMAC1");
                continue;
            }
            assert_eq!(code, 0, "{recipe:?} {password}");
            bench.shell("certutil -d db -L").code(0).out_has("mx-2026").out_has("u,u,u");
            bench.shell("certutil -d db -K").code(0).out_has("mx-2026");
            bench.shell("certutil -d db -L -n mx-2026 -r > leaf.der").code(0);
            assert_eq!(bench.read("leaf.der"), sample.leaf);
            bench.write("password", "another\n");
            assert_ne!(bench.shell("pk12util -d db -K '' -l ours.p12 -w password").code, 0);
        }
    }
}

#[test]
fn its_exports_are_read() {
    needs!("pk12util", "certutil");
    let (bench, sample) = (Bench::new(), Sample::new());
    assert_eq!(database(&bench, &sample, Recipe::Modern, "secret"), 0);
    let variants = [
        ("secret", ""),
        ("secret", "-c AES-128-CBC -C AES-256-CBC"),
        ("secret", "-c DES-EDE3-CBC -C DES-EDE3-CBC"),
        ("Passwörtchen", ""),
        ("schlüssel 😀", ""),
    ];
    for (password, cipher) in variants {
        bench.write("password", format!("{password}\n"));
        bench.shell(&format!("rm -f out.p12; pk12util -d db -K '' -o out.p12 -n mx-2026 -w password {cipher}")).code(0);
        let bytes = bench.read("out.p12");
        assert!(bytes.starts_with(&[0x30, 0x80]), "NSS writes indefinite lengths");
        let archive = open(&bytes, password).unwrap_or_else(|error| panic!("{password} {cipher}: {error}"));
        assert_eq!(keys(&archive).len(), 1, "{cipher}");
        let certificates = certificates_of(&archive);
        assert!(certificates.contains(&sample.leaf.as_slice()), "{cipher}");
        assert!(certificates.contains(&sample.intermediate.as_slice()), "{cipher}");
        let key = archive.entries.iter().find(|entry| matches!(entry.content, Content::Key(_))).unwrap();
        assert_eq!(key.friendly_name.as_deref(), Some("mx-2026"), "{cipher}");
        assert_eq!(open(&bytes, "another").err(), Some(Pkcs12Error::WrongPassword), "{password} {cipher}");
        for at in [bytes.len() - 1, bytes.len() / 2, 40] {
            let error = open(&bytes[..at], password).unwrap_err();
            assert_eq!(error, Pkcs12Error::Truncated { at, of: None });
        }
    }
}
