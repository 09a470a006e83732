//! A key with its certificate, an intermediate and a root, to be packed by us and by the peers.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SerialNumber};
use sealpost::formats::pkcs12::{Archive, Content, Contents, Recipe, seal};

use crate::support::Bench;

pub struct Sample {
    pub key: Vec<u8>,
    pub leaf: Vec<u8>,
    pub intermediate: Vec<u8>,
    pub root: Vec<u8>,
}

impl Sample {
    pub fn new() -> Sample {
        let root_key = KeyPair::generate().unwrap();
        let root_params = params("Test Root", true, 1);
        let root = root_params.self_signed(&root_key).unwrap();
        let root_issuer = Issuer::from_params(&root_params, &root_key);
        let intermediate_key = KeyPair::generate().unwrap();
        let intermediate_params = params("Test Intermediate", true, 2);
        let intermediate = intermediate_params.signed_by(&intermediate_key, &root_issuer).unwrap();
        let issuer = Issuer::from_params(&intermediate_params, &intermediate_key);
        let key = KeyPair::generate().unwrap();
        let leaf = params("mx1.example.com", false, 3).signed_by(&key, &issuer).unwrap();
        Sample {
            key: key.serialize_der(),
            leaf: leaf.der().to_vec(),
            intermediate: intermediate.der().to_vec(),
            root: root.der().to_vec(),
        }
    }

    pub fn seal(&self, recipe: Recipe, password: &str) -> Vec<u8> {
        let certificates: [&[u8]; 2] = [&self.leaf, &self.intermediate];
        let contents = Contents { key: &self.key, certificates: &certificates, friendly_name: "mx-2026" };
        seal(&contents, recipe, password).unwrap()
    }

    /// Writes key.pem, leaf.pem, intermediate.pem, root.pem, chain.pem (intermediate and root) and all.pem.
    pub fn write(&self, bench: &Bench) {
        let pem = |label: &str, der: &[u8]| pem::encode(&pem::Pem::new(label, der));
        let [leaf, intermediate, root] = [&self.leaf, &self.intermediate, &self.root].map(|c| pem("CERTIFICATE", c));
        bench.write("key.pem", pem("PRIVATE KEY", &self.key));
        bench.write("leaf.pem", &leaf);
        bench.write("intermediate.pem", &intermediate);
        bench.write("root.pem", &root);
        bench.write("chain.pem", format!("{intermediate}{root}"));
        bench.write("all.pem", format!("{leaf}{intermediate}{root}"));
    }

    /// The key is this one, and the certificates are these, in this order.
    #[track_caller]
    pub fn is_in(&self, archive: &Archive, certificates: &[&[u8]]) {
        assert_eq!(keys(archive), [self.key.as_slice()]);
        assert_eq!(certificates_of(archive), certificates);
    }
}

fn params(name: &str, is_ca: bool, serial: u64) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    params.use_authority_key_identifier_extension = true;
    params.is_ca = if is_ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
    params
}

pub fn keys(archive: &Archive) -> Vec<&[u8]> {
    let mut keys = Vec::new();
    for entry in &archive.entries {
        if let Content::Key(key) = &entry.content {
            keys.push(key.as_slice());
        }
    }
    keys
}

pub fn certificates_of(archive: &Archive) -> Vec<&[u8]> {
    let mut certificates = Vec::new();
    for entry in &archive.entries {
        if let Content::Certificate(der) = &entry.content {
            certificates.push(der.as_slice());
        }
    }
    certificates
}
