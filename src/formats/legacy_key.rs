//! Private keys encrypted by PEM headers (`Proc-Type: 4,ENCRYPTED`, `DEK-Info`; RFC 1421 section 4.6): what OpenSSL wrote before PKCS#8.
//! The key is derived with one round of MD5, which a graphics card guesses at billions a second; hence read, never written.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use des::{Des, TdesEde3};
use md5::{Digest, Md5};
use zeroize::Zeroizing;

/// Why such a key could not be decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LegacyKeyError {
    /// The padding is wrong. A wrong password gets past this once in 256 times: parse the key before believing it.
    #[error("wrong password")]
    WrongPassword,
    #[error("the cipher {0} is not supported")]
    UnsupportedCipher(String),
    #[error("malformed DEK-Info header: {0}")]
    Header(String),
    /// The encrypted bytes are no whole number of cipher blocks.
    #[error("{bytes} encrypted bytes are not a multiple of the block size {block}")]
    Length { bytes: usize, block: usize },
}

/// All in CBC mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cipher {
    Des,
    TripleDes,
    Aes128,
    Aes192,
    Aes256,
}

/// By the names in a DEK-Info header.
const CIPHERS: [(&str, Cipher); 5] = [
    ("DES-CBC", Cipher::Des),
    ("DES-EDE3-CBC", Cipher::TripleDes),
    ("AES-128-CBC", Cipher::Aes128),
    ("AES-192-CBC", Cipher::Aes192),
    ("AES-256-CBC", Cipher::Aes256),
];

/// The value of a DEK-Info header: cipher and initialisation vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DekInfo {
    name: &'static str,
    cipher: Cipher,
    iv: Vec<u8>,
}

impl DekInfo {
    /// Reads `AES-256-CBC,00112233445566778899AABBCCDDEEFF`.
    pub fn parse(value: &str) -> Result<DekInfo, LegacyKeyError> {
        let (name, iv) = value.split_once(',').ok_or_else(|| LegacyKeyError::Header("no comma".into()))?;
        let name = name.trim();
        let (name, cipher) = CIPHERS
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .ok_or_else(|| LegacyKeyError::UnsupportedCipher(name.chars().take(40).collect()))?;
        let iv = from_hex(iv.trim()).ok_or_else(|| LegacyKeyError::Header("the vector is not hexadecimal".into()))?;
        let block = cipher.block();
        if iv.len() != block {
            return Err(LegacyKeyError::Header(format!("the vector has {} bytes, {name} needs {block}", iv.len())));
        }
        Ok(DekInfo { name, cipher, iv })
    }

    /// `PEM headers: MD5 (1 iteration), AES-256-CBC`.
    pub fn protection(&self) -> String {
        format!("PEM headers: MD5 (1 iteration), {}", self.name)
    }

    /// The key's DER. The password is taken as its UTF-8 bytes, as OpenSSL does.
    pub fn decrypt(&self, encrypted: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, LegacyKeyError> {
        let block = self.cipher.block();
        if encrypted.is_empty() || !encrypted.len().is_multiple_of(block) {
            return Err(LegacyKeyError::Length { bytes: encrypted.len(), block });
        }
        let key = derive(password.as_bytes(), &self.iv, self.cipher.key_length());
        match self.cipher {
            Cipher::Des => run::<Des>(&key, &self.iv, encrypted),
            Cipher::TripleDes => run::<TdesEde3>(&key, &self.iv, encrypted),
            Cipher::Aes128 => run::<Aes128>(&key, &self.iv, encrypted),
            Cipher::Aes192 => run::<Aes192>(&key, &self.iv, encrypted),
            Cipher::Aes256 => run::<Aes256>(&key, &self.iv, encrypted),
        }
    }
}

impl Cipher {
    fn block(self) -> usize {
        match self {
            Cipher::Des | Cipher::TripleDes => 8,
            _ => 16,
        }
    }

    fn key_length(self) -> usize {
        match self {
            Cipher::Des => 8,
            Cipher::Aes128 => 16,
            Cipher::TripleDes | Cipher::Aes192 => 24,
            Cipher::Aes256 => 32,
        }
    }
}

/// OpenSSL's EVP_BytesToKey(3) with MD5, one round, and the first eight bytes of the vector as salt.
fn derive(password: &[u8], iv: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let salt = iv.get(..8).unwrap_or(iv);
    let mut key = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut last = Zeroizing::new(Vec::new());
    while key.len() < length {
        let digest = Md5::new().chain_update(last.as_slice()).chain_update(password).chain_update(salt).finalize();
        *last = digest.to_vec();
        key.extend_from_slice(&last);
    }
    key.truncate(length);
    key
}

fn run<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    encrypted: &[u8],
) -> Result<Zeroizing<Vec<u8>>, LegacyKeyError> {
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv)
        .map_err(|_| LegacyKeyError::Header("the vector has the wrong length".into()))?;
    let mut buffer = Zeroizing::new(encrypted.to_vec());
    let length = cipher.decrypt_padded::<Pkcs7>(&mut buffer).map_err(|_| LegacyKeyError::WrongPassword)?.len();
    buffer.truncate(length);
    Ok(buffer)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_or_their_fault_is_named() {
        let info = DekInfo::parse("AES-256-CBC,00112233445566778899AABBCCDDEEFF").unwrap();
        assert_eq!(info.protection(), "PEM headers: MD5 (1 iteration), AES-256-CBC");
        for (value, error) in [
            ("AES-256-CBC", LegacyKeyError::Header("no comma".into())),
            ("CAMELLIA-256-CBC,00", LegacyKeyError::UnsupportedCipher("CAMELLIA-256-CBC".into())),
            ("DES-CBC,001", LegacyKeyError::Header("the vector is not hexadecimal".into())),
            ("DES-CBC,0011", LegacyKeyError::Header("the vector has 2 bytes, DES-CBC needs 8".into())),
        ] {
            assert_eq!(DekInfo::parse(value).unwrap_err(), error);
        }
    }

    #[test]
    fn half_a_cipher_block_is_no_wrong_password() {
        let info = DekInfo::parse("DES-EDE3-CBC,0011223344556677").unwrap();
        assert_eq!(info.decrypt(&[0; 12], "x").unwrap_err(), LegacyKeyError::Length { bytes: 12, block: 8 });
        assert_eq!(info.decrypt(&[], "x").unwrap_err(), LegacyKeyError::Length { bytes: 0, block: 8 });
    }
}
