//! Opening a PKCS#12 file with its password.
//!
//! Crate p12-keystore reads what most programs write (`library`). What it cannot read is read here: PBMAC1, BER, other
//! ciphers and more iterations, the null password, passwords outside the BMP, safes in safes.

use std::fmt;

use der::Encode;
use zeroize::Zeroizing;

use super::bags::{self, Bag};
use super::library::{self, Answer};
use super::mac::Check;
use super::structure::{self, Pfx, Safe};
use super::{Pkcs12Error, protection};
use crate::formats::encryption::{EncryptionError, MOST_ITERATIONS, Password, Scheme};
use crate::formats::{ber, pkcs8};

/// Iterations over all parts of a file together. `certtool` writes a safe for every certificate, each with its own.
pub const MOST_ITERATIONS_IN_ALL: u64 = 10 * MOST_ITERATIONS;

/// What was in a file, in file order, repeated ones included.
#[derive(Debug)]
pub struct Archive {
    pub entries: Vec<Entry>,
}

#[derive(Debug)]
pub struct Entry {
    pub content: Content,
    pub friendly_name: Option<String>,
    pub local_key_id: Option<Vec<u8>>,
}

pub enum Content {
    /// X.509, DER; not parsed here.
    Certificate(Vec<u8>),
    /// PKCS#8, DER.
    Key(Zeroizing<Vec<u8>>),
    /// EncryptedPrivateKeyInfo, DER: the file's password does not open it, or none was given and the rest needs none.
    LockedKey(Vec<u8>),
    /// Something else, by name: a CRL, a secret key.
    Other(String),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Certificate(der) => write!(f, "Certificate({} bytes)", der.len()),
            Content::Key(_) => f.write_str("Key"),
            Content::LockedKey(_) => f.write_str("LockedKey"),
            Content::Other(name) => write!(f, "Other({name})"),
        }
    }
}

/// Opens a file. With an empty password, the empty and the null password are tried, which programs mix up.
///
/// # Errors
/// `WrongPassword` only when the MAC could be computed and is another one; nothing of a file with a wrong MAC is ever
/// given back. Without a MAC, whether it decrypts decides: `WrongPasswordOrDamaged`.
pub fn open(bytes: &[u8], password: &str) -> Result<Archive, Pkcs12Error> {
    let der = structure::der(bytes)?;
    let pfx = Pfx::read(&der)?;
    let safes = structure::safes(pfx.authenticated)?;
    check(&pfx, &safes)?;
    // Of BER the library reads neither the outside nor, most likely, the inside.
    if matches!(&der, std::borrow::Cow::Borrowed(_)) {
        match library::open(&der, &pfx, &safes, password) {
            Answer::Opened(archive) => return Ok(archive),
            // Of an ASCII password there is one encoding only, so no other needs to be tried.
            Answer::MacDiffers if password.is_ascii() && !password.is_empty() => {
                return Err(Pkcs12Error::WrongPassword);
            }
            Answer::MacDiffers | Answer::NotForIt => {}
        }
    }
    Reader::new(&pfx, password)?.read(&safes)
}

/// Refuses what can be refused before any work is done.
fn check(pfx: &Pfx<'_>, safes: &[Safe]) -> Result<(), Pkcs12Error> {
    let mut cost = pfx.mac.as_ref().map(|mac| mac.check()).transpose()?.map_or(0, |check| check.cost);
    for algorithm in protection::visible_algorithms(safes)? {
        cost = cost.saturating_add(Scheme::read(&algorithm)?.cost);
    }
    match cost > MOST_ITERATIONS_IN_ALL {
        true => Err(Pkcs12Error::TooManyIterations { iterations: cost }),
        false => Ok(()),
    }
}

