//! A small CA for tests that need no real program: a root, an intermediate, and what they sign.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
};
use time::{Duration, OffsetDateTime};

/// An authority with its own certificate.
pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pem: String,
}

/// What the answer to a request says that differs from the request; the default is a valid year.
pub struct Answer {
    pub from: Duration,
    pub until: Duration,
    /// Other names than the request's.
    pub names: Option<Vec<String>>,
}

impl Default for Answer {
    fn default() -> Answer {
        Answer { from: Duration::days(-1), until: Duration::days(364), names: None }
    }
}

impl Authority {
    pub fn root(name: &str) -> Authority {
        let (params, key) = (authority(name), KeyPair::generate().unwrap());
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { params, key, pem }
    }

    /// A root whose time is over.
    pub fn expired_root(name: &str) -> Authority {
        let (mut params, key) = (authority(name), KeyPair::generate().unwrap());
        params.not_before = OffsetDateTime::now_utc() - Duration::days(400);
        params.not_after = OffsetDateTime::now_utc() - Duration::days(9);
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { params, key, pem }
    }

    /// An authority below this one.
    pub fn intermediate(&self, name: &str) -> Authority {
        let (params, key) = (authority(name), KeyPair::generate().unwrap());
        let pem = params.signed_by(&key, &self.issuer()).unwrap().pem();
        Authority { params, key, pem }
    }

    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Signs a PEM request.
    pub fn sign(&self, request: &str, answer: &Answer) -> String {
        let mut request = CertificateSigningRequestParams::from_pem(request).unwrap();
        let now = OffsetDateTime::now_utc();
        request.params.not_before = now + answer.from;
        request.params.not_after = now + answer.until;
        request.params.serial_number = Some(SerialNumber::from(now.unix_timestamp_nanos() as u64));
        request.params.is_ca = IsCa::ExplicitNoCa;
        request.params.use_authority_key_identifier_extension = true;
        if let Some(names) = &answer.names {
            let other = CertificateParams::new(names.clone()).unwrap();
            request.params.subject_alt_names = other.subject_alt_names;
            request.params.distinguished_name = DistinguishedName::new();
            request.params.distinguished_name.push(DnType::CommonName, names[0].clone());
        }
        request.signed_by(&self.issuer()).unwrap().pem()
    }

    /// A key of its own and a certificate for it: both as PEM.
    pub fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = OffsetDateTime::now_utc() - Duration::days(1);
        params.not_after = OffsetDateTime::now_utc() + Duration::days(364);
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let pem = params.signed_by(&key, &self.issuer()).unwrap().pem();
        (key.serialize_pem(), pem)
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = OffsetDateTime::now_utc() - Duration::days(30);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(3650);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params
}
