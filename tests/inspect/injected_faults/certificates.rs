//! The certificates of a bundle: a chain that nothing can be said against, field by field, so that one field can be spoilt.

use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints,
    SerialNumber,
};
use sealpost::model::moment::Moment;
use time::macros::datetime;

/// What a certificate will say.
#[derive(Clone)]
pub struct Sheet {
    pub name: String,
    pub names: Vec<String>,
    pub from: Moment,
    pub until: Moment,
    pub serial: Vec<u8>,
    pub ca: Option<BasicConstraints>,
    pub usage: Vec<KeyUsagePurpose>,
    pub extended: Vec<ExtendedKeyUsagePurpose>,
    pub permitted: Option<&'static str>,
    /// Object identifier, DER value, critical.
    pub extensions: Vec<(Vec<u64>, Vec<u8>, bool)>,
    pub key_id: Option<Vec<u8>>,
}

pub fn authority(name: &str) -> Sheet {
    Sheet {
        name: name.into(),
        names: Vec::new(),
        from: datetime!(2022-01-01 0:00 UTC),
        until: datetime!(2034-01-01 0:00 UTC),
        serial: vec![0x5a; 16],
        ca: Some(BasicConstraints::Unconstrained),
        usage: vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign],
        extended: Vec::new(),
        permitted: None,
        extensions: Vec::new(),
        key_id: None,
    }
}

pub fn server() -> Sheet {
    Sheet {
        names: vec!["mx1.example.com".into()],
        from: datetime!(2026-01-15 0:00 UTC),
        until: datetime!(2026-04-10 0:00 UTC),
        ca: None,
        usage: vec![KeyUsagePurpose::DigitalSignature],
        extended: vec![ExtendedKeyUsagePurpose::ServerAuth],
        ..authority("mx1.example.com")
    }
}

impl Sheet {
    /// As public authorities have to make their intermediates.
    pub fn for_servers(mut self) -> Sheet {
        self.extended = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self
    }

    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::new(self.names.clone()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.name.as_str());
        (params.not_before, params.not_after) = (self.from, self.until);
        params.serial_number = Some(SerialNumber::from(self.serial.clone()));
        params.is_ca = self.ca.map_or(IsCa::ExplicitNoCa, IsCa::Ca);
        params.key_usages = self.usage.clone();
        params.extended_key_usages = self.extended.clone();
        params.use_authority_key_identifier_extension = true;
        params.crl_distribution_points =
            vec![CrlDistributionPoint { uris: vec!["http://crl.example.com/issuing.crl".into()] }];
        if let Some(id) = &self.key_id {
            params.key_identifier_method = KeyIdMethod::PreSpecified(id.clone());
        }
        params.name_constraints = self.permitted.map(|name| NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName(name.into())],
            excluded_subtrees: Vec::new(),
        });
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], where_issuers_are()));
        for (oid, value, critical) in &self.extensions {
            let mut extension = CustomExtension::from_oid_content(oid, value.clone());
            extension.set_criticality(*critical);
            params.custom_extensions.push(extension);
        }
        params
    }

    pub fn issue(&self, key: &KeyPair, issuer: &Sheet, issuer_key: &KeyPair) -> Vec<u8> {
        self.params().signed_by(key, &Issuer::new(issuer.params(), issuer_key)).unwrap().der().to_vec()
    }
}

/// An authorityInfoAccess with one caIssuers URI.
fn where_issuers_are() -> Vec<u8> {
    let uri = b"http://ca.example.com/issuing.crt";
    let tagged = |tag: u8, content: &[u8]| [vec![tag, content.len() as u8], content.to_vec()].concat();
    let method = tagged(6, &[0x2b, 6, 1, 5, 5, 7, 48, 2]);
    tagged(0x30, &tagged(0x30, &[method, tagged(0x86, uri)].concat()))
}

pub fn new_key() -> KeyPair {
    KeyPair::generate().unwrap()
}

/// A root that has nothing to do with the chain.
pub fn stranger() -> Vec<u8> {
    let (sheet, key) = (authority("Strange Root"), new_key());
    sheet.issue(&key, &sheet, &key)
}
