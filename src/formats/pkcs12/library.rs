//! The files that crate p12-keystore opens, which are most.
//!
//! It has no bound over all iterations of a file, passes over bags that it does not know, and gives certificates and
//! keys in two lists. So every bag is looked at before: a file goes to it only when it will read all of it, in bounded
//! time, and its lists can be put back into file order.

use der::Encode;
use der::asn1::ObjectIdentifier;
use p12_keystore::error::Error;
use p12_keystore::{CertificateBag, Pkcs12Archive, PrivateKeyBag};
use zeroize::Zeroizing;

use super::mac::MacData;
use super::open::{Archive, Content, Entry, MOST_ITERATIONS_IN_ALL, safe_contents};
use super::structure::{Pfx, Safe};
use super::{Pkcs12Error, bags};
use crate::formats::der_fields::Malformed;
use crate::formats::encryption::{Password, Scheme};
use crate::formats::pkcs8;

/// More is refused by p12-keystore.
const MOST_ITERATIONS: u64 = 1_000_000;

/// What the library made of a file.
pub enum Answer {
    Opened(Archive),
    /// It computed the MAC, with the password in UTF-16, and got another one.
    MacDiffers,
    /// It was not asked, or could not read it.
    NotForIt,
}

pub fn open(der: &[u8], pfx: &Pfx<'_>, safes: &[Safe], password: &str) -> Answer {
    let in_bmp = password.chars().all(|letter| u32::from(letter) <= 0xffff);
    let suits = |mac: &MacData<'_>| !mac.is_pbmac1() && mac.check().is_ok_and(|check| check.cost <= MOST_ITERATIONS);
    let mac = pfx.mac.as_ref().is_none_or(suits);
    if !in_bmp || !mac {
        return Answer::NotForIt;
    }
    let Some(kinds) = kinds(safes, &Password::new(password)) else { return Answer::NotForIt };
    match Pkcs12Archive::from_pkcs12(der, password) {
        Ok(archive) => in_file_order(archive, &kinds).map_or(Answer::NotForIt, Answer::Opened),
        Err(Error::MacError(_)) => Answer::MacDiffers,
        Err(_) => Answer::NotForIt,
    }
}

/// The kinds of all bags in file order; `None` when not every one is for the library, or the password is wrong.
pub fn kinds(safes: &[Safe], password: &Password) -> Option<Vec<ObjectIdentifier>> {
    let (mut kinds, mut cost) = (Vec::new(), 0);
    let mut affordable = |algorithm: &[u8]| {
        let scheme = Scheme::read(algorithm).ok().filter(Scheme::is_common)?;
        cost += scheme.cost;
        (scheme.cost <= MOST_ITERATIONS && cost <= MOST_ITERATIONS_IN_ALL).then_some(scheme)
    };
    for safe in safes {
        let decrypted;
        let contents = match safe {
            Safe::Plain(contents) => contents,
            Safe::Encrypted { algorithm, data } => {
                decrypted = safe_contents(affordable(algorithm)?.decrypt(data, password).ok()?)?;
                &decrypted
            }
        };
        let for_it = bags::each(contents, &mut |bag| {
            if bag.id == bags::SHROUDED_KEY {
                affordable(&pkcs8::parts(&bag.value.to_der()?)?.0).ok_or(Malformed)?;
            }
            kinds.push(bag.id);
            let known = !bag.is_nested && [bags::CERTIFICATE, bags::KEY, bags::SHROUDED_KEY].contains(&bag.id);
            if known { Ok(()) } else { Err(Pkcs12Error::from(Malformed)) }
        });
        for_it.ok()?;
    }
    Some(kinds)
}

/// `None` when the library gave another number of bags than were seen.
fn in_file_order(archive: Pkcs12Archive, kinds: &[ObjectIdentifier]) -> Option<Archive> {
    let given = archive.certs.len() + archive.keys.len();
    let (mut certificates, mut keys) = (archive.certs.into_iter(), archive.keys.into_iter());
    let entries: Option<Vec<Entry>> = (kinds.iter())
        .map(|kind| match *kind {
            bags::CERTIFICATE => certificates.next().map(certificate),
            _ => keys.next().map(key),
        })
        .collect();
    entries.filter(|entries| entries.len() == given).map(|entries| Archive { entries })
}

fn certificate(bag: CertificateBag) -> Entry {
    Entry {
        content: Content::Certificate(bag.cert.as_der().to_vec()),
        friendly_name: bag.friendly_name,
        local_key_id: bag.local_key_id,
    }
}

fn key(bag: PrivateKeyBag) -> Entry {
    Entry {
        content: Content::Key(Zeroizing::new(bag.key.as_der().to_vec())),
        friendly_name: bag.friendly_name,
        local_key_id: bag.local_key_id.map(|id| id.0),
    }
}
