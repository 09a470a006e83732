//! Files under a passphrase in the age format (<https://age-encryption.org/v1>): authenticated, in ASCII armour, and opened by `age`
//! and `rage` as well.

use std::io::{self, Read, Write};
use std::iter;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use zeroize::Zeroizing;

/// Base-2 logarithm of scrypt's cost: about a second and 256 MiB, the default of `age` itself.
const WORK: u8 = 18;
/// What a file may ask for: 1 GiB. More is an attack, or a machine that is not ours.
const MOST_WORK: u8 = 20;

const ARMOUR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
const BINARY: &[u8] = b"age-encryption.org/";

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum AgeError {
    /// Or the part of the file that holds the key was changed, which cannot be told apart.
    #[error("the passphrase does not open it")]
    Passphrase,
    #[error("it is encrypted to keys, not with a passphrase")]
    Keys,
    #[error("it asks for a scrypt work factor of {asked}, and {most} is the limit")]
    Work { asked: u8, most: u8 },
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// Whether `bytes` begin as a file of this format does, armoured or not.
pub fn is_sealed(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.starts_with(ARMOUR) || start.starts_with(BINARY)
}

/// Seals `bytes`. The error is that of the random generator or of memory.
pub fn seal(bytes: &[u8], passphrase: &str) -> io::Result<Vec<u8>> {
    let mut recipient = scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(WORK);
    let encryptor =
        Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient)).map_err(io::Error::other)?;
    let armour = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    let mut writer = encryptor.wrap_output(armour)?;
    writer.write_all(bytes)?;
    writer.finish()?.finish()
}

/// Opens a sealed file. Nothing of it is given before all of it was authenticated.
pub fn open(bytes: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(bytes.trim_ascii_start())).map_err(reason)?;
    if !decryptor.is_scrypt() {
        return Err(AgeError::Keys);
    }
    let mut identity = scrypt::Identity::new(secret(passphrase));
    identity.set_max_work_factor(MOST_WORK);
    let mut reader = decryptor.decrypt(iter::once(&identity as &dyn age::Identity)).map_err(reason)?;
    // No longer than what was sealed, so that it never moves and leaves a copy behind.
    let mut content = Zeroizing::new(Vec::with_capacity(bytes.len()));
    reader
        .read_to_end(&mut content)
        .map_err(|_| AgeError::Damaged("its content was changed or cut short".to_owned()))?;
    Ok(content)
}

fn secret(passphrase: &str) -> SecretString {
    SecretString::from(passphrase.to_owned())
}

fn reason(error: DecryptError) -> AgeError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            AgeError::Passphrase
        }
        DecryptError::ExcessiveWork { required, .. } => AgeError::Work { asked: required, most: MOST_WORK },
        DecryptError::InvalidHeader => AgeError::Damaged("its header cannot be read".to_owned()),
        DecryptError::InvalidMac => AgeError::Damaged("its header was changed".to_owned()),
        DecryptError::UnknownFormat => AgeError::Damaged("it is of a version that is not known".to_owned()),
        DecryptError::Io(_) => AgeError::Damaged("it is cut short, or its armour is broken".to_owned()),
        _ => AgeError::Damaged("it cannot be read".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_passphrase_alone_and_only_whole() {
        let content = b"a configuration\n".repeat(10);
        let sealed = seal(&content, "correct horse").unwrap();
        assert!(is_sealed(&sealed) && !is_sealed(&content));
        assert_eq!(open(&sealed, "correct horse").unwrap().as_slice(), content);
        assert!(matches!(open(&sealed, "wrong"), Err(AgeError::Passphrase)));
        let end = sealed.len() - 40;
        assert!(matches!(open(&sealed[..end], "correct horse"), Err(AgeError::Damaged(_))));
        let mut flipped = sealed.clone();
        // In the last line of the body.
        flipped[end - 30] ^= 1;
        assert!(matches!(open(&flipped, "correct horse"), Err(AgeError::Damaged(_))));
        assert!(matches!(open(ARMOUR, "x"), Err(AgeError::Damaged(_))));
    }
}
