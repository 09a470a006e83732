//! PKCS#12 against OpenSSL: what it writes is read, what we write is read by it.

use sealpost::formats::pkcs12::{Content, Mac, Pkcs12Error, Recipe, inspect, open};

use crate::needs;
use crate::pkcs12_sample::{Sample, certificates_of, keys};
use crate::support::Bench;

/// Whether this OpenSSL knows `-pbmac1_pbkdf2` (3.4 and later); says so aloud when not.
fn knows_pbmac1(bench: &Bench) -> bool {
    let known = bench.shell("openssl pkcs12 -help 2>&1").out.contains("pbmac1_pbkdf2");
    if !known {
        eprintln!("skipped: this openssl does not know PBMAC1");
    }
    known
}

fn packed() -> (Bench, Sample) {
    let (bench, sample) = (Bench::new(), Sample::new());
    sample.write(&bench);
    (bench, sample)
}

/// Packs all with these options and the password `secret`.
#[track_caller]
fn export(bench: &Bench, options: &str) -> Vec<u8> {
    let base = "openssl pkcs12 -export -inkey key.pem -in leaf.pem -certfile chain.pem -name mx-2026 -out out.p12";
    bench.shell(&format!("{base} {options}")).code(0);
    bench.read("out.p12")
}

#[test]
fn every_variant_it_writes_is_read() {
    needs!("openssl");
    let (bench, sample) = packed();
    let variants = [
        ("", "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), AES-256-CBC; MAC HMAC-SHA-256 (2,048 iterations)"),
        (
            "-macalg sha512",
            "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), AES-256-CBC; MAC HMAC-SHA-512 (2,048 iterations)",
        ),
        (
            "-macalg sha384 -iter 5000",
            "PBES2: PBKDF2-HMAC-SHA-256 (5,000 iterations), AES-256-CBC; MAC HMAC-SHA-384 (5,000 iterations)",
        ),
        ("-macalg sha224", "; MAC HMAC-SHA-224 (2,048 iterations)"),
        ("-macalg sha1 -nomaciter", "; MAC HMAC-SHA-1 (1 iteration)"),
        ("-nomac", "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), AES-256-CBC; no MAC"),
        ("-certpbe NONE", "AES-256-CBC; MAC HMAC-SHA-256"),
        ("-keypbe NONE -certpbe NONE", "not encrypted; MAC HMAC-SHA-256 (2,048 iterations)"),
        ("-keypbe NONE -certpbe NONE -nomac", "not encrypted; no MAC"),
        (
            "-keypbe aes-128-cbc -certpbe aes-192-cbc",
            "AES-192-CBC; PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), AES-128-CBC",
        ),
        ("-keypbe des-ede3-cbc -certpbe des-ede3-cbc", "3DES-CBC; MAC"),
        (
            "-legacy",
            "PKCS#12: SHA-1, RC2-40 (2,048 iterations); PKCS#12: SHA-1, 3DES (2,048 iterations); MAC HMAC-SHA-1",
        ),
        ("-legacy -descert", "PKCS#12: SHA-1, 3DES (2,048 iterations); MAC HMAC-SHA-1"),
        (
            "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-2DES",
            "RC2-128 (2,048 iterations); PKCS#12: SHA-1, 3DES with two keys",
        ),
        (
            "-legacy -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-40",
            "RC4-128 (2,048 iterations); PKCS#12: SHA-1, RC4-40",
        ),
        (
            "-legacy -certpbe PBE-MD5-DES -keypbe PBE-SHA1-RC2-64",
            "PBES1: MD5, DES (2,048 iterations); PBES1: SHA-1, RC2-64",
        ),
        (
            "-legacy -certpbe PBE-MD5-RC2-64 -keypbe PBE-SHA1-DES",
            "PBES1: MD5, RC2-64 (2,048 iterations); PBES1: SHA-1, DES",
        ),
    ];
    for (options, told) in variants {
        let bytes = export(&bench, &format!("{options} -passout pass:secret"));
        let protection = inspect(&bytes).unwrap();
        assert!(protection.to_string().contains(told), "{options}: {protection}");
        assert_eq!(protection.is_legacy(), told.contains("SHA-1") || told.contains("PBES1"), "{options}");
        let archive = open(&bytes, "secret").unwrap_or_else(|error| panic!("{options}: {error}"));
        sample.is_in(&archive, &[&sample.leaf, &sample.intermediate, &sample.root]);
        let key = archive.entries.iter().find(|entry| matches!(entry.content, Content::Key(_))).unwrap();
        assert_eq!(key.friendly_name.as_deref(), Some("mx-2026"), "{options}");
        let leaf = archive.entries.iter().find(|entry| matches!(entry.content, Content::Certificate(_))).unwrap();
        assert_eq!(leaf.friendly_name.as_deref(), Some("mx-2026"), "{options}");
        assert!(key.local_key_id.is_some() && key.local_key_id == leaf.local_key_id, "{options}");
        let expected = match (protection.mac, protection.encryption.is_empty()) {
            (Mac::None, true) => None,
            (Mac::None, false) => Some(Pkcs12Error::WrongPasswordOrDamaged),
            _ => Some(Pkcs12Error::WrongPassword),
        };
        assert_eq!(open(&bytes, "Secret").err(), expected, "{options}");
    }
}

