//! Encrypted PKCS#8 against OpenSSL and GnuTLS.

use sealpost::formats::pkcs8::{Pkcs8Error, decrypt, encrypt, protection};

use crate::needs;
use crate::pkcs12_sample::Sample;
use crate::support::Bench;

#[test]
fn every_scheme_it_writes_is_read() {
    needs!("openssl");
    let (bench, sample) = (Bench::new(), Sample::new());
    sample.write(&bench);
    let schemes = [
        ("", "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), AES-256-CBC"),
        ("-v2 aes-128-cbc -v2prf hmacWithSHA1", "PBES2: PBKDF2-HMAC-SHA-1 (2,048 iterations), AES-128-CBC"),
        ("-v2 aes-192-cbc -v2prf hmacWithSHA224", "PBES2: PBKDF2-HMAC-SHA-224 (2,048 iterations), AES-192-CBC"),
        ("-v2 aes256 -v2prf hmacWithSHA384", "PBES2: PBKDF2-HMAC-SHA-384 (2,048 iterations), AES-256-CBC"),
        ("-v2 aes256 -v2prf hmacWithSHA512 -iter 7", "PBES2: PBKDF2-HMAC-SHA-512 (7 iterations), AES-256-CBC"),
        ("-v2 des3", "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), 3DES-CBC"),
        ("-v2 des -provider legacy -provider default", "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), DES-CBC"),
        ("-scrypt", "PBES2: scrypt, AES-256-CBC"),
        ("-v1 PBE-SHA1-3DES", "PKCS#12: SHA-1, 3DES (2,048 iterations)"),
        ("-v1 PBE-SHA1-2DES", "PKCS#12: SHA-1, 3DES with two keys (2,048 iterations)"),
        ("-v1 PBE-SHA1-RC2-40 -provider legacy -provider default", "PKCS#12: SHA-1, RC2-40 (2,048 iterations)"),
        ("-v1 PBE-SHA1-RC2-128 -provider legacy -provider default", "PKCS#12: SHA-1, RC2-128 (2,048 iterations)"),
        ("-v1 PBE-SHA1-RC4-128 -provider legacy -provider default", "PKCS#12: SHA-1, RC4-128 (2,048 iterations)"),
        ("-v1 PBE-MD5-DES -provider legacy -provider default", "PBES1: MD5, DES (2,048 iterations)"),
        ("-v1 PBE-MD5-RC2-64 -provider legacy -provider default", "PBES1: MD5, RC2-64 (2,048 iterations)"),
        ("-v1 PBE-SHA1-DES -provider legacy -provider default", "PBES1: SHA-1, DES (2,048 iterations)"),
        ("-v1 PBE-SHA1-RC2-64 -provider legacy -provider default", "PBES1: SHA-1, RC2-64 (2,048 iterations)"),
    ];
    for (options, told) in schemes {
        let base = "openssl pkcs8 -topk8 -in key.pem -outform DER -out out.der";
        bench.shell(&format!("{base} -passout 'pass:Passwörtchen' {options}")).code(0);
        let bytes = bench.read("out.der");
        assert_eq!(protection(&bytes).as_deref(), Some(told), "{options}");
        let key = decrypt(&bytes, "Passwörtchen").unwrap_or_else(|error| panic!("{options}: {error}"));
        assert_eq!(key.as_slice(), sample.key, "{options}");
        assert_eq!(decrypt(&bytes, "another"), Err(Pkcs8Error::WrongPassword), "{options}");
    }
}

#[test]
fn an_unknown_cipher_is_named() {
    needs!("openssl");
    let bench = Bench::new();
    Sample::new().write(&bench);
    bench
        .shell("openssl pkcs8 -topk8 -in key.pem -outform DER -out out.der -passout pass:x -v2 camellia-256-cbc")
        .code(0);
    let name = "PBES2: PBKDF2-HMAC-SHA-256 (2,048 iterations), Camellia-256-CBC".to_owned();
    let bytes = bench.read("out.der");
    assert_eq!(protection(&bytes), Some(name.clone()));
    assert_eq!(decrypt(&bytes, "x"), Err(Pkcs8Error::Unsupported(name)));
}

#[test]
fn ours_are_read_by_them() {
    needs!("openssl", "certtool");
    let (bench, sample) = (Bench::new(), Sample::new());
    sample.write(&bench);
    bench.write("ours.der", encrypt(&sample.key, "Passwörtchen").unwrap());
    let plain = "openssl pkcs8 -inform DER -in ours.der -passin 'pass:Passwörtchen' -outform DER -nocrypt -topk8";
    assert_eq!(bench.shell(plain).code(0).raw, sample.key);
    bench.shell("certtool -k --inder --infile ours.der --password Passwörtchen").code(0).out_has("EC/ECDSA");
    assert_ne!(bench.shell("openssl pkcs8 -inform DER -in ours.der -passin pass:x -nocrypt -topk8").code, 0);
}

/// A wrong password passes the check of the padding once in 256 times, and must not be believed then.
#[test]
fn a_thousand_wrong_passwords_are_wrong() {
    needs!("openssl");
    let bench = Bench::new();
    Sample::new().write(&bench);
    bench.shell("openssl pkcs8 -topk8 -in key.pem -outform DER -out out.der -passout pass:right -iter 1").code(0);
    let bytes = bench.read("out.der");
    for number in 0..1000 {
        assert_eq!(decrypt(&bytes, &format!("wrong {number}")), Err(Pkcs8Error::WrongPassword));
    }
}

#[test]
fn damage_is_never_a_key() {
    let sample = Sample::new();
    assert_eq!(encrypt(&sample.key, ""), Err(Pkcs8Error::EmptyPassword));
    assert_eq!(encrypt(b"no key", "x"), Err(Pkcs8Error::Malformed));
    let sealed = encrypt(&sample.key, "secret").unwrap();
    for end in 0..sealed.len() {
        assert_eq!(decrypt(&sealed[..end], "secret"), Err(Pkcs8Error::Malformed), "{end}");
        assert_eq!(protection(&sealed[..end]), None);
    }
    assert_eq!(protection(&sample.key), None);
    assert_eq!(decrypt(&sample.key, "x"), Err(Pkcs8Error::Malformed));
}
