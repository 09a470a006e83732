//! Files that were cut, changed, or never were PKCS#12: a true error each time, never a panic, never other content.

use sealpost::formats::pkcs12::{Pkcs12Error, Recipe, inspect, open};

use crate::pkcs12_sample::{Sample, certificates_of, keys};

#[test]
fn cut_at_every_byte_it_is_truncated_and_nothing_else() {
    let sample = Sample::new();
    for recipe in [Recipe::Modern, Recipe::Legacy, Recipe::Pbmac1] {
        let bytes = sample.seal(recipe, "secret");
        assert_eq!(open(&[], "secret").err(), Some(Pkcs12Error::NotPkcs12));
        for at in 1..bytes.len() {
            // The first four bytes are the header that tells the length.
            let of = (at >= 4).then_some(bytes.len());
            let expected = Pkcs12Error::Truncated { at, of };
            assert_eq!(open(&bytes[..at], "secret").err(), Some(expected.clone()), "{recipe:?}");
            assert_eq!(inspect(&bytes[..at]), Err(expected), "{recipe:?}");
        }
    }
}

#[test]
fn a_changed_bit_never_gives_other_content() {
    let sample = Sample::new();
    let vector = std::fs::read("testdata/pkcs12/rfc9879-a1.p12").unwrap();
    let files = [(sample.seal(Recipe::Legacy, "1234"), "legacy"), (vector, "vector")];
    for (bytes, name) in files {
        let original = open(&bytes, "1234").unwrap();
        let (mut opened, mut wrong) = (0, 0);
        for bit in (0..bytes.len() * 8).step_by(11) {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            match open(&changed, "1234") {
                Ok(archive) => {
                    opened += 1;
                    assert_eq!(keys(&archive), keys(&original), "{name} bit {bit}");
                    assert_eq!(certificates_of(&archive), certificates_of(&original), "{name} bit {bit}");
                }
                Err(Pkcs12Error::WrongPassword) => wrong += 1,
                Err(Pkcs12Error::WrongPasswordOrDamaged) => panic!("{name} bit {bit}: the MAC was lost"),
                Err(_) => {}
            }
        }
        // Only in what nothing depends on, such as the NULL behind an algorithm, may a bit change.
        assert!(opened < 20, "{name}: {opened}");
        assert!(wrong > bytes.len() / 2, "{name}: {wrong}");
    }
}

#[test]
fn random_bytes_are_not_pkcs12() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    let start = [0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x03, 0x30, 0x81, 0xf9, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86];
    for round in 0..20_000 {
        let mut bytes: Vec<u8> = (0..260).map(|_| next()).collect();
        if round % 2 == 0 {
            bytes[..16].copy_from_slice(&start);
            bytes[16..21].copy_from_slice(&[0xf7, 0x0d, 0x01, 0x07, 0x01]);
        }
        let error = open(&bytes, "secret").unwrap_err();
        assert!(
            matches!(error, Pkcs12Error::NotPkcs12 | Pkcs12Error::Malformed(_) | Pkcs12Error::Truncated { .. }),
            "{error:?} {bytes:02x?}"
        );
    }
}

#[test]
fn what_follows_a_file_is_seen_unless_blank() {
    let sample = Sample::new();
    let bytes = sample.seal(Recipe::Legacy, "secret");
    let blank = [bytes.as_slice(), b"\r\n\0\0"].concat();
    sample.is_in(&open(&blank, "secret").unwrap(), &[&sample.leaf, &sample.intermediate]);
    let more = [bytes.as_slice(), b"x"].concat();
    assert!(matches!(open(&more, "secret"), Err(Pkcs12Error::Malformed(what)) if what.contains("more follows")));
}

#[test]
fn what_cannot_be_written_is_refused() {
    use sealpost::formats::pkcs12::{Contents, seal};
    let sample = Sample::new();
    let contents = Contents { key: &sample.key, certificates: &[], friendly_name: "" };
    assert_eq!(seal(&contents, Recipe::Modern, ""), Err(Pkcs12Error::EmptyPassword));
    let bytes = seal(&contents, Recipe::Legacy, "x").unwrap();
    let archive = open(&bytes, "x").unwrap();
    sample.is_in(&archive, &[]);
    assert_eq!(archive.entries[0].friendly_name, None);
    let contents = Contents { key: b"no key", certificates: &[], friendly_name: "" };
    assert!(matches!(seal(&contents, Recipe::Legacy, "x"), Err(Pkcs12Error::Malformed(_))));
}