#[test]
fn what_is_not_supported_is_named_whatever_the_password() {
    needs!("openssl");
    let (bench, _) = packed();
    let variants = [
        ("-macalg sha512-256", "a MAC with SHA-512/256"),
        ("-macalg sha3-256", "a MAC with SHA3-256"),
        ("-certpbe camellia-128-cbc", "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), Camellia-128-CBC"),
    ];
    for (options, name) in variants {
        let bytes = export(&bench, &format!("{options} -passout pass:secret"));
        for password in ["secret", "another", ""] {
            assert_eq!(open(&bytes, password).err(), Some(Pkcs12Error::Unsupported(name.to_owned())));
        }
    }
}

#[test]
fn every_password_is_read() {
    needs!("openssl");
    let (bench, sample) = packed();
    for password in ["", "x", "mit Leerzeichen", "Passwörtchen", "пароль", "schlüssel 😀", "😀"] {
        for legacy in ["", "-legacy"] {
            bench.write("password", format!("{password}\n"));
            let bytes = export(&bench, &format!("{legacy} -passout file:password"));
            let archive = open(&bytes, password).unwrap_or_else(|error| panic!("{password} {legacy}: {error}"));
            sample.is_in(&archive, &[&sample.leaf, &sample.intermediate, &sample.root]);
            assert_eq!(open(&bytes, "another").err(), Some(Pkcs12Error::WrongPassword), "{password}");
        }
    }
}

#[test]
fn without_a_key_or_without_a_certificate() {
    needs!("openssl");
    let (bench, sample) = packed();
    bench.shell("openssl pkcs12 -export -nokeys -in all.pem -passout pass:secret -out out.p12").code(0);
    let archive = open(&bench.read("out.p12"), "secret").unwrap();
    assert!(keys(&archive).is_empty());
    assert_eq!(certificates_of(&archive), [&sample.leaf, &sample.intermediate, &sample.root]);
    bench.shell("openssl pkcs12 -export -nocerts -inkey key.pem -passout pass:secret -out out.p12").code(0);
    let archive = open(&bench.read("out.p12"), "secret").unwrap();
    sample.is_in(&archive, &[]);
}

#[test]
fn ours_are_read_by_it() {
    needs!("openssl");
    let (bench, sample) = (Bench::new(), Sample::new());
    for recipe in [Recipe::Modern, Recipe::Legacy, Recipe::Pbmac1] {
        for password in ["secret", "Passwörtchen 😀"] {
            if recipe == Recipe::Pbmac1 && !knows_pbmac1(&bench) {
                continue;
            }
            bench.write("ours.p12", sample.seal(recipe, password));
            bench.write("password", format!("{password}\n"));
            let read = bench.shell("openssl pkcs12 -in ours.p12 -passin file:password -nodes -info").code(0);
            let blocks: Vec<Vec<u8>> =
                pem::parse_many(&read.out).unwrap().into_iter().map(pem::Pem::into_contents).collect();
            assert_eq!(blocks, [&sample.leaf, &sample.intermediate, &sample.key].map(Clone::clone), "{recipe:?}");
            assert_eq!(read.out.matches("friendlyName: mx-2026").count(), 2, "{}", read.out);
            assert_eq!(read.out.matches("localKeyID: ").count(), 2, "{}", read.out);
            let told = match recipe {
                Recipe::Legacy => "MAC: sha1, Iteration 2048",
                _ => "MAC: sha256, Iteration 600000",
            };
            if recipe != Recipe::Pbmac1 {
                read.err_has(told);
            }
            bench.write("password", "another\n");
            bench.shell("openssl pkcs12 -in ours.p12 -passin file:password -nodes").code(1).err_has("invalid password");
        }
    }
}

#[test]
fn pbmac1_of_openssl_is_read() {
    needs!("openssl");
    let (bench, sample) = packed();
    if !knows_pbmac1(&bench) {
        return;
    }
    for options in ["", "-pbmac1_pbkdf2_md sha512", "-macalg sha512"] {
        let bytes = export(&bench, &format!("-pbmac1_pbkdf2 {options} -passout pass:secret"));
        assert!(matches!(inspect(&bytes).unwrap().mac, Mac::Pbmac1(_)));
        let archive = open(&bytes, "secret").unwrap();
        sample.is_in(&archive, &[&sample.leaf, &sample.intermediate, &sample.root]);
        assert_eq!(open(&bytes, "Secret").err(), Some(Pkcs12Error::WrongPassword));
    }
}
