//! Keys made here and read back, and keys whose public half is left out, tagged otherwise or another one.

use super::*;
use crate::formats::private_key_info;

#[test]
fn every_type_reads_back_as_itself() {
    for key_type in [KeyType::EcdsaP256, KeyType::EcdsaP384, KeyType::EcdsaP521, KeyType::Rsa2048, KeyType::Ed25519] {
        let made = PrivateKey::generate(key_type).unwrap();
        let read = PrivateKey::from_der(made.pkcs8()).unwrap();
        assert_eq!(made.public(), read.public());
        assert_eq!(made.pkcs8(), read.pkcs8(), "{}", key_type.as_str());
    }
}

#[test]
fn the_inner_forms_are_read_and_normalised() {
    for key_type in [KeyType::EcdsaP256, KeyType::Rsa2048] {
        let made = PrivateKey::generate(key_type).unwrap();
        let inner = private_key_info::read(made.pkcs8()).unwrap().private_key;
        match PrivateKey::from_der(inner) {
            Ok(read) => assert_eq!(made.public(), read.public()),
            // SEC1 inside PKCS#8 leaves the curve to the outside.
            Err(error) => {
                assert_eq!(
                    (key_type, error),
                    (KeyType::EcdsaP256, PrivateKeyError::Unsupported("EC with explicit parameters".into()))
                )
            }
        }
    }
}

#[test]
fn bytes_that_are_no_key_are_said_to_be_none() {
    for bytes in [&b""[..], b"x", &[0x30, 0x03, 0x02, 0x01, 0x00], &[0x30; 64]] {
        assert_eq!(PrivateKey::from_der(bytes).unwrap_err(), PrivateKeyError::NotAKey);
    }
}

#[test]
fn debug_shows_no_secret() {
    let key = PrivateKey::generate(KeyType::EcdsaP256).unwrap();
    let shown = format!("{key:?}");
    assert!(shown.len() < 120 && shown.contains("ECDSA P-256"), "{shown}");
}

const ED25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
const X25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e];
const ED448: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71];
/// id-ecPublicKey, prime256v1.
const P256: &[u8] = &[
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
    0x01, 0x07,
];

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut der = vec![tag];
    match u16::try_from(content.len()).unwrap().to_be_bytes() {
        [0, length @ ..=0x7f] => der.push(length),
        [0, length] => der.extend([0x81, length]),
        [high, low] => der.extend([0x82, high, low]),
    }
    [der, content].concat()
}

fn pkcs8(version: u8, algorithm: &[u8], inner: &[u8], rest: &[u8]) -> Vec<u8> {
    element(0x30, &[&[2, 1, version], algorithm, &element(4, &[inner]), rest])
}

/// The bits of a public key.
fn bits(key: &PublicKey) -> Vec<u8> {
    use der::Decode;
    spki::SubjectPublicKeyInfoRef::from_der(key.spki()).unwrap().subject_public_key.raw_bytes().to_vec()
}

fn implicit(public: &[u8]) -> Vec<u8> {
    element(0x81, &[&[0], public])
}

fn explicit(public: &[u8]) -> Vec<u8> {
    element(0xa1, &[&element(3, &[&[0], public])])
}

/// What a mismatch tells: the fingerprints of both sides.
fn sides(error: &PrivateKeyError) -> Option<(String, String)> {
    match error {
        PrivateKeyError::PublicKeyDiffers { stated, computed, .. } => Some((stated.to_string(), computed.to_string())),
        _ => None,
    }
}

#[test]
fn an_ed25519_key_is_read_with_and_without_its_public_half_and_not_with_another() {
    let made = [1, 2].map(|_| PrivateKey::generate(KeyType::Ed25519).unwrap());
    let inner = private_key_info::read(made[0].pkcs8()).unwrap().private_key;
    let [own, other] = [0, 1].map(|index| bits(made[index].public()));
    for rest in [vec![], implicit(&own), explicit(&own)] {
        let read = PrivateKey::from_der(&pkcs8(1, ED25519, inner, &rest)).unwrap();
        assert_eq!((read.public(), read.pkcs8()), (made[0].public(), made[0].pkcs8()), "{rest:02x?}");
    }
    for rest in [implicit(&other), explicit(&other)] {
        let error = PrivateKey::from_der(&pkcs8(1, ED25519, inner, &rest)).unwrap_err();
        let both = made.each_ref().map(|key| key.public().fingerprint().to_string());
        assert_eq!(sides(&error), Some((both[1].clone(), both[0].clone())));
        assert!(error.to_string().contains(&both[0][..16]) && error.to_string().contains(&both[1][..16]), "{error}");
    }
    let short = PrivateKey::from_der(&pkcs8(1, ED25519, inner, &implicit(&own[1..]))).unwrap_err();
    assert_eq!(short.kind().as_deref(), Some("Ed25519"));
}

