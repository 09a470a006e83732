//! Files that no program at hand writes, made here piece by piece.

use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::*;
use crate::formats::der_fields::{OCTET_STRING, SEQUENCE, SET, element, integer_der, oid_der};
use crate::formats::encryption::{Password, Scheme, names};
use crate::formats::pkcs8;

type Der = Zeroizing<Vec<u8>>;

/// A PKCS#8 whose content nobody here looks at.
fn key_info() -> Der {
    let algorithm = element(SEQUENCE, &[&oid_der(ObjectIdentifier::new_unwrap("1.3.101.112"))]);
    element(SEQUENCE, &[&integer_der(0), &algorithm, &element(OCTET_STRING, &[b"seed"])])
}

fn bag(id: ObjectIdentifier, value: &[u8]) -> Der {
    element(SEQUENCE, &[&oid_der(id), &element(0xa0, &[value])])
}

fn certificate_bag(content: &[u8]) -> Der {
    let octets = element(0xa0, &[&element(OCTET_STRING, &[content])]);
    bag(bags::CERTIFICATE, &element(SEQUENCE, &[&oid_der(bags::X509), &octets]))
}

fn plain_safe(bags: &[&[u8]]) -> Der {
    let contents = element(OCTET_STRING, &[&element(SEQUENCE, bags)]);
    element(SEQUENCE, &[&oid_der(structure::DATA), &element(0xa0, &[&contents])])
}

fn authenticated(safes: &[&[u8]]) -> Der {
    element(SEQUENCE, safes)
}

fn file(authenticated: &[u8], mac: &[u8]) -> Der {
    let content = element(0xa0, &[&element(OCTET_STRING, &[authenticated])]);
    element(SEQUENCE, &[&integer_der(3), &element(SEQUENCE, &[&oid_der(structure::DATA), &content]), mac])
}

fn mac(authenticated: &[u8], password: &Password) -> Vec<u8> {
    mac::classic(authenticated, password, names::SHA256, 10).unwrap()
}

fn shrouded(password: &Password) -> Der {
    let scheme = Scheme::legacy(10).unwrap();
    bag(bags::SHROUDED_KEY, &pkcs8::encrypt_with(&scheme, &key_info(), password).unwrap())
}

fn contents(archive: &Archive) -> Vec<String> {
    archive.entries.iter().map(|entry| format!("{:?}", entry.content)).collect()
}

#[test]
fn an_empty_file_of_no_bags_opens() {
    for safes in [authenticated(&[]), authenticated(&[&plain_safe(&[])])] {
        let bytes = file(&safes, &mac(&safes, &Password::new("x")));
        assert!(open(&bytes, "x").unwrap().entries.is_empty());
        assert_eq!(open(&bytes, "y").err(), Some(Pkcs12Error::WrongPassword));
        assert!(open(&file(&safes, &[]), "").unwrap().entries.is_empty());
    }
}

#[test]
fn safes_in_safes_are_entered_but_not_without_end() {
    const SAFE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.6");
    let nested = |depth| {
        let mut inner = bag(bags::KEY, &key_info());
        for _ in 0..depth {
            inner = bag(SAFE, &element(SEQUENCE, &[&inner]));
        }
        let safes = authenticated(&[&plain_safe(&[&certificate_bag(b"leaf"), &inner])]);
        open(&file(&safes, &[]), "")
    };
    assert_eq!(contents(&nested(0).unwrap()).len(), 2);
    assert_eq!(contents(&nested(8).unwrap()), ["Certificate(4 bytes)", "Key"]);
    assert!(matches!(nested(9), Err(Pkcs12Error::Malformed(_))));
}

#[test]
fn an_unknown_bag_is_named_and_a_label_of_another_type_passed_over() {
    let name = element(SET, &[&element(0x01, &[&[0xff]])]);
    let attribute = element(SEQUENCE, &[&oid_der(bags::FRIENDLY_NAME), &name]);
    let value = element(0xa0, &[&key_info()]);
    let labelled = element(SEQUENCE, &[&oid_der(bags::KEY), &value, &element(SET, &[&attribute])]);
    let crl = bag(bags::CRL, &element(SEQUENCE, &[]));
    let unknown = bag(ObjectIdentifier::new_unwrap("1.2.3.4"), &element(SEQUENCE, &[]));
    let safes = authenticated(&[&plain_safe(&[&labelled, &crl, &unknown])]);
    let archive = open(&file(&safes, &[]), "").unwrap();
    assert_eq!(contents(&archive), ["Key", "Other(CRL)", "Other(1.2.3.4)"]);
    assert_eq!(archive.entries[0].friendly_name, None);
}

#[test]
fn null_and_empty_passwords_may_be_mixed() {
    for (outer, inner) in [("null", "null"), ("null", "empty"), ("empty", "null"), ("empty", "empty")] {
        let password = |kind| if kind == "null" { Password::null() } else { Password::new("") };
        let safes = authenticated(&[&plain_safe(&[&shrouded(&password(inner))])]);
        let bytes = file(&safes, &mac(&safes, &password(outer)));
        assert_eq!(contents(&open(&bytes, "").unwrap()), ["Key"], "{outer} {inner}");
        assert_eq!(open(&bytes, "x").err(), Some(Pkcs12Error::WrongPassword));
    }
}

