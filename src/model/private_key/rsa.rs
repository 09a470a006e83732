//! RSA private keys (RFC 8017 appendix A.1.2): which of their numbers contradict each other.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use der::asn1::{AnyRef, UintRef};
use der::{Encode, Tag};
use spki::AlgorithmIdentifierRef;

use super::{PrivateKey, PrivateKeyError, new, reading, stated};
use crate::model::public_key::{KeyKind, bit_length, oid};

/// The numbers of a key with two primes, big-endian and without zeros in front.
struct Numbers<'a> {
    modulus: &'a [u8],
    exponent: AnyRef<'a>,
    primes: [&'a [u8]; 2],
    /// d, d mod (p - 1), d mod (q - 1), and the inverse of q mod p.
    others: [&'a [u8]; 4],
}

/// Reads an RSAPrivateKey. `stated` is the RSAPublicKey that PKCS#8 states beside it.
pub(super) fn private_key(der: &[u8], stated: Option<&[u8]>) -> Result<PrivateKey, PrivateKeyError> {
    let fields = reading::elements(der).ok_or(PrivateKeyError::NotAKey)?;
    let number = |index: usize| fields.get(index)?.decode_as::<UintRef<'_>>().ok().map(|number| number.as_bytes());
    let bits = bit_length(number(1).ok_or(PrivateKeyError::NotAKey)?);
    let kind = KeyKind::Rsa(bits).to_string();
    if number(0) == Some(&[1]) {
        return Err(PrivateKeyError::Unsupported(format!("RSA {bits} with more than two primes")));
    }
    if !(2048..=8192).contains(&bits) {
        return Err(PrivateKeyError::RsaSize(bits));
    }
    let read = || {
        Some(Numbers {
            modulus: number(1)?,
            exponent: *fields.get(2)?,
            primes: [number(4)?, number(5)?],
            others: [number(3)?, number(6)?, number(7)?, number(8)?],
        })
    };
    let damaged = |reason| PrivateKeyError::Damaged { kind: kind.clone(), reason };
    let numbers = read().ok_or_else(|| damaged("one of its nine numbers is missing or negative"))?;
    let pair = RsaKeyPair::from_der(der).map_err(|_| contradiction(&kind, &numbers))?;
    let algorithm = AlgorithmIdentifierRef { oid: oid::RSA, parameters: Some(AnyRef::NULL) };
    let public = pair.public_key();
    stated::check(algorithm.clone(), stated, public.as_ref())?;
    // aws-lc writes what it read, so the wrapping is done here for every RSA key alike.
    new(reading::wrap(algorithm, der).ok_or(PrivateKeyError::NotAKey)?, public.as_der())
}

/// Why the library refuses a key of an allowed size.
fn contradiction(kind: &str, numbers: &Numbers<'_>) -> PrivateKeyError {
    let damaged = |reason| PrivateKeyError::Damaged { kind: kind.to_owned(), reason };
    let Numbers { modulus, exponent, primes: [p, q], others } = numbers;
    if [p, q].into_iter().chain(others).any(|number| bit_length(number) == 0) {
        return damaged("its primes, or numbers made from them, are missing");
    }
    let product = product(p, q);
    if product != *modulus {
        return other_modulus(kind, modulus, &product, *exponent)
            .unwrap_or_else(|| damaged("its modulus is not the product of its primes"));
    }
    match exponent.decode_as::<UintRef<'_>>().map(|exponent| exponent.as_bytes().to_vec()) {
        // What aws-lc takes: odd, more than 1, at most 33 bits.
        Ok(exponent) if exponent.last().is_some_and(|octet| octet & 1 == 0) || exponent == [1] => {
            damaged("its public exponent is even, or 1")
        }
        Ok(exponent) if bit_length(&exponent) > 33 => {
            PrivateKeyError::Unsupported(format!("{kind} with a public exponent of more than 33 bits"))
        }
        _ => damaged("its private exponent does not belong to its primes and its public exponent"),
    }
}

/// The modulus is that of another key: both sides, as public keys.
fn other_modulus(kind: &str, modulus: &[u8], product: &[u8], exponent: AnyRef<'_>) -> Option<PrivateKeyError> {
    let key = |number: &[u8]| {
        let der = UintRef::new(number).ok()?.to_der().ok()?;
        let number: AnyRef<'_> = der::Decode::from_der(&der).ok()?;
        stated::rsa(oid::RSA, Some(AnyRef::NULL), number, exponent)
    };
    debug_assert_eq!(der::Tagged::tag(&exponent), Tag::Integer);
    let (stated, computed) = (key(modulus)?.fingerprint(), key(product)?.fingerprint());
    Some(PrivateKeyError::PublicKeyDiffers { kind: kind.to_owned(), stated, computed })
}

/// Of two big-endian numbers; without zeros in front.
fn product(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut digits = vec![0u32; one.len() + other.len() + 1];
    for (low, a) in one.iter().rev().enumerate() {
        let mut carry = 0;
        for (high, b) in other.iter().rev().chain([&0]).enumerate() {
            let digit = &mut digits[low + high];
            let sum = *digit + u32::from(*a) * u32::from(*b) + carry;
            (*digit, carry) = (sum & 0xff, sum >> 8);
        }
    }
    let octets = digits.into_iter().rev().map(|digit| u8::try_from(digit).unwrap_or(u8::MAX));
    octets.skip_while(|octet| *octet == 0).collect()
}

#[cfg(test)]
mod tests {
    use super::product;

    #[test]
    fn products_are_those_of_arithmetic() {
        for (one, other) in [(0u64, 5u64), (1, 1), (255, 255), (0xffff_ffff, 0xffff_ffff), (0x1234_5678, 0x9abc_def0)] {
            let bytes =
                |number: u128| -> Vec<u8> { number.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect() };
            let got = product(&one.to_be_bytes(), &other.to_be_bytes());
            assert_eq!(got, bytes(u128::from(one) * u128::from(other)), "{one} {other}");
        }
    }
}
