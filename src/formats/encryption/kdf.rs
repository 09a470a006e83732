//! From a password to a key: PBKDF1 and PBKDF2 (RFC 8018 section 5), and the derivation of PKCS#12 (RFC 7292 appendix B).

use std::num::NonZeroU32;

use aws_lc_rs::{digest, pbkdf2};
use der::asn1::ObjectIdentifier;
use md5::Digest;
use zeroize::Zeroizing;

use super::names;

/// What a key derived by PKCS#12 is for (RFC 7292 appendix B.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// The digest for a digest's own OID, of those that a PKCS#12 MAC may use and aws-lc has.
pub fn digest_of(oid: ObjectIdentifier) -> Option<&'static digest::Algorithm> {
    Some(match oid {
        names::SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        names::SHA224 => &digest::SHA224,
        names::SHA256 => &digest::SHA256,
        names::SHA384 => &digest::SHA384,
        names::SHA512 => &digest::SHA512,
        _ => return None,
    })
}

/// PBKDF2 for the OID of its HMAC; `None` for one that aws-lc has not.
pub fn pbkdf2_of(prf: ObjectIdentifier) -> Option<pbkdf2::Algorithm> {
    Some(match prf {
        names::HMAC_SHA1 => pbkdf2::PBKDF2_HMAC_SHA1,
        names::HMAC_SHA256 => pbkdf2::PBKDF2_HMAC_SHA256,
        names::HMAC_SHA384 => pbkdf2::PBKDF2_HMAC_SHA384,
        names::HMAC_SHA512 => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return None,
    })
}

/// `length` is at most some dozens of bytes: callers bound it.
pub fn pbkdf2(
    algorithm: pbkdf2::Algorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; length]);
    let iterations = NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN);
    pbkdf2::derive(algorithm, iterations, salt, password, &mut key);
    key
}

/// The digests of PBES1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldDigest {
    Md5,
    Sha1,
}

/// The first 16 bytes: eight of key, eight of IV (RFC 8018 section 6.1.1).
pub fn pbkdf1(kind: OldDigest, password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<[u8; 16]> {
    let hash = |bytes: &[u8]| -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match kind {
            OldDigest::Md5 => md5::Md5::digest(bytes).to_vec(),
            OldDigest::Sha1 => digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec(),
        })
    };
    let mut input = Zeroizing::new(Vec::with_capacity(password.len() + salt.len()));
    input.extend_from_slice(password);
    input.extend_from_slice(salt);
    let mut value = hash(&input);
    for _ in 1..iterations {
        value = hash(&value);
    }
    let mut out = Zeroizing::new([0; 16]);
    out.iter_mut().zip(value.iter()).for_each(|(to, from)| *to = *from);
    out
}

/// RFC 7292 appendix B.2. `password` is in 16-bit units with its zero at the end, or nothing at all.
pub fn pkcs12(
    algorithm: &'static digest::Algorithm,
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = algorithm.block_len();
    let diversifier = vec![purpose as u8; block];
    let mut input = Zeroizing::new(repeated(salt, block));
    input.extend_from_slice(&Zeroizing::new(repeated(password, block)));
    let mut key = Zeroizing::new(Vec::with_capacity(length + algorithm.output_len()));
    while key.len() < length {
        let mut context = digest::Context::new(algorithm);
        context.update(&diversifier);
        context.update(&input);
        let mut value = context.finish();
        for _ in 1..iterations {
            value = digest::digest(algorithm, value.as_ref());
        }
        key.extend_from_slice(value.as_ref());
        if key.len() < length {
            let addend: Vec<u8> = value.as_ref().iter().copied().cycle().take(block).collect();
            for chunk in input.chunks_mut(block) {
                add_with_one(chunk, &addend);
            }
        }
    }
    key.truncate(length);
    key
}

/// `bytes` over and over, up to the next whole block; nothing stays nothing.
fn repeated(bytes: &[u8], block: usize) -> Vec<u8> {
    bytes.iter().copied().cycle().take(bytes.len().div_ceil(block) * block).collect()
}

/// `chunk = chunk + addend + 1`, as big-endian numbers of the same length that wrap.
fn add_with_one(chunk: &mut [u8], addend: &[u8]) {
    let mut carry = 1u16;
    for (byte, add) in chunk.iter_mut().zip(addend).rev() {
        carry += u16::from(*byte) + u16::from(*add);
        *byte = (carry & 0xff) as u8;
        carry >>= 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::encryption::Password;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// `openssl kdf -keylen N -kdfopt digest:D -kdfopt hexpass:… -kdfopt hexsalt:0102030405060708 -kdfopt iter:I -kdfopt id:P PKCS12KDF`
    #[test]
    fn the_derivation_of_pkcs12_agrees_with_openssl() {
        let salt = [1, 2, 3, 4, 5, 6, 7, 8];
        let password = Password::new("smeg");
        let cases = [
            (&digest::SHA1_FOR_LEGACY_USE_ONLY, Purpose::Key, 1000, 24, SHA1_KEY),
            (&digest::SHA256, Purpose::Mac, 10, 100, SHA256_MAC),
            (&digest::SHA512, Purpose::Iv, 3, 70, SHA512_IV),
        ];
        for (algorithm, purpose, iterations, length, expected) in cases {
            assert_eq!(hex(&pkcs12(algorithm, purpose, password.wide(), &salt, iterations, length)), expected);
        }
    }

    const SHA1_KEY: &str = "6effa9b609faefb4ce02499705872165fd92571bc7deade2";
    const SHA256_MAC: &str = "5dc77c7095f4e04c2e9ae983483bb0bbf4e845f84ec1ff05160f1e2eb6df3f0ae4d6ee649eaeb80e3b099e4d414bc4bfb4a250ee900e58cecee83f516fec7295c82fbd5dd738e1f839fdf2df0fb8fcfa8c1885e97c4aba9a28136a734a91e3d7f8c7cb07";
    const SHA512_IV: &str = "47fb0a5a9eee8654db5ae4e2a261ea085711fb544c4c45f52c8b3e08a3d6a44d59b11be1f9c4fc35427fb970df41257f5095b6db94dd2d76a149beb6771a13ecc057c516666b";

    #[test]
    fn carries_wrap_around() {
        let mut chunk = [0xff, 0xff, 0xff];
        add_with_one(&mut chunk, &[0, 0, 0]);
        assert_eq!(chunk, [0, 0, 0]);
        let mut chunk = [0x01, 0x00, 0xff];
        add_with_one(&mut chunk, &[0x00, 0x01, 0x01]);
        assert_eq!(chunk, [0x01, 0x02, 0x01]);
    }
}