#[test]
fn a_key_with_another_password_stays_locked() {
    let safes = authenticated(&[&plain_safe(&[&shrouded(&Password::new("inner"))])]);
    let bytes = file(&safes, &mac(&safes, &Password::new("outer")));
    let archive = open(&bytes, "outer").unwrap();
    assert_eq!(contents(&archive), ["LockedKey"]);
    let Content::LockedKey(der) = &archive.entries[0].content else { panic!("{archive:?}") };
    assert!(pkcs8::decrypt(der, "inner").is_ok() && pkcs8::decrypt(der, "outer").is_err());
    assert_eq!(open(&bytes, "inner").err(), Some(Pkcs12Error::WrongPassword));
    assert_eq!(contents(&open(&file(&safes, &[]), "").unwrap()), ["LockedKey"], "nothing else needs a password");
    assert_eq!(open(&file(&safes, &[]), "outer").err(), Some(Pkcs12Error::WrongPasswordOrDamaged));
    assert_eq!(contents(&open(&file(&safes, &[]), "inner").unwrap()), ["Key"]);
}

#[test]
fn a_password_as_old_openssl_encoded_it_opens() {
    let old = Password::candidates("Passwörtchen").pop().unwrap();
    let safes = authenticated(&[&plain_safe(&[&shrouded(&old)])]);
    let bytes = file(&safes, &mac(&safes, &old));
    assert_eq!(contents(&open(&bytes, "Passwörtchen").unwrap()), ["Key"]);
    assert_eq!(open(&bytes, "Passwortchen").err(), Some(Pkcs12Error::WrongPassword));
}

#[test]
fn the_iterations_of_all_parts_together_are_bounded() {
    let algorithm = Scheme::legacy(5_000_000).unwrap().to_der().unwrap();
    let value = element(SEQUENCE, &[&algorithm, &element(OCTET_STRING, &[&[0; 16]])]);
    let one = bag(bags::SHROUDED_KEY, &value);
    let safes = authenticated(&[&plain_safe(&[one.as_slice(); 11])]);
    let error = open(&file(&safes, &[]), "x").err();
    assert_eq!(error, Some(Pkcs12Error::TooManyIterations { iterations: 55_000_000 }));
}

#[test]
fn what_is_not_supported_is_named() {
    let version = element(SEQUENCE, &[&integer_der(4), &element(SEQUENCE, &[&oid_der(structure::DATA)])]);
    assert_eq!(open(&version, "x").err(), Some(Pkcs12Error::Unsupported("PKCS#12 version 4".into())));
    let signed = element(SEQUENCE, &[&oid_der(structure::SIGNED_DATA), &element(0xa0, &[&element(SEQUENCE, &[])])]);
    let signed = element(SEQUENCE, &[&integer_der(3), &signed]);
    assert!(matches!(open(&signed, "x"), Err(Pkcs12Error::Unsupported(what)) if what.contains("signed")));
    let safe = element(SEQUENCE, &[&oid_der(structure::ENVELOPED_DATA), &element(0xa0, &[&element(SEQUENCE, &[])])]);
    let safes = authenticated(&[&safe]);
    let error = open(&file(&safes, &[]), "x").err();
    assert!(matches!(error, Some(Pkcs12Error::Unsupported(what)) if what.contains("public key")));
    let safes = authenticated(&[]);
    let md5 = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
    let info = element(SEQUENCE, &[&element(SEQUENCE, &[&oid_der(md5)]), &element(OCTET_STRING, &[&[0; 16]])]);
    let bytes = file(&safes, &element(SEQUENCE, &[&info, &element(OCTET_STRING, &[b"salt"])]));
    assert_eq!(open(&bytes, "x").err(), Some(Pkcs12Error::Unsupported("a MAC with MD5".into())));
    assert_eq!(inspect(&bytes).unwrap().mac, Mac::Classic("HMAC-MD5 (1 iteration)".into()));
}

#[test]
fn debug_shows_no_secret() {
    let safes = authenticated(&[&plain_safe(&[&bag(bags::KEY, &key_info())])]);
    let shown = format!("{:?}", open(&file(&safes, &[]), "").unwrap());
    assert!(shown.contains("content: Key,") && !shown.contains("115"), "{shown}");
}

fn encrypted_safe(bags: &[&[u8]], password: &Password) -> Der {
    let scheme = Scheme::legacy(10).unwrap();
    let data = element(0x80, &[&scheme.encrypt(&element(SEQUENCE, bags), password).unwrap()]);
    let content = element(SEQUENCE, &[&oid_der(structure::DATA), &scheme.to_der().unwrap(), &data]);
    let data = element(SEQUENCE, &[&integer_der(0), &content]);
    element(SEQUENCE, &[&oid_der(structure::ENCRYPTED_DATA), &element(0xa0, &[&data])])
}

