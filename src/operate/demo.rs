//! The Demo profile of a new home: it encrypts from the first minute, and no verifier will ever believe it.

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType,
    SerialNumber,
};

use crate::model::certificate::Certificate;
use crate::model::host_name::HostName;
use crate::model::moment::Moment;
use crate::model::private_key::{KeyType, PrivateKey};
use crate::model::profile::{ChainEnd, Profile};
use crate::model::profile_name::{DEMO, ProfileName};

/// Ten years: nobody should be woken up by it.
const LIFETIME: time::Duration = time::Duration::days(3650);

/// The library that makes the certificate refused; its words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the Demo certificate could not be made: {0}")]
pub struct DemoError(pub String);

/// Makes a key on the spot and a self-signed certificate for `hostname`.
pub fn demo(hostname: &HostName, now: Moment) -> Result<Profile, DemoError> {
    let failed = |error: &dyn std::fmt::Display| DemoError(error.to_string());
    let key = PrivateKey::generate(KeyType::EcdsaP256).map_err(|error| failed(&error))?;
    let pair = KeyPair::try_from(key.pkcs8()).map_err(|error| failed(&error))?;
    let made = parameters(hostname, now)?.self_signed(&pair).map_err(|error| failed(&error))?;
    let certificate = Certificate::from_der(made.der()).map_err(|error| failed(&error))?;
    let mut profile = Profile::new(ProfileName::demo(), key, now);
    profile.certificate = Some(certificate);
    profile.record.demo = true;
    profile.record.chain_end = Some(ChainEnd::SelfSigned);
    Ok(profile)
}

fn parameters(hostname: &HostName, now: Moment) -> Result<CertificateParams, DemoError> {
    let mut parameters = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, DEMO);
    // RFC 5280 appendix A.1: a common name has at most 64 characters; the full name is in the SAN.
    if hostname.as_str().len() <= 64 {
        name.push(DnType::CommonName, hostname.as_str());
    }
    parameters.distinguished_name = name;
    let dns = hostname.as_str().try_into().map_err(|error: rcgen::Error| DemoError(error.to_string()))?;
    parameters.subject_alt_names = vec![SanType::DnsName(dns)];
    parameters.not_before = now;
    parameters.not_after = now + LIFETIME;
    parameters.serial_number = Some(serial()?);
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    Ok(parameters)
}

/// 127 random bits, positive, of full length.
fn serial() -> Result<SerialNumber, DemoError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| DemoError("there is no randomness".to_owned()))?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}
