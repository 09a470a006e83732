//! One password has several encodings, and programs disagree about which one they use.

use zeroize::Zeroizing;

/// A password as the key derivations see it.
#[derive(Clone)]
pub struct Password {
    /// For PBES1, PBES2 and PBMAC1: the UTF-8 bytes.
    plain: Zeroizing<Vec<u8>>,
    /// For the derivation of PKCS#12 (RFC 7292 appendix B.1): 16-bit units, big endian, with a zero unit at the end.
    wide: Zeroizing<Vec<u8>>,
}

impl Password {
    pub fn new(text: &str) -> Password {
        let units = text.encode_utf16().chain([0]);
        Password { plain: Zeroizing::new(text.as_bytes().to_vec()), wide: wide(text.len() + 1, units) }
    }

    /// No password at all, which is not the same as the empty one: not even the zero unit is there.
    pub fn null() -> Password {
        Password { plain: Zeroizing::default(), wide: Zeroizing::default() }
    }

    /// Every encoding of `text` in which a PKCS#12 file may have been written, the right one first.
    pub fn candidates(text: &str) -> Vec<Password> {
        let mut all = vec![Password::new(text)];
        if text.is_empty() {
            all.push(Password::null());
        } else if !text.is_ascii() {
            // OpenSSL before 1.1.0 took each byte of the UTF-8 text for a character.
            let units = text.bytes().map(u16::from).chain([0]);
            all.push(Password { plain: Zeroizing::new(text.as_bytes().to_vec()), wide: wide(text.len() + 1, units) });
        }
        all
    }

    pub fn plain(&self) -> &[u8] {
        &self.plain
    }

    pub fn wide(&self) -> &[u8] {
        &self.wide
    }
}

fn wide(most_units: usize, units: impl Iterator<Item = u16>) -> Zeroizing<Vec<u8>> {
    // Room for all from the start: growing would leave a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * most_units));
    for unit in units {
        bytes.extend_from_slice(&unit.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_is_utf_16_with_surrogates_and_a_zero() {
        assert_eq!(Password::new("aü").wide(), [0, b'a', 0, 0xfc, 0, 0]);
        assert_eq!(Password::new("😀").wide(), [0xd8, 0x3d, 0xde, 0x00, 0, 0]);
        assert_eq!(Password::new("").wide(), [0, 0]);
        assert!(Password::null().wide().is_empty());
    }
}
