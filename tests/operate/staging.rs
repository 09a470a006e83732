//! Staging through the library, for tests that need profiles in a home.

use std::path::Path;

use sealpost::model::moment::Moment;
use sealpost::model::private_key::{KeyType, PrivateKey};
use sealpost::model::profile::Profile;
use sealpost::operate::{Home, HomeError, Intent, Staged};

/// A moment; which one does not matter.
pub fn moment() -> Moment {
    time::macros::datetime!(2026-11-23 12:00 UTC)
}

/// A profile with a fresh key and the certificate `[NAME.example]` that signs itself.
pub fn profile(name: &str) -> Profile {
    let key = PrivateKey::generate(KeyType::EcdsaP256).unwrap();
    let mut profile = Profile::new(name.parse().unwrap(), key, moment());
    profile.certificate = Some(certificate(&profile.key, name));
    profile
}

/// A self-signed certificate for `NAME.example` over `key`.
pub fn certificate(key: &PrivateKey, name: &str) -> sealpost::model::certificate::Certificate {
    let pair = rcgen::KeyPair::try_from(key.pkcs8()).unwrap();
    let mut parameters = rcgen::CertificateParams::new([format!("{name}.example")]).unwrap();
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, format!("{name}.example"));
    parameters.not_after = rcgen::date_time_ymd(2036, 1, 1);
    parameters.is_ca = rcgen::IsCa::ExplicitNoCa;
    let made = parameters.self_signed(&pair).unwrap();
    sealpost::model::certificate::Certificate::from_der(made.der()).unwrap()
}

pub fn stage(home: &Path, intents: Vec<Intent>) -> Result<Staged, HomeError> {
    Home::open(home).unwrap().write()?.apply(intents)
}

pub fn put(home: &Path, names: &[&str]) {
    stage(home, names.iter().map(|name| Intent::Put(profile(name))).collect()).unwrap();
}