fn pbes2_key(cipher: ObjectIdentifier, iv: &[u8], iterations: u32) -> Der {
    let salt = element(OCTET_STRING, &[b"salt"]);
    let parameters = element(SEQUENCE, &[&salt, &integer_der(iterations)]);
    let derivation = element(SEQUENCE, &[&oid_der(names::PBKDF2), &parameters]);
    let encryption = element(SEQUENCE, &[&oid_der(cipher), &element(OCTET_STRING, &[iv])]);
    let parameters = element(SEQUENCE, &[&derivation, &encryption]);
    let algorithm = element(SEQUENCE, &[&oid_der(names::PBES2), &parameters]);
    bag(bags::SHROUDED_KEY, &element(SEQUENCE, &[&algorithm, &element(OCTET_STRING, &[&[0; 32]])]))
}

/// What is behind the first decryption is checked like what is before it.
#[test]
fn traps_behind_the_right_password_do_not_spring() {
    let password = Password::new("x");
    let opened = |bags: &[&[u8]]| {
        let safes = authenticated(&[&encrypted_safe(bags, &password)]);
        open(&file(&safes, &mac(&safes, &password)), "x")
    };
    for (cipher, length) in [(names::DES_EDE3_CBC, 3), (names::DES_CBC, 0), (names::AES_256_CBC, 15)] {
        let error = opened(&[&pbes2_key(cipher, &vec![0; length], 1)]).unwrap_err();
        assert!(matches!(error, Pkcs12Error::Malformed(_)), "{cipher} {error:?}");
    }
    let error = opened(&[&pbes2_key(names::AES_256_CBC, &[0; 16], 5_000_001)]).unwrap_err();
    assert_eq!(error, Pkcs12Error::TooManyIterations { iterations: 5_000_001 });
}

#[test]
fn bags_stay_in_file_order_and_none_is_lost() {
    let password = Password::new("x");
    // A certificate that is none goes past the library, which parses it; nothing else about the file is unusual.
    let (leaf, key, crl) = (certificate_bag(b"leaf"), shrouded(&password), bag(bags::CRL, &element(SEQUENCE, &[])));
    let safes = authenticated(&[&encrypted_safe(&[&key, &leaf, &crl, &leaf], &password), &plain_safe(&[&key])]);
    let archive = open(&file(&safes, &mac(&safes, &password)), "x").unwrap();
    let leaf = "Certificate(4 bytes)";
    assert_eq!(contents(&archive), ["Key", leaf, "Other(CRL)", leaf, "Key"]);
}

#[test]
fn the_library_gives_file_order_too() {
    let made = rcgen::generate_simple_self_signed(vec!["mx1.example.com".to_owned()]).unwrap();
    let (password, other) = (Password::new("x"), Password::new("y"));
    let (leaf, key) = (certificate_bag(made.cert.der()), shrouded(&password));
    let inner = [encrypted_safe(&[&key, &leaf], &password), plain_safe(&[&leaf, &key])];
    let authenticated = authenticated(&[&inner[0], &inner[1]]);
    let bytes = file(&authenticated, &mac(&authenticated, &password));
    let answer = |bytes: &[u8], text| {
        let pfx = structure::Pfx::read(bytes).unwrap();
        library::open(bytes, &pfx, &structure::safes(pfx.authenticated).unwrap(), text)
    };
    let library::Answer::Opened(archive) = answer(&bytes, "x") else { panic!("the library opens it") };
    let leaf = format!("Certificate({} bytes)", made.cert.der().len());
    assert_eq!(contents(&archive), ["Key", &leaf, &leaf, "Key"]);
    let bytes = file(&authenticated, &mac(&authenticated, &other));
    assert!(matches!(answer(&bytes, "x"), library::Answer::MacDiffers));
    assert_eq!(open(&bytes, "x").err(), Some(Pkcs12Error::WrongPassword));
}

#[test]
fn hidden_iterations_count_before_the_library_is_asked() {
    let password = Password::new("x");
    let kinds = |count| {
        let key = pbes2_key(names::AES_256_CBC, &[0; 16], 1_000_000);
        let safes = authenticated(&[&encrypted_safe(&vec![key.as_slice(); count], &password)]);
        library::kinds(&structure::safes(&safes).unwrap(), &password).map(|kinds| kinds.len())
    };
    assert_eq!(kinds(49), Some(49));
    assert_eq!(kinds(50), None, "50,000,000 and the ten of the safe are too many");
}

/// What decrypts, but to something else, is not believed.
#[test]
fn der_that_is_no_key_is_no_key() {
    let (scheme, password) = (Scheme::legacy(10).unwrap(), Password::new("x"));
    for plain in [element(OCTET_STRING, &[b"text"]), element(SEQUENCE, &[&integer_der(0)])] {
        let sealed = pkcs8::encrypt_with(&scheme, &plain, &password).unwrap();
        assert_eq!(pkcs8::decrypt(&sealed, "x"), Err(pkcs8::Pkcs8Error::WrongPassword));
        let safes = authenticated(&[&plain_safe(&[&bag(bags::SHROUDED_KEY, &sealed)])]);
        assert_eq!(open(&file(&safes, &[]), "x").err(), Some(Pkcs12Error::WrongPasswordOrDamaged));
    }
}