/// Gives back what was decrypted, as DER, if it is what it should be.
type Judge = fn(Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>>;

/// Our own reader.
struct Reader {
    /// The encodings of the password that may be right; the one that passed the MAC comes first.
    passwords: Vec<Password>,
    has_mac: bool,
    is_without_password: bool,
    budget: u64,
}

impl Reader {
    fn new(pfx: &Pfx<'_>, password: &str) -> Result<Reader, Pkcs12Error> {
        let mut passwords = Password::candidates(password);
        let (is_without_password, budget) = (password.is_empty(), MOST_ITERATIONS_IN_ALL);
        let Some(mac) = &pfx.mac else {
            return Ok(Reader { passwords, has_mac: false, is_without_password, budget });
        };
        let check: Check<'_> = mac.check()?;
        let right = passwords.iter().position(|password| check.passes(password, pfx.authenticated));
        // GnuTLS checks with one kind of empty password and encrypts with the other, so all of them stay.
        passwords.rotate_left(right.ok_or(Pkcs12Error::WrongPassword)?);
        Ok(Reader { passwords, has_mac: true, is_without_password, budget })
    }

    fn read(mut self, safes: &[Safe]) -> Result<Archive, Pkcs12Error> {
        let mut entries = Vec::new();
        for safe in safes {
            match safe {
                Safe::Plain(contents) => self.bags(contents, &mut entries)?,
                Safe::Encrypted { algorithm, data } => {
                    let contents = self.decrypt(algorithm, data, "a safe", safe_contents)?;
                    self.bags(&contents, &mut entries)?;
                }
            }
        }
        Ok(Archive { entries })
    }

    fn bags(&mut self, contents: &[u8], entries: &mut Vec<Entry>) -> Result<(), Pkcs12Error> {
        bags::each(contents, &mut |bag| {
            entries.push(self.entry(bag)?);
            Ok(())
        })
    }

    fn entry(&mut self, bag: Bag<'_>) -> Result<Entry, Pkcs12Error> {
        let content = match bag.id {
            bags::CERTIFICATE => match bags::certificate(bag.value)? {
                Some(der) => Content::Certificate(der),
                None => Content::Other("certificate that is not X.509".into()),
            },
            bags::KEY => {
                let key = pkcs8::believed(Zeroizing::new(bag.value.to_der()?));
                Content::Key(key.ok_or_else(|| Pkcs12Error::Malformed("its key is no PKCS#8".into()))?)
            }
            bags::SHROUDED_KEY => {
                let der = bag.value.to_der()?;
                let (algorithm, data) = pkcs8::parts(&der)?;
                match self.decrypt(&algorithm, data, "the key", pkcs8::believed) {
                    Ok(key) => Content::Key(key),
                    Err(Pkcs12Error::OtherPassword(_)) => Content::LockedKey(der),
                    Err(Pkcs12Error::WrongPasswordOrDamaged) if self.is_without_password => Content::LockedKey(der),
                    Err(error) => return Err(error),
                }
            }
            bags::CRL => Content::Other("CRL".into()),
            bags::SECRET => Content::Other("secret key".into()),
            other => Content::Other(other.to_string()),
        };
        Ok(Entry { content, friendly_name: bag.friendly_name, local_key_id: bag.local_key_id })
    }

    /// Decrypts with each encoding of the password until `believed` takes the result for what it should be.
    fn decrypt(
        &mut self,
        algorithm: &[u8],
        data: &[u8],
        what: &'static str,
        believed: Judge,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let scheme = Scheme::read(algorithm)?;
        for password in &self.passwords {
            self.budget = self
                .budget
                .checked_sub(scheme.cost)
                .ok_or(Pkcs12Error::TooManyIterations { iterations: MOST_ITERATIONS_IN_ALL + scheme.cost })?;
            match scheme.decrypt(data, password).map(believed) {
                Ok(Some(plain)) => return Ok(plain),
                Ok(None) | Err(EncryptionError::WrongKey) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(match self.has_mac {
            true => Pkcs12Error::OtherPassword(what),
            false => Pkcs12Error::WrongPasswordOrDamaged,
        })
    }
}

/// The DER of SafeContents, if it is one.
pub fn safe_contents(plain: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let der = match ber::to_der(&plain).ok()? {
        std::borrow::Cow::Borrowed(_) => plain,
        std::borrow::Cow::Owned(der) => Zeroizing::new(der),
    };
    bags::each(&der, &mut |_| Ok(())).is_ok().then_some(der)
}
