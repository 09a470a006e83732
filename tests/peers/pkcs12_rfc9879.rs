//! The test vectors of RFC 9579 and RFC 9879, appendix A, and variations of their key length.

use sealpost::formats::pkcs12::{Mac, Pkcs12Error, inspect, open};

use crate::pkcs12_sample::{certificates_of, keys};

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(format!("testdata/pkcs12/{name}.p12")).unwrap()
}

#[test]
fn the_good_ones_open_with_their_password_only() {
    let cases = [
        ("rfc9579-a1", "PBMAC1: PBKDF2-HMAC-SHA-256 (2,048 iterations), HMAC-SHA-256"),
        ("rfc9879-a1", "PBMAC1: PBKDF2-HMAC-SHA-256 (2,048 iterations), HMAC-SHA-256"),
        ("rfc9579-a2", "PBMAC1: PBKDF2-HMAC-SHA-512 (2,048 iterations), HMAC-SHA-256"),
        ("rfc9579-a3", "PBMAC1: PBKDF2-HMAC-SHA-512 (2,048 iterations), HMAC-SHA-512"),
    ];
    for (name, told) in cases {
        let bytes = vector(name);
        assert_eq!(inspect(&bytes).unwrap().mac, Mac::Pbmac1(told.to_owned()), "{name}");
        let archive = open(&bytes, "1234").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((keys(&archive).len(), certificates_of(&archive).len()), (1, 1), "{name}");
        assert_eq!(open(&bytes, "1235").err(), Some(Pkcs12Error::WrongPassword), "{name}");
        assert_eq!(open(&bytes, "").err(), Some(Pkcs12Error::WrongPassword), "{name}");
    }
}

#[test]
fn the_bad_ones_are_refused() {
    assert_eq!(open(&vector("rfc9579-a4"), "1234").err(), Some(Pkcs12Error::WrongPassword));
    assert_eq!(open(&vector("rfc9579-a5"), "1234").err(), Some(Pkcs12Error::WrongPassword));
    assert_eq!(open(&vector("rfc9579-a6"), "1234").err(), Some(Pkcs12Error::BadKeyLength { length: None }));
}

/// The key length is the INTEGER 32 behind the iterations, 2048.
#[test]
fn a_key_length_that_protects_nothing_is_refused_before_any_work() {
    let bytes = vector("rfc9879-a1");
    let before = [0x02, 0x02, 0x08, 0x00, 0x02, 0x01, 0x20];
    let at = bytes.windows(before.len()).rposition(|window| window == before).unwrap() + before.len() - 1;
    for length in [0u8, 1, 19, 65, 127, 0x80, 0xff] {
        let mut changed = bytes.clone();
        changed[at] = length;
        let length = Some(i128::from(length as i8));
        assert_eq!(open(&changed, "1234").err(), Some(Pkcs12Error::BadKeyLength { length }));
    }
    for length in [20u8, 31, 33, 64] {
        let mut changed = bytes.clone();
        changed[at] = length;
        assert_eq!(open(&changed, "1234").err(), Some(Pkcs12Error::WrongPassword), "{length}");
    }
}

#[test]
fn too_many_iterations_are_refused_before_any_work() {
    let bytes = vector("rfc9879-a1");
    let before = [0x02, 0x02, 0x08, 0x00, 0x02, 0x01, 0x20];
    let at = bytes.windows(before.len()).rposition(|window| window == before).unwrap();
    // Four bytes more for the count, in every length around it.
    let mut changed = bytes.clone();
    changed.splice(at..at + 4, [0x02, 0x06, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff]);
    let (mac, info, algorithm, parameters, derivation, pbkdf2) = (2576, 2578, 2580, 2593, 2595, 2608);
    for header in [mac, info, algorithm, parameters, derivation, pbkdf2] {
        changed[header + 1] += 4;
    }
    changed[3] += 4;
    let iterations = 0x7fff_ffff_ffff;
    assert_eq!(open(&changed, "1234").err(), Some(Pkcs12Error::TooManyIterations { iterations }));
    assert!(inspect(&changed).is_ok(), "it can still be told");
}
