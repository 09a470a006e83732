//! Keys that OpenSSL wrote in its traditional forms, plain and under PEM headers.

use sealpost::inspect::bytes::{Items, Kind, UnlockError, read};
use sealpost::model::public_key::PublicKey;

use crate::needs;
use crate::support::Bench;

fn look(bench: &Bench, name: &str) -> Items {
    read(name, &bench.read(name))
}

/// The public key of `name`, as OpenSSL tells it.
fn public(bench: &Bench, name: &str) -> PublicKey {
    bench.shell(&format!("openssl pkey -in {name} -passin pass:secret -pubout -outform DER -out {name}.pub")).code(0);
    PublicKey::from_spki(&bench.read(&format!("{name}.pub"))).unwrap()
}

#[test]
fn every_cipher_that_openssl_writes_is_read() {
    needs!("openssl");
    let bench = Bench::new();
    bench
        .shell("openssl genrsa -out rsa.key 2048; openssl ecparam -name prime256v1 -genkey -noout -out ec.key")
        .code(0);
    for (cipher, options) in [
        ("DES-CBC", "-des -provider legacy -provider default"),
        ("DES-EDE3-CBC", "-des3"),
        ("AES-128-CBC", "-aes128"),
        ("AES-192-CBC", "-aes192"),
        ("AES-256-CBC", "-aes256"),
    ] {
        for kind in ["rsa", "ec"] {
            let traditional = if kind == "rsa" { "-traditional" } else { "" };
            let script =
                format!("openssl {kind} -in {kind}.key {traditional} {options} -passout pass:secret -out {kind}.pem");
            bench.shell(&script).code(0);
            let items = look(&bench, &format!("{kind}.pem"));
            let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
            assert_eq!(locked.protection(), format!("encrypted key, PEM headers: MD5 (1 iteration), {cipher}"));
            assert_eq!(locked.unlock("wrong").unwrap_err(), UnlockError::WrongPassword, "{cipher}");
            assert_eq!(locked.unlock("").unwrap_err(), UnlockError::WrongPassword, "{cipher}");
            let opened = locked.unlock("secret").unwrap();
            let Kind::Key(key) = &opened[0].kind else { panic!("{opened:?}") };
            assert_eq!(key.public(), &public(&bench, &format!("{kind}.key")), "{cipher}");
        }
    }
}

#[test]
fn a_cipher_that_is_not_supported_is_named() {
    needs!("openssl");
    let bench = Bench::new();
    bench
        .shell(
            "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -camellia256 -passout pass:secret -out c.pem",
        )
        .code(0);
    let items = look(&bench, "c.pem");
    assert!(items.items.is_empty());
    assert!(items.damages[0].message.contains("CAMELLIA-256-CBC is not supported"), "{:?}", items.damages);
}

#[test]
fn a_wrong_password_is_never_taken_for_the_right_one() {
    needs!("openssl");
    let bench = Bench::new();
    bench
        .shell("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes128 -passout pass:secret -out c.pem")
        .code(0);
    let items = look(&bench, "c.pem");
    let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
    // One in 256 gets past the padding.
    for wrong in 0..2000 {
        assert_eq!(locked.unlock(&wrong.to_string()).unwrap_err(), UnlockError::WrongPassword, "{wrong}");
    }
}

#[test]
fn plain_keys_in_every_form_and_the_kinds_that_are_not_used() {
    needs!("openssl");
    let bench = Bench::new();
    bench
        .shell(
            "openssl genrsa -traditional -out rsa.pem 2048
             openssl genrsa -traditional -out small.pem 1024
             openssl ecparam -name secp384r1 -genkey -out ec.pem
             openssl ecparam -name brainpoolP256r1 -genkey -noout -out brainpool.pem
             openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout -out explicit.pem
             openssl genpkey -algorithm ED25519 -out ed25519.pem
             openssl genpkey -algorithm ED448 -out ed448.pem
             openssl dsaparam -noout -genkey -out dsa.pem 1024
             openssl pkcs8 -topk8 -nocrypt -in dsa.pem -out dsa8.pem
             openssl pkey -traditional -in dsa.pem -out dsa-own.pem
             for k in rsa ec ed25519 small brainpool dsa; do openssl pkey -in $k.pem -outform DER -out $k.der; done
             openssl rsa -in rsa.pem -RSAPublicKey_out -out rsapub.pem",
        )
        .code(0);
    for (name, kind) in [
        ("rsa.pem", "RSA 2048"),
        ("rsa.der", "RSA 2048"),
        ("ec.pem", "ECDSA P-384"),
        ("ec.der", "ECDSA P-384"),
        ("ed25519.pem", "Ed25519"),
        ("ed25519.der", "Ed25519"),
    ] {
        let items = look(&bench, name);
        let Kind::Key(key) = &items.items.last().unwrap().kind else { panic!("{name}: {items:?}") };
        assert_eq!((key.kind().to_string().as_str(), key.public()), (kind, &public(&bench, name)), "{name}");
        assert!(items.damages.is_empty(), "{name}: {:?}", items.damages);
    }
    for (name, reason) in [
        ("small.pem", "1024 bits"),
        ("small.der", "1024 bits"),
        ("brainpool.pem", "brainpool"),
        ("brainpool.der", "brainpool"),
        ("explicit.pem", "explicit parameters"),
        ("ed448.pem", "not supported"),
        ("dsa.pem", "DSA 1024 keys are not supported"),
        ("dsa.der", "DSA 1024 keys are not supported"),
        ("dsa8.pem", "DSA 1024 keys are not supported"),
        ("dsa-own.pem", "DSA 1024 keys are not supported"),
    ] {
        let items = look(&bench, name);
        let Kind::UnusableKey(error) = &items.items[0].kind else { panic!("{name}: {items:?}") };
        assert!(error.to_string().contains(reason), "{name}: {error}");
        // Of DSA in PKCS#8 and of Ed448 nothing but the private number is there, and both are not computed here.
        let is_known = !["dsa.pem", "dsa8.pem", "ed448.pem"].contains(&name);
        assert_eq!(error.public, is_known.then(|| public(&bench, name)), "{name}");
    }
    assert!(
        matches!(&look(&bench, "rsapub.pem").items[0].kind, Kind::PublicKey(key) if *key == public(&bench, "rsa.pem"))
    );
}