#[test]
fn an_ec_key_is_held_against_every_public_key_beside_it() {
    let made = [1, 2].map(|_| PrivateKey::generate(KeyType::EcdsaP256).unwrap());
    let inner = private_key_info::read(made[0].pkcs8()).unwrap().private_key;
    let number = reading::Sec1::read(inner).unwrap().number;
    let [own, other] = [0, 1].map(|index| bits(made[index].public()));
    let compressed = |point: &[u8]| [&[2 + (point[64] & 1)], &point[1..33]].concat();
    let sec1 = |number: &[u8], rest: &[u8]| element(0x30, &[&[2, 1, 1], &element(4, &[number]), rest]);
    let padded = [&[0], number].concat();
    for (inner, rest) in [
        (sec1(number, &[]), vec![]),
        (sec1(&padded, &[]), vec![]),
        (sec1(number, &explicit(&own)), vec![]),
        (sec1(number, &explicit(&compressed(&own))), vec![]),
        (sec1(number, &[]), implicit(&own)),
        (sec1(number, &explicit(&own)), explicit(&own)),
    ] {
        let read = PrivateKey::from_der(&pkcs8(1, P256, &inner, &rest)).unwrap();
        assert_eq!((read.public(), read.pkcs8()), (made[0].public(), made[0].pkcs8()), "{inner:02x?} {rest:02x?}");
    }
    let mut flipped = compressed(&own);
    flipped[0] ^= 1;
    for (inner, rest) in [
        (sec1(number, &explicit(&other)), vec![]),
        (sec1(number, &explicit(&flipped)), vec![]),
        (sec1(number, &explicit(&own)), implicit(&other)),
        (sec1(number, &[]), implicit(&other)),
    ] {
        let error = PrivateKey::from_der(&pkcs8(1, P256, &inner, &rest)).unwrap_err();
        let (stated, computed) = sides(&error).unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(computed, made[0].public().fingerprint().to_string());
        assert_ne!(stated, computed);
    }
    for number in [&[0; 32][..], &[0xff; 32], &[1; 33]] {
        let error = PrivateKey::from_der(&pkcs8(0, P256, &sec1(number, &[]), &[])).unwrap_err();
        assert!(matches!(error, PrivateKeyError::Damaged { .. }), "{error:?}");
    }
}

#[test]
fn the_numbers_of_an_rsa_key_must_belong_together() {
    let made = [1, 2].map(|_| PrivateKey::generate(KeyType::Rsa2048).unwrap());
    let inner = made.each_ref().map(|key| private_key_info::read(key.pkcs8()).unwrap().private_key);
    let numbers = inner.map(|inner| {
        let all = reading::elements(inner).unwrap();
        all.iter().map(|number| element(2, &[number.value()])).collect::<Vec<_>>()
    });
    let with = |changes: &[(usize, Vec<u8>)]| {
        let mut all = numbers[0].clone();
        changes.iter().for_each(|(index, number)| all[*index] = number.clone());
        PrivateKey::from_der(&element(0x30, &[&all.concat()]))
    };
    let of_the_other = |index: usize| (index, numbers[1][index].clone());
    assert_eq!(with(&[]).unwrap().public(), made[0].public());
    let error = with(&[of_the_other(1)]).unwrap_err();
    let both = made.each_ref().map(|key| key.public().fingerprint().to_string());
    assert_eq!(sides(&error), Some((both[1].clone(), both[0].clone())));
    for (changes, reason) in [
        (vec![of_the_other(3)], "private exponent"),
        (vec![of_the_other(8)], "private exponent"),
        (vec![(2, vec![2, 1, 4])], "public exponent"),
        ((4..9).map(|index| (index, vec![2, 1, 0])).collect(), "missing"),
    ] {
        let error = with(&changes).unwrap_err().to_string();
        assert!(error.contains("RSA 2048") && error.contains(reason), "{error}");
    }
    let several = with(&[(0, vec![2, 1, 1])]).unwrap_err();
    assert_eq!(several, PrivateKeyError::Unsupported("RSA 2048 with more than two primes".into()));
    let algorithm = element(0x30, &[&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0]]);
    let stated = implicit(&bits(made[1].public()));
    let error = PrivateKey::from_der(&pkcs8(1, &algorithm, inner[0], &stated)).unwrap_err();
    assert_eq!(sides(&error), Some((both[1].clone(), both[0].clone())));
    assert!(PrivateKey::from_der(&pkcs8(1, &algorithm, inner[0], &implicit(&bits(made[0].public())))).is_ok());
}

#[test]
fn keys_that_cannot_be_used_are_named_with_their_public_key() {
    let secret = element(4, &[&[0x41; 32]]);
    let public = |der: &[u8]| PrivateKey::or_unusable(der).unwrap_err();
    let x25519 = public(&pkcs8(0, X25519, &secret, &[]));
    assert_eq!(x25519.reason, PrivateKeyError::Unsupported("X25519".into()));
    let computed = x25519.public.unwrap();
    assert_eq!(computed.kind(), &KeyKind::Other("X25519".into()));
    let agrees = public(&pkcs8(1, X25519, &secret, &implicit(&bits(&computed))));
    assert_eq!((agrees.reason, agrees.public), (x25519.reason, Some(computed)));
    let differs = public(&pkcs8(1, X25519, &secret, &implicit(&[9; 32])));
    assert!(sides(&differs.reason).is_some(), "{differs:?}");
    let ed448 = public(&pkcs8(1, ED448, &element(4, &[&[7; 57]]), &implicit(&[8; 57])));
    assert_eq!(ed448.reason.kind().as_deref(), Some("Ed448"));
    assert_eq!(bits(&ed448.public.unwrap()), [8; 57]);
    assert_eq!(public(&pkcs8(0, ED448, &element(4, &[&[7; 57]]), &[])).public, None);
    let one = [2, 1, 5];
    let dsa = public(&element(0x30, &[&[2, 1, 0], &one, &one, &one, &[2, 1, 6], &one]));
    assert_eq!((dsa.reason.kind().as_deref(), dsa.public.is_some()), (Some("DSA 3"), true));
}
