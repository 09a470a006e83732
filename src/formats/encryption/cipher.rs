//! The ciphers behind a derived key: block ciphers in CBC mode with PKCS#7 padding, and RC4.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyIvInit};
use zeroize::Zeroizing;

use super::EncryptionError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    /// With three keys of eight bytes, or two of which the first is used twice.
    TripleDes3,
    TripleDes2,
    Des,
    /// With this many bytes of key, all of them effective.
    Rc2(usize),
    Rc4(usize),
}

impl Cipher {
    pub fn key_length(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::TripleDes2 => 16,
            Cipher::Aes192 | Cipher::TripleDes3 => 24,
            Cipher::Aes256 => 32,
            Cipher::Des => 8,
            Cipher::Rc2(bytes) | Cipher::Rc4(bytes) => bytes,
        }
    }

    /// 0 for a stream cipher.
    pub fn iv_length(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => 16,
            Cipher::TripleDes3 | Cipher::TripleDes2 | Cipher::Des | Cipher::Rc2(_) => 8,
            Cipher::Rc4(_) => 0,
        }
    }

    /// # Errors
    /// `WrongKey` when the padding is not there, `Malformed` when key or IV have another length than the cipher's.
    pub fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
        match self {
            Cipher::Aes128 => unpad(cbc::Decryptor::<aes::Aes128>::new_from_slices(key, iv), data),
            Cipher::Aes192 => unpad(cbc::Decryptor::<aes::Aes192>::new_from_slices(key, iv), data),
            Cipher::Aes256 => unpad(cbc::Decryptor::<aes::Aes256>::new_from_slices(key, iv), data),
            Cipher::TripleDes3 => unpad(cbc::Decryptor::<des::TdesEde3>::new_from_slices(key, iv), data),
            Cipher::TripleDes2 => unpad(cbc::Decryptor::<des::TdesEde2>::new_from_slices(key, iv), data),
            Cipher::Des => unpad(cbc::Decryptor::<des::Des>::new_from_slices(key, iv), data),
            Cipher::Rc2(_) => unpad(rc2(key).and_then(|rc2| cbc::Decryptor::inner_iv_slice_init(rc2, iv)), data),
            Cipher::Rc4(_) => Ok(rc4(key, data)),
        }
    }

    /// # Errors
    /// As `decrypt`. Only what is written here: AES-256 and 3DES.
    pub fn encrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        match self {
            Cipher::Aes256 => pad(cbc::Encryptor::<aes::Aes256>::new_from_slices(key, iv), data),
            Cipher::TripleDes3 => pad(cbc::Encryptor::<des::TdesEde3>::new_from_slices(key, iv), data),
            _ => Err(EncryptionError::Unsupported(format!("writing with {self:?}"))),
        }
    }
}

type Made<T> = Result<T, cbc::cipher::InvalidLength>;

fn rc2(key: &[u8]) -> Made<rc2::Rc2> {
    match key.len() {
        1..=128 => Ok(rc2::Rc2::new_with_eff_key_len(key, key.len() * 8)),
        _ => Err(cbc::cipher::InvalidLength),
    }
}

fn unpad<C: BlockModeDecrypt>(cipher: Made<C>, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
    let mut buffer = Zeroizing::new(data.to_vec());
    let cipher = cipher.map_err(|_| EncryptionError::Malformed)?;
    let length = cipher.decrypt_padded::<Pkcs7>(&mut buffer).map_err(|_| EncryptionError::WrongKey)?.len();
    buffer.truncate(length);
    Ok(buffer)
}

fn pad<C: BlockModeEncrypt>(cipher: Made<C>, data: &[u8]) -> Result<Vec<u8>, EncryptionError> {
    Ok(cipher.map_err(|_| EncryptionError::Malformed)?.encrypt_padded_vec::<Pkcs7>(data))
}

/// RC4 has no padding and no check: whoever asks must judge the result.
fn rc4(key: &[u8], data: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut state: Zeroizing<[u8; 256]> = Zeroizing::new(std::array::from_fn(|index| index as u8));
    let mut j = 0u8;
    for (i, add) in (0..=255u8).zip(key.iter().cycle()) {
        j = j.wrapping_add(state[usize::from(i)]).wrapping_add(*add);
        state.swap(usize::from(i), usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    let stream = data.iter().map(|byte| {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        byte ^ state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))]
    });
    Zeroizing::new(stream.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_gives_the_known_stream() {
        // RFC 6229, 40-bit key 0102030405, offset 0.
        let stream = rc4(&[1, 2, 3, 4, 5], &[0; 16]);
        assert_eq!(
            stream.as_slice(),
            [0xb2, 0x39, 0x63, 0x05, 0xf0, 0x3d, 0xc0, 0x27, 0xcc, 0xc3, 0x52, 0x4a, 0x0a, 0x11, 0x18, 0xa8]
        );
    }

    #[test]
    fn what_is_written_reads_back_and_wrong_lengths_are_refused() {
        for cipher in [Cipher::Aes256, Cipher::TripleDes3] {
            let (key, iv) = (vec![7; cipher.key_length()], vec![9; cipher.iv_length()]);
            let sealed = cipher.encrypt(&key, &iv, b"a key").unwrap();
            assert_eq!(cipher.decrypt(&key, &iv, &sealed).unwrap().as_slice(), b"a key");
            assert_eq!(cipher.decrypt(&key, &iv[1..], &sealed), Err(EncryptionError::Malformed));
            assert_eq!(cipher.decrypt(&key[1..], &iv, &sealed), Err(EncryptionError::Malformed));
            assert_eq!(cipher.decrypt(&key, &iv, &sealed[1..]), Err(EncryptionError::WrongKey));
            assert_eq!(cipher.decrypt(&key, &iv, &[]), Err(EncryptionError::WrongKey));
        }
    }
}
