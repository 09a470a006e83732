//! Certificates for a sink, good ones and bad ones, below an authority of its own.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType, SerialNumber,
};
use rustls::crypto::aws_lc_rs as provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use time::Duration;

use crate::formats::pem::{self, PemError};
use crate::model::configuration::Word;
use crate::model::moment::Moment;
use crate::model::private_key::{KeyType, PrivateKey, PrivateKeyError};
use crate::sys::library_error;

/// What is right or wrong with the certificate that a sink shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Good,
    SelfSigned,
    Expired,
    NotYetValid,
    WrongName,
    /// The right certificate, and the key of somebody else: nobody may finish a handshake with it.
    WrongKey,
    /// Below an authority that nobody knows.
    UnknownIssuer,
    /// Below an intermediate that is not shown.
    MissingIntermediate,
    /// The name stands in the common name alone.
    CommonNameOnly,
    /// It says that it is an authority itself.
    AuthorityAsLeaf,
    /// It is for clients.
    WrongUsage,
}

impl Word for Kind {
    const WORDS: &'static [(Kind, &'static str)] = &[
        (Kind::Good, "good"),
        (Kind::SelfSigned, "self-signed"),
        (Kind::Expired, "expired"),
        (Kind::NotYetValid, "not-yet-valid"),
        (Kind::WrongName, "wrong-name"),
        (Kind::WrongKey, "wrong-key"),
        (Kind::UnknownIssuer, "unknown-issuer"),
        (Kind::MissingIntermediate, "missing-intermediate"),
        (Kind::CommonNameOnly, "cn-only"),
        (Kind::AuthorityAsLeaf, "ca-as-leaf"),
        (Kind::WrongUsage, "wrong-usage"),
    ];
}

