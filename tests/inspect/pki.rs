//! Certificates for tests, signed by whomever a test likes.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair,
    NameConstraints, SerialNumber,
};
use sealpost::inspect::chain::Found;
use sealpost::model::certificate::Certificate;
use sealpost::model::moment::Moment;
use sealpost::model::place::Place;
use time::macros::datetime;

/// The moment at which tests look at their certificates.
pub const NOW: Moment = datetime!(2030-06-01 12:00 UTC);

/// A name and a key that can sign.
pub struct Party {
    pub name: &'static str,
    pub key: KeyPair,
}

impl Party {
    pub fn new(name: &'static str) -> Party {
        Party { name, key: KeyPair::generate().unwrap() }
    }
}

/// What a certificate says; change the fields that matter to a test.
pub struct Sheet {
    pub ca: bool,
    pub from: Moment,
    pub until: Moment,
    pub serial: u64,
    pub key_ids: bool,
    pub names: Vec<String>,
    /// Host names that an authority must not certify.
    pub excluded: Vec<String>,
    /// Further extensions: object identifier and DER value.
    pub extensions: Vec<(Vec<u64>, Vec<u8>)>,
}

pub fn authority() -> Sheet {
    let (from, until) = (datetime!(2025-01-01 0:00 UTC), datetime!(2040-01-01 0:00 UTC));
    Sheet {
        ca: true,
        from,
        until,
        serial: 1,
        key_ids: true,
        names: Vec::new(),
        excluded: Vec::new(),
        extensions: Vec::new(),
    }
}

pub fn server() -> Sheet {
    let (from, until) = (datetime!(2030-05-01 0:00 UTC), datetime!(2031-05-01 0:00 UTC));
    Sheet {
        ca: false,
        from,
        until,
        serial: 1,
        key_ids: true,
        names: vec!["mx1.example.com".into()],
        excluded: Vec::new(),
        extensions: Vec::new(),
    }
}

impl Sheet {
    pub fn dates(mut self, from: Moment, until: Moment) -> Sheet {
        (self.from, self.until) = (from, until);
        self
    }

    pub fn serial(mut self, serial: u64) -> Sheet {
        self.serial = serial;
        self
    }

    /// Without subject and authority key identifiers.
    pub fn without_key_ids(mut self) -> Sheet {
        self.key_ids = false;
        self
    }

    fn params(&self, name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(self.names.clone()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        (params.not_before, params.not_after) = (self.from, self.until);
        params.serial_number = Some(SerialNumber::from(self.serial));
        params.is_ca = match (self.ca, self.key_ids) {
            (true, true) => IsCa::Ca(BasicConstraints::Unconstrained),
            // rcgen writes a subject key identifier into every authority; here the extension below says that it is one.
            (true, false) => IsCa::NoCa,
            (false, _) => IsCa::ExplicitNoCa,
        };
        if self.ca && !self.key_ids {
            let ca = rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 19], vec![0x30, 3, 1, 1, 0xff]);
            params.custom_extensions.push(ca);
        }
        for (oid, value) in &self.extensions {
            params.custom_extensions.push(rcgen::CustomExtension::from_oid_content(oid, value.clone()));
        }
        if !self.excluded.is_empty() {
            let excluded_subtrees = self.excluded.iter().cloned().map(GeneralSubtree::DnsName).collect();
            params.name_constraints = Some(NameConstraints { permitted_subtrees: Vec::new(), excluded_subtrees });
        }
        params.key_identifier_method = KeyIdMethod::Sha256;
        params.use_authority_key_identifier_extension = self.key_ids;
        params
    }

    /// Signed by `issuer`.
    pub fn issue(&self, subject: &Party, issuer: &Party) -> Certificate {
        let signer = Issuer::new(authority().params(issuer.name), &issuer.key);
        let made = self.params(subject.name).signed_by(&subject.key, &signer).unwrap();
        Certificate::from_der(made.der()).unwrap()
    }
}

/// Puts certificates into a file, one line each.
pub fn found(certificates: &[&Certificate]) -> Vec<Found> {
    let place = |line| Place { line: Some(line), ..Place::file("bundle.pem") };
    (1..).zip(certificates).map(|(line, one)| Found { certificate: (*one).clone(), place: place(line) }).collect()
}
