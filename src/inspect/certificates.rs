//! From the items of some files to what a profile is made of: certificates, keys and requests, each with its place.

use crate::model::place::Place;
use crate::model::private_key::{PrivateKey, PrivateKeyError};
use crate::model::request::Request;

use super::bytes::{Item, Kind, Locked};
use super::chain::Found;

/// What was found, in the order in which it was found. Copies are kept.
#[derive(Debug, Clone, Default)]
pub struct Certificates {
    pub certificates: Vec<Found>,
    pub keys: Vec<FoundKey>,
    pub requests: Vec<FoundRequest>,
    /// Private keys that cannot be used here, and why.
    pub unusable_keys: Vec<(Place, PrivateKeyError)>,
    /// What no password was given for.
    pub locked: Vec<(Place, Locked)>,
}

/// A private key and where it stands.
#[derive(Debug, Clone)]
pub struct FoundKey {
    pub key: PrivateKey,
    pub place: Place,
    /// friendlyName or alias.
    pub name: Option<String>,
}

/// A signing request and where it stands.
#[derive(Debug, Clone)]
pub struct FoundRequest {
    pub request: Request,
    pub place: Place,
}

impl Certificates {
    /// Sorts `items` by kind. Public keys and things of other kinds are left out.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Item>) -> Certificates {
        let mut sorted = Certificates::default();
        for item in items {
            let place = item.place.clone();
            match &item.kind {
                Kind::Certificate(certificate) => {
                    sorted.certificates.push(Found { certificate: certificate.clone(), place });
                }
                Kind::Key(key) => {
                    sorted.keys.push(FoundKey { key: key.clone(), place, name: item.name.clone() });
                }
                Kind::Request(request) => sorted.requests.push(FoundRequest { request: request.clone(), place }),
                Kind::UnusableKey(unusable) => sorted.unusable_keys.push((place, unusable.reason.clone())),
                Kind::Locked(locked) => sorted.locked.push((place, locked.clone())),
                Kind::PublicKey(_) | Kind::Other(_) => {}
            }
        }
        sorted
    }
}