/// Why there is no certificate to show.
#[derive(Debug, thiserror::Error)]
pub enum FarmError {
    #[error("{0}")]
    Pem(#[from] PemError),
    #[error("{0}")]
    Key(#[from] PrivateKeyError),
    #[error("the certificate cannot be encoded")]
    Making(#[from] rcgen::Error),
    #[error("{}", library_error::tls(.0))]
    Loading(#[from] rustls::Error),
    #[error("it holds no {0}")]
    Lacks(&'static str),
}

/// A certification authority for tests: its certificate and key.
#[derive(Debug)]
pub struct Authority {
    certificate: CertificateDer<'static>,
    key: PrivateKey,
}

/// Long enough for a test farm, short enough for every verifier.
const DAYS: i64 = 300;

impl Authority {
    /// Makes a root that is valid from an hour before `now`.
    pub fn new(now: Moment) -> Result<Authority, FarmError> {
        let key = PrivateKey::generate(KeyType::EcdsaP256)?;
        let mut params = named("sealpost sink root", now - Duration::HOUR, now + Duration::days(10 * DAYS));
        authority(&mut params);
        let certificate = params.self_signed(&pair(&key)?)?;
        Ok(Authority { certificate: certificate.der().clone(), key })
    }

    /// From what `to_pem` wrote.
    pub fn from_pem(text: &[u8]) -> Result<Authority, FarmError> {
        let (mut chain, key) = parts(text)?;
        match chain.len() {
            0 => Err(FarmError::Lacks("certificate")),
            _ => Ok(Authority { certificate: chain.swap_remove(0), key }),
        }
    }

    /// Certificate and key.
    pub fn to_pem(&self) -> String {
        self.certificate_pem() + &pem::encode("PRIVATE KEY", self.key.pkcs8())
    }

    /// What a sender has to trust.
    pub fn certificate_pem(&self) -> String {
        pem::encode("CERTIFICATE", &self.certificate)
    }

    /// Makes a key and a certificate for `names`, of which the first is the common name.
    pub fn issue(
        &self,
        kind: Kind,
        names: &[String],
        key_type: KeyType,
        now: Moment,
    ) -> Result<Arc<CertifiedKey>, FarmError> {
        let key = PrivateKey::generate(key_type)?;
        let leaf = leaf(kind, names, now)?;
        let own = Issuer::from_ca_cert_der(&self.certificate, pair(&self.key)?)?;
        let certificate = match kind {
            Kind::SelfSigned => leaf.self_signed(&pair(&key)?)?,
            Kind::UnknownIssuer => {
                let stranger = Authority::new(now)?;
                leaf.signed_by(&pair(&key)?, &Issuer::from_ca_cert_der(&stranger.certificate, pair(&stranger.key)?)?)?
            }
            Kind::MissingIntermediate => {
                let between = PrivateKey::generate(KeyType::EcdsaP256)?;
                let mut params = named("sealpost sink intermediate", leaf.not_before, leaf.not_after);
                authority(&mut params);
                let certificate = params.signed_by(&pair(&between)?, &own)?;
                leaf.signed_by(&pair(&key)?, &Issuer::from_ca_cert_der(certificate.der(), pair(&between)?)?)?
            }
            _ => leaf.signed_by(&pair(&key)?, &own)?,
        };
        let shown = if kind == Kind::WrongKey { PrivateKey::generate(key_type)? } else { key };
        certified(vec![certificate.der().clone()], &shown)
    }
}

/// A chain and its key from a file with both, in any order of the key.
pub fn given(text: &[u8]) -> Result<Arc<CertifiedKey>, FarmError> {
    let (chain, key) = parts(text)?;
    if chain.is_empty() { Err(FarmError::Lacks("certificate")) } else { certified(chain, &key) }
}

fn parts(text: &[u8]) -> Result<(Vec<CertificateDer<'static>>, PrivateKey), FarmError> {
    let (mut chain, mut key) = (Vec::new(), None);
    for (label, der) in pem::blocks(text)? {
        match label.as_str() {
            "CERTIFICATE" => chain.push(CertificateDer::from(der)),
            label if label.ends_with("PRIVATE KEY") => key = Some(PrivateKey::from_der(&der)?),
            _ => {}
        }
    }
    Ok((chain, key.ok_or(FarmError::Lacks("private key"))?))
}

fn certified(chain: Vec<CertificateDer<'static>>, key: &PrivateKey) -> Result<Arc<CertifiedKey>, FarmError> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.pkcs8().to_vec()));
    let key = provider::default_provider().key_provider.load_private_key(key)?;
    // Whether they belong together is not asked: `WrongKey` is one of the wishes.
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}

fn pair(key: &PrivateKey) -> Result<KeyPair, FarmError> {
    Ok(KeyPair::try_from(key.pkcs8())?)
}

fn leaf(kind: Kind, names: &[String], now: Moment) -> Result<CertificateParams, FarmError> {
    let name = names.first().map_or("localhost", String::as_str);
    let (from, until) = match kind {
        Kind::Expired => (now - Duration::days(DAYS), now - Duration::days(9)),
        Kind::NotYetValid => (now + Duration::days(9), now + Duration::days(DAYS)),
        _ => (now - Duration::HOUR, now + Duration::days(DAYS)),
    };
    let mut params = named(name, from, until);
    let alt_name = |name: &String| {
        let dns = || Ok(SanType::DnsName(name.as_str().try_into()?));
        name.parse().map_or_else(|_| dns(), |address| Ok(SanType::IpAddress(address)))
    };
    params.subject_alt_names = match kind {
        Kind::CommonNameOnly => Vec::new(),
        Kind::WrongName => vec![SanType::DnsName("wrong-name.invalid".try_into()?)],
        _ => names.iter().map(alt_name).collect::<Result<_, rcgen::Error>>()?,
    };
    if kind == Kind::WrongName {
        params.distinguished_name.push(DnType::CommonName, "wrong-name.invalid");
    }
    let usage = if kind == Kind::WrongUsage {
        ExtendedKeyUsagePurpose::ClientAuth
    } else {
        ExtendedKeyUsagePurpose::ServerAuth
    };
    params.extended_key_usages = vec![usage];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = kind != Kind::SelfSigned;
    match kind {
        Kind::AuthorityAsLeaf => authority(&mut params),
        _ => params.is_ca = IsCa::ExplicitNoCa,
    }
    Ok(params)
}

fn named(name: &str, from: Moment, until: Moment) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (from, until);
    params.serial_number = Some(serial());
    params
}

fn authority(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
}

/// Positive and random: several sinks share one authority.
fn serial() -> SerialNumber {
    let mut octets = [0; 16];
    // Without random numbers there would have been no key either.
    let _ = aws_lc_rs::rand::fill(&mut octets);
    octets[0] = octets[0] & 0x3f | 0x40;
    SerialNumber::from_slice(&octets)
}
