//! A small CA for tests that need no real program: a root, an intermediate, and what they sign.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
};
use time::{Duration, OffsetDateTime};

/// An authority with its own certificate.
pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pem: String,
    /// Where its certificate is said to be published, in what it signs.
    urls: Vec<String>,
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
        Authority { params, key, pem, urls: Vec::new() }
    }

    /// A root whose time is over.
    pub fn expired_root(name: &str) -> Authority {
        let (mut params, key) = (authority(name), KeyPair::generate().unwrap());
        params.not_before = OffsetDateTime::now_utc() - Duration::days(400);
        params.not_after = OffsetDateTime::now_utc() - Duration::days(9);
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { params, key, pem, urls: Vec::new() }
    }

    /// An authority below this one.
    pub fn intermediate(&self, name: &str) -> Authority {
        let (mut params, key) = (authority(name), KeyPair::generate().unwrap());
        params.custom_extensions.extend(self.access());
        let pem = params.signed_by(&key, &self.issuer()).unwrap().pem();
        Authority { params, key, pem, urls: Vec::new() }
    }

    /// A second certificate for the same name and key, issued by `issuer`.
    #[must_use]
    pub fn again(&self, issuer: &Authority) -> Authority {
        let key = KeyPair::from_pem(&self.key.serialize_pem()).unwrap();
        Authority { params: self.params.clone(), pem: issuer.cross_sign(self), key, urls: Vec::new() }
    }

    /// A certificate for the name and key of another authority.
    pub fn cross_sign(&self, other: &Authority) -> String {
        let mut params = other.params.clone();
        params.custom_extensions = self.access().into_iter().collect();
        params.signed_by(&other.key, &self.issuer()).unwrap().pem()
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
        params.custom_extensions.extend(self.access());
        let pem = params.signed_by(&key, &self.issuer()).unwrap().pem();
        (key.serialize_pem(), pem)
    }

    /// The same, and what it signs from now on says that its certificate is published there.
    #[must_use]
    pub fn published_at(mut self, urls: &[&str]) -> Authority {
        self.urls = urls.iter().map(ToString::to_string).collect();
        self
    }

    /// The authorityInfoAccess extension (RFC 5280 section 4.2.2.1) with a caIssuers entry for each URL.
    fn access(&self) -> Option<CustomExtension> {
        // 1.3.6.1.5.5.7.48.2
        let method = [0x06, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2];
        let entry = |url: &String| sequence(&[&method[..], &tagged(0x86, url.as_bytes())].concat());
        let entries: Vec<u8> = self.urls.iter().flat_map(entry).collect();
        (!entries.is_empty())
            .then(|| CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], sequence(&entries)))
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }
}

fn sequence(content: &[u8]) -> Vec<u8> {
    tagged(0x30, content)
}

/// DER, of at most 65,535 octets.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match content.len() {
        0..128 => vec![low],
        128..256 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), content].concat()
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
