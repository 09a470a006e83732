//! Chains with one fault each, before the verifiers of the field and before `sealpost lint`: what they refuse by default is no note.
//!
//! The columns are measured. What OpenSSL or GnuTLS refuses is at least a warning, and an error where both do.

use rcgen::string::PrintableString;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SerialNumber,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use time::{Duration, OffsetDateTime};

use crate::needs;
use crate::support::Bench;

/// A chain of three before it is signed.
struct Chain {
    root: CertificateParams,
    issuing: CertificateParams,
    leaf: CertificateParams,
    /// The issuer's name in the leaf, and in the issuing certificate.
    issuers: [DistinguishedName; 2],
    keys: [KeyPair; 3],
}

const COMMON_NAME: &str = "Peer Test Issuing";

fn name(common_name: impl Into<DnValue>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Peer Test");
    name.push(DnType::CommonName, common_name);
    name
}

fn params(common_name: &str, serial: u64, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name(common_name);
    params.serial_number = Some(SerialNumber::from(serial));
    params.not_before = OffsetDateTime::now_utc() - Duration::days(1);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(days);
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority(common_name: &str, serial: u64, days: i64) -> CertificateParams {
    let mut params = params(common_name, serial, days);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

impl Chain {
    fn good() -> Chain {
        let root = authority("Peer Test Root", 0x6a11_0000_1111, 900);
        let issuing = authority(COMMON_NAME, 0x6a11_0000_2222, 400);
        let mut leaf = params("mx1.example.com", 0x6a11_0000_3333, 80);
        leaf.is_ca = IsCa::ExplicitNoCa;
        leaf.subject_alt_names = CertificateParams::new(vec!["mx1.example.com".to_owned()]).unwrap().subject_alt_names;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let issuers = [issuing.distinguished_name.clone(), root.distinguished_name.clone()];
        Chain { root, issuing, leaf, issuers, keys: std::array::from_fn(|_| KeyPair::generate().unwrap()) }
    }

    /// Leaf, issuing, root.
    fn sign(&self) -> [String; 3] {
        let [leaf, issuing, root] = &self.keys;
        let signer = |params: &CertificateParams, name: &DistinguishedName| {
            let mut params = params.clone();
            params.distinguished_name = name.clone();
            params
        };
        let by_issuing = Issuer::new(signer(&self.issuing, &self.issuers[0]), issuing);
        let by_root = Issuer::new(signer(&self.root, &self.issuers[1]), root);
        [
            self.leaf.signed_by(leaf, &by_issuing).unwrap().pem(),
            self.issuing.signed_by(issuing, &by_root).unwrap().pem(),
            self.root.self_signed(root).unwrap().pem(),
        ]
    }
}

fn extension(oid: &[u64], value: &[u8]) -> CustomExtension {
    CustomExtension::from_oid_content(oid, value.to_vec())
}

fn critical(oid: &[u64], value: &[u8]) -> CustomExtension {
    let mut extension = extension(oid, value);
    extension.set_criticality(true);
    extension
}

/// An element of less than 128 bytes.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [&[tag, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
}

const AUTHORITY_KEY_ID: [u64; 4] = [2, 5, 29, 35];

/// The leaf names its issuer by this value of authorityKeyIdentifier.
fn authority_key_id(chain: &mut Chain, value: &[u8]) {
    chain.leaf.use_authority_key_identifier_extension = false;
    chain.leaf.custom_extensions.push(extension(&AUTHORITY_KEY_ID, value));
}

/// authorityCertIssuer and authorityCertSerialNumber.
fn issuer_and_serial(common_name: &str, serial: &[u8]) -> Vec<u8> {
    let attribute =
        |oid: u8, text: &str| der(0x31, &[&der(0x30, &[&[6, 3, 0x55, 4, oid], &der(0x0c, &[text.as_bytes()])])]);
    let name = der(0x30, &[&attribute(10, "Peer Test"), &attribute(3, common_name)]);
    [der(0xa1, &[&der(0xa4, &[&name])]), der(0x82, &[serial])].concat()
}

type Fault = fn(&mut Chain);

/// What is done to a good chain, and who refuses it: O OpenSSL, 2 OpenSSL at security level 2, G certtool, p certtool when asked for a
/// purpose, W webpki, g Go.
const CHAINS: &[(&str, &str, Fault)] = &[
    ("good", "", |_| {}),
    ("another key identifier of the issuer", "O2Gp", |chain| {
        authority_key_id(chain, &der(0x30, &[&der(0x80, &[&[7; 20]])]));
    }),
    ("issuer and serial number that fit", "", |chain| {
        let value = issuer_and_serial("Peer Test Root", &[0x6a, 0x11, 0, 0, 0x22, 0x22]);
        authority_key_id(chain, &der(0x30, &[&value]));
    }),
    ("another serial number of the issuer", "O2", |chain| {
        authority_key_id(chain, &der(0x30, &[&issuer_and_serial("Peer Test Root", &[5])]));
    }),
    ("another issuer of the issuer", "O2", |chain| {
        let value = issuer_and_serial("Peer Test Other", &[0x6a, 0x11, 0, 0, 0x22, 0x22]);
        authority_key_id(chain, &der(0x30, &[&value]));
    }),
    ("the issuer's key identifier and another serial number", "O2", |chain| {
        let id = rcgen::PublicKeyData::subject_public_key_info(&chain.keys[1]);
        let id = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &id);
        let value = [der(0x80, &[&id.as_ref()[..20]]), issuer_and_serial("Peer Test Root", &[5])].concat();
        authority_key_id(chain, &der(0x30, &[&value]));
    }),
    ("the issuer's name in other case", "GpWg", |chain| chain.issuers[0] = name("PEER test ISSUING")),
    ("the root's name in other case", "GpWg", |chain| chain.issuers[1] = name("PEER test ROOT")),
    ("the issuer's name as another string type", "Wg", |chain| {
        chain.issuers[0] = name(DnValue::PrintableString(PrintableString::try_from(COMMON_NAME).unwrap()));
    }),
    ("the issuer's name with two spaces", "GpWg", |chain| chain.issuers[0] = name("Peer  Test Issuing")),
    ("the issuer's name with a space behind", "GpWg", |chain| chain.issuers[0] = name("Peer Test Issuing ")),
    ("an issuer that is no authority", "O2GpWg", |chain| chain.issuing.is_ca = IsCa::ExplicitNoCa),
    ("an issuer without basicConstraints", "O2GpWg", |chain| chain.issuing.is_ca = IsCa::NoCa),
    ("an issuer without basicConstraints and keyUsage", "O2GpWg", |chain| {
        chain.issuing.is_ca = IsCa::NoCa;
        chain.issuing.key_usages.clear();
    }),
    ("an issuer without keyCertSign", "O2Gpg", |chain| chain.issuing.key_usages = vec![KeyUsagePurpose::CrlSign]),
    ("an issuer without keyUsage", "", |chain| chain.issuing.key_usages.clear()),
    ("a root without keyCertSign", "O2Gpg", |chain| chain.root.key_usages = vec![KeyUsagePurpose::CrlSign]),
    ("a root without keyUsage", "", |chain| chain.root.key_usages.clear()),
    ("a root that is no authority", "O2Gpg", |chain| chain.root.is_ca = IsCa::ExplicitNoCa),
    ("a path that is too long", "O2Gpg", |chain| chain.root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))),
    ("a path length without keyCertSign", "", |chain| {
        chain.leaf.custom_extensions.push(critical(&[2, 5, 29, 19], &[0x30, 3, 2, 1, 0]));
        chain.leaf.is_ca = IsCa::NoCa;
    }),
    ("an expired leaf", "O2GpWg", |chain| chain.leaf.not_after = OffsetDateTime::now_utc() - Duration::hours(1)),
    ("an expired issuer", "O2GpWg", |chain| chain.issuing.not_after = OffsetDateTime::now_utc() - Duration::hours(1)),
    ("an expired root", "O2Gpg", |chain| chain.root.not_after = OffsetDateTime::now_utc() - Duration::hours(1)),
    ("a leaf of tomorrow", "O2GpWg", |chain| chain.leaf.not_before = OffsetDateTime::now_utc() + Duration::days(1)),
    ("a root of tomorrow", "O2Gpg", |chain| chain.root.not_before = OffsetDateTime::now_utc() + Duration::days(1)),
    ("a name that the issuer may not certify", "O2GpWg", |chain| {
        let permitted_subtrees = vec![GeneralSubtree::DnsName("example.net".into())];
        let excluded_subtrees = Vec::new();
        chain.issuing.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees });
    }),
    ("an issuer for mail alone", "O2pWg", |chain| {
        chain.issuing.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    }),
    ("a root for mail alone", "O2g", |chain| {
        chain.root.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    }),
    ("a leaf for clients alone", "O2pWg", |chain| {
        chain.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    }),
    ("a leaf for any purpose", "O2W", |chain| chain.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any]),
    ("a leaf that signs certificates alone", "O2", |chain| {
        chain.leaf.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    }),
    ("a leaf for data alone", "O2", |chain| chain.leaf.key_usages = vec![KeyUsagePurpose::DataEncipherment]),
    ("an ECDSA leaf for key encipherment alone", "", |chain| {
        chain.leaf.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    }),
    ("a leaf whose keyUsage is empty", "O2", |chain| {
        chain.leaf.key_usages.clear();
        chain.leaf.custom_extensions.push(critical(&[2, 5, 29, 15], &[3, 1, 0]));
    }),
    ("a leaf that is an authority", "W", |chain| chain.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
    ("an unknown critical extension in the leaf", "O2GpWg", |chain| {
        chain.leaf.custom_extensions.push(critical(&[1, 3, 6, 1, 4, 1, 55555, 1], &[5, 0]));
    }),
    ("an unknown critical extension in the issuer", "O2GpWg", |chain| {
        chain.issuing.custom_extensions.push(critical(&[1, 3, 6, 1, 4, 1, 55555, 1], &[5, 0]));
    }),
    ("an unknown critical extension in the root", "O2Gpg", |chain| {
        chain.root.custom_extensions.push(critical(&[1, 3, 6, 1, 4, 1, 55555, 1], &[5, 0]));
    }),
    ("an extension twice", "Gpg", |chain| {
        let twice = extension(&[1, 3, 6, 1, 4, 1, 55555, 1], &[5, 0]);
        chain.leaf.custom_extensions.extend([twice.clone(), twice]);
    }),
    ("a critical key identifier of the issuer", "O2W", |chain| {
        chain.leaf.use_authority_key_identifier_extension = false;
        let id = rcgen::PublicKeyData::subject_public_key_info(&chain.keys[1]);
        let id = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &id);
        chain
            .leaf
            .custom_extensions
            .push(critical(&AUTHORITY_KEY_ID, &der(0x30, &[&der(0x80, &[&id.as_ref()[..20]])])));
    }),
    ("no key identifier of the issuer", "", |chain| chain.leaf.use_authority_key_identifier_extension = false),
    ("no names", "", |chain| chain.leaf.subject_alt_names.clear()),
    ("the serial number 0", "", |chain| chain.leaf.serial_number = Some(SerialNumber::from_slice(&[0]))),
    ("a serial number of 24 octets", "", |chain| {
        chain.leaf.serial_number = Some(SerialNumber::from_slice(&[0x11; 24]));
    }),
    ("a policy that is required and missing", "GpWg", |chain| {
        chain.issuing.custom_extensions.push(critical(&[2, 5, 29, 36], &[0x30, 3, 0x80, 1, 0]));
    }),
    ("a Netscape certificate type for clients", "O2", |chain| {
        chain.leaf.custom_extensions.push(extension(&[2, 16, 840, 1, 113730, 1, 1], &[3, 2, 7, 0x80]));
    }),
    ("a Netscape certificate type of an issuer of mail", "", |chain| {
        chain.issuing.custom_extensions.push(extension(&[2, 16, 840, 1, 113730, 1, 1], &[3, 2, 1, 2]));
    }),
    ("name constraints in the leaf", "", |chain| {
        chain.leaf.custom_extensions.push(critical(&[2, 5, 29, 30], &[0x30, 7, 0xa0, 5, 0x30, 3, 0x82, 1, b'c']));
    }),
    ("the poison of precertificates", "O2GpWg", |chain| {
        chain.leaf.custom_extensions.push(critical(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 3], &[5, 0]));
    }),
    ("a validity that ends before it begins", "O2GpWg", |chain| {
        chain.leaf.not_before = OffsetDateTime::now_utc() - Duration::days(1);
        chain.leaf.not_after = OffsetDateTime::now_utc() - Duration::days(3);
    }),
    ("a root without basicConstraints", "g", |chain| {
        chain.root.is_ca = IsCa::NoCa;
    }),
    ("a root without basicConstraints and keyUsage", "O2g", |chain| {
        chain.root.is_ca = IsCa::NoCa;
        chain.root.key_usages.clear();
    }),
    ("a root that may not certify the name", "O2GpWg", |chain| {
        let permitted_subtrees = vec![GeneralSubtree::DnsName("example.net".into())];
        let excluded_subtrees = Vec::new();
        chain.root.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees });
    }),
    ("a root that requires a policy", "Gpg", |chain| {
        chain.root.custom_extensions.push(critical(&[2, 5, 29, 36], &[0x30, 3, 0x80, 1, 0]));
    }),
    ("a root for clients alone", "O2g", |chain| {
        chain.root.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    }),
    ("an issuer without key identifier", "", |chain| {
        chain.issuing.is_ca = IsCa::NoCa;
        chain.issuing.custom_extensions.push(critical(&[2, 5, 29, 19], &[0x30, 3, 1, 1, 0xff]));
    }),
    ("an issuer whose basicConstraints is not critical", "", |chain| {
        chain.issuing.is_ca = IsCa::NoCa;
        chain.issuing.custom_extensions.push(extension(&[2, 5, 29, 19], &[0x30, 3, 1, 1, 0xff]));
    }),
    ("an issuer with a path length and no keyCertSign", "O2Gpg", |chain| {
        chain.issuing.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        chain.issuing.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    }),
    ("an issuer for any purpose", "O2pW", |chain| {
        chain.issuing.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    }),
    ("an issuer for clients alone", "O2pWg", |chain| {
        chain.issuing.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    }),
    ("a leaf without key usage and purposes", "", |chain| {
        chain.leaf.key_usages.clear();
        chain.leaf.extended_key_usages.clear();
    }),
    ("an empty list of purposes", "O2W", |chain| {
        chain.leaf.extended_key_usages.clear();
        chain.leaf.custom_extensions.push(extension(&[2, 5, 29, 37], &[0x30, 0]));
    }),
    ("a constraint on addresses of a wrong length", "Gpg", |chain| {
        chain.issuing.custom_extensions.push(critical(&[2, 5, 29, 30], &[0x30, 9, 0xa1, 7, 0x30, 5, 0x87, 3, 1, 2, 3]));
    }),
    ("a constraint of a kind that nobody compares", "Gpg", |chain| {
        chain.issuing.custom_extensions.push(critical(&[2, 5, 29, 30], &[0x30, 8, 0xa1, 6, 0x30, 4, 0x88, 2, 0x2a, 3]));
    }),
    ("a constraint on web addresses", "", |chain| {
        chain
            .issuing
            .custom_extensions
            .push(critical(&[2, 5, 29, 30], &[0x30, 8, 0xa1, 6, 0x30, 4, 0x86, 2, b'a', b'b']));
    }),
    ("a constraint on mailboxes", "", |chain| {
        chain
            .issuing
            .custom_extensions
            .push(critical(&[2, 5, 29, 30], &[0x30, 8, 0xa1, 6, 0x30, 4, 0x81, 2, b'a', b'b']));
    }),
    ("a constraint on directory names", "GpWg", |chain| {
        let other = der(0x30, &[&der(0x31, &[&der(0x30, &[&[6, 3, 0x55, 4, 10], &der(0x0c, &[b"Other"])])])]);
        let excluded = der(0xa1, &[&der(0x30, &[&der(0xa4, &[&other])])]);
        chain.issuing.custom_extensions.push(critical(&[2, 5, 29, 30], &der(0x30, &[&excluded])));
    }),
    ("a constraint of a kind that nobody compares, not critical", "Gp", |chain| {
        chain
            .issuing
            .custom_extensions
            .push(extension(&[2, 5, 29, 30], &[0x30, 8, 0xa1, 6, 0x30, 4, 0x88, 2, 0x2a, 3]));
    }),
    ("permitted directory names that fit", "Wg", |chain| {
        let own = der(0x30, &[&der(0x31, &[&der(0x30, &[&[6, 3, 0x55, 4, 10], &der(0x0c, &[b"Peer Test"])])])]);
        let permitted = der(0xa0, &[&der(0x30, &[&der(0xa4, &[&own])])]);
        chain.issuing.custom_extensions.push(critical(&[2, 5, 29, 30], &der(0x30, &[&permitted])));
        chain.leaf.distinguished_name = name("mx1.example.com");
    }),
    ("a constraint on other names", "Gpg", |chain| {
        let other = der(0xa0, &[&[6, 3, 0x2a, 3, 4], &der(0xa0, &[&der(0x0c, &[b"x"])])]);
        let excluded = der(0xa1, &[&der(0x30, &[&other])]);
        chain.issuing.custom_extensions.push(critical(&[2, 5, 29, 30], &der(0x30, &[&excluded])));
    }),
    ("an empty list of names", "", |chain| {
        chain.leaf.subject_alt_names.clear();
        chain.leaf.custom_extensions.push(extension(&[2, 5, 29, 17], &[0x30, 0]));
    }),
    ("a name that is no text", "g", |chain| {
        chain.leaf.subject_alt_names.clear();
        chain.leaf.custom_extensions.push(extension(&[2, 5, 29, 17], &[0x30, 4, 0x82, 2, 0xff, 0xfe]));
    }),
    ("an address of a wrong length", "g", |chain| {
        chain.leaf.custom_extensions.push(extension(&[2, 5, 29, 17], &[0x30, 5, 0x87, 3, 1, 2, 3]));
        chain.leaf.subject_alt_names.clear();
    }),
    ("an empty issuer", "Gp", |chain| {
        chain.issuers[0] = DistinguishedName::new();
        chain.issuing.distinguished_name = DistinguishedName::new();
    }),
    ("key identifiers that cannot be read", "O2g", |chain| authority_key_id(chain, &[0x30, 3, 0x80])),
    ("a critical subject key identifier", "O2GpWg", |chain| {
        chain.leaf.custom_extensions.push(critical(&[2, 5, 29, 14], &[4, 2, 1, 2]));
    }),
];

/// Chains whose keys and signatures only OpenSSL makes: what is done to `root`, `issuing` and `leaf`.
const BY_OPENSSL: &[(&str, &str, &str)] = &[
    ("a root of RSA 1024", "2W", "root rsa:1024; issuing rsa:2048; leaf"),
    ("an issuer of RSA 1024", "2W", "root rsa:2048; issuing rsa:1024; leaf"),
    ("a leaf of RSA 1024", "2", "root rsa:2048; issuing rsa:2048; leaf -newkey rsa:1024"),
    ("an issuer signed with SHA-1", "2GpWg", "root rsa:2048; issuing rsa:2048 -sha1; leaf"),
    ("a leaf of P-192", "2g", "root rsa:2048; issuing rsa:2048; leaf -newkey 'ec -pkeyopt ec_paramgen_curve:P-192'"),
    (
        "a leaf of secp256k1",
        "g",
        "root rsa:2048; issuing rsa:2048; leaf -newkey 'ec -pkeyopt ec_paramgen_curve:secp256k1'",
    ),
    ("a leaf of Ed25519", "", "root rsa:2048; issuing rsa:2048; leaf -newkey ed25519"),
    ("an issuer of P-192", "2Wg", "root rsa:2048; issuing 'ec -pkeyopt ec_paramgen_curve:P-192'; leaf"),
    ("a root of version 1", "", "root_of_version_1; issuing rsa:2048; leaf"),
    ("a leaf signed with SHA-1", "2GpWg", "root rsa:2048; issuing rsa:2048; leaf -sha1"),
];

fn openssl(bench: &Bench, more: &str) -> bool {
    let command = format!("openssl verify -purpose sslserver {more} -CAfile root.pem -untrusted chain.pem leaf.pem");
    bench.shell(&command).code != 0
}

fn webpki_refuses(bench: &Bench) -> bool {
    let read = |name: &str| -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(&bench.read(name)).collect::<Result<_, _>>().unwrap()
    };
    let (chain, root) = (read("chain.pem"), read("root.pem"));
    let verified = || -> Result<(), webpki::Error> {
        let anchors = [webpki::anchor_from_trusted_cert(&root[0])?];
        let leaf = webpki::EndEntityCert::try_from(&chain[0])?;
        let usage = webpki::KeyUsage::server_auth();
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        leaf.verify_for_usage(algorithms, &anchors, &chain[1..], UnixTime::now(), usage, None, None).map(drop)
    };
    verified().is_err()
}

const GO: &str = r#"package main
import ("crypto/x509"; "encoding/pem"; "os")
func read(name string) (all []*x509.Certificate) {
	rest, err := os.ReadFile(name)
	for err == nil {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil { return }
		var one *x509.Certificate
		one, err = x509.ParseCertificate(block.Bytes)
		all = append(all, one)
	}
	os.Exit(1)
	return
}
func main() {
	roots, pool, chain := x509.NewCertPool(), x509.NewCertPool(), read("chain.pem")
	roots.AddCert(read("root.pem")[0])
	pool.AddCert(chain[1])
	if _, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: pool}); err != nil { os.Exit(1) }
}
"#;

/// Letters of the peers that refuse `chain.pem` under `root.pem`.
fn refusing(bench: &Bench) -> String {
    let certtool = "certtool --verify --load-ca-certificate root.pem --infile chain.pem";
    let for_servers = format!("{certtool} --verify-purpose 1.3.6.1.5.5.7.3.1");
    let refused = [
        ('O', openssl(bench, "")),
        ('2', openssl(bench, "-auth_level 2")),
        ('G', bench.shell(certtool).code != 0),
        ('p', bench.shell(&for_servers).code != 0),
        ('W', webpki_refuses(bench)),
        ('g', bench.path("go").is_file() && bench.shell("./go").code != 0),
    ];
    refused.into_iter().filter_map(|(letter, refused)| refused.then_some(letter)).collect()
}

/// Severity and facts of each finding.
fn findings(bench: &Bench, ruleset: &str) -> Vec<(String, Vec<String>)> {
    let run = bench.run(["lint", "chain.pem", "--trust", "root.pem", "--ruleset", ruleset, "--format", "json"]);
    let answer = run.json();
    let findings = answer["files"][0]["findings"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let facts = |finding: &serde_json::Value| finding["facts"].as_array().into_iter().flatten().map(text).collect();
    findings.iter().map(|finding| (text(&finding["severity"]), facts(finding))).collect()
}

/// What is wrong with the row of a chain.
fn judge(bench: &Bench, what: &str, wanted: &str, wrong: &mut Vec<String>) {
    let with_go = bench.path("go").is_file();
    let wanted: String = wanted.chars().filter(|letter| *letter != 'g' || with_go).collect();
    let refused = refusing(bench);
    if refused != wanted {
        wrong.push(format!("{what}: refused by {refused}, not {wanted}"));
    }
    for ruleset in ["public-tls", "private-ca", "smtp-server"] {
        let findings = findings(bench, ruleset);
        let has = |severity: &str| findings.iter().any(|(level, _)| level == severity);
        let (by_openssl, by_gnutls) = (refused.contains('O'), refused.contains('G'));
        if by_openssl && by_gnutls && !has("error") {
            wrong.push(format!("{what}: both refuse it, and {ruleset} has no error: {findings:?}"));
        } else if (by_openssl || by_gnutls) && !has("error") && !has("warning") {
            wrong.push(format!("{what}: refused by {refused}, and {ruleset} has at most a note: {findings:?}"));
        } else if what == "good" && (has("error") || has("warning")) {
            wrong.push(format!("{what}: {findings:?}"));
        }
        // Whoever is named in a finding does refuse it.
        for (peer, letter) in [("OpenSSL", 'O'), ("GnuTLS", 'G'), ("Go ", 'g'), ("webpki", 'W')] {
            let is_named = |fact: &&String| fact.contains("refuse") && fact.contains(peer);
            let named = findings.iter().flat_map(|(_, facts)| facts).find(is_named);
            if let Some(fact) = named.filter(|_| !refused.contains(letter) && (letter != 'g' || with_go)) {
                wrong.push(format!("{what}: {peer} accepts it, and {ruleset} says: {fact}"));
            }
        }
    }
}

#[test]
fn what_openssl_or_gnutls_refuse_is_no_note() {
    needs!("openssl", "certtool");
    let bench = Bench::new();
    // Go is no package that every machine has; its column is compared where it is there.
    if std::process::Command::new("go").arg("version").output().is_ok() {
        bench.write("go.go", GO);
        bench.shell("GOCACHE=$PWD/cache GO111MODULE=off go build -o go go.go").code(0);
    }
    let mut wrong = Vec::new();
    for (what, refused, fault) in CHAINS {
        let mut chain = Chain::good();
        fault(&mut chain);
        let [leaf, issuing, root] = chain.sign();
        bench.write("chain.pem", format!("{leaf}{issuing}"));
        bench.write("leaf.pem", leaf);
        bench.write("root.pem", root);
        judge(&bench, what, refused, &mut wrong);
    }
    for (what, refused, recipe) in BY_OPENSSL {
        bench.shell(&format!("{FUNCTIONS}\n{recipe}\ncat leaf.pem issuing.pem > chain.pem")).code(0);
        judge(&bench, what, refused, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const FUNCTIONS: &str = r#"
end='basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:mx1.example.com
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid'
ca='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid'
root() { openssl req -x509 -nodes -newkey $1 -keyout root.key -subj "/O=Peer Test/CN=Peer Test Root" -days 900 \
  -addext keyUsage=critical,keyCertSign,cRLSign -out root.pem 2>/dev/null; }
root_of_version_1() { ca="${ca%authority*}";  openssl req -nodes -newkey rsa:2048 -keyout root.key -subj "/O=Peer Test/CN=Peer Test Root" -out root.csr 2>/dev/null
  openssl x509 -req -in root.csr -signkey root.key -days 900 -out root.pem 2>/dev/null
  openssl x509 -in root.pem -noout -text | grep -q "Version: 1"; }
issuing() { size=$1; shift; printf '%s\n' "$ca" > ca.ext
  openssl req -nodes -newkey $size -keyout issuing.key -subj "/O=Peer Test/CN=Peer Test Issuing" -out issuing.csr 2>/dev/null
  openssl x509 -req -in issuing.csr -CA root.pem -CAkey root.key -set_serial 0x6a1100002222 -days 400 -extfile ca.ext "$@" -out issuing.pem 2>/dev/null; }
leaf() { key=rsa:2048; [ "$1" = -newkey ] && { key=$2; shift 2; }; printf '%s\n' "$end" > end.ext
  eval openssl req -nodes -newkey $key -keyout leaf.key -subj /CN=mx1.example.com -out leaf.csr 2>/dev/null
  openssl x509 -req -in leaf.csr -CA issuing.pem -CAkey issuing.key -set_serial 0x6a1100003333 -days 80 -extfile end.ext "$@" -out leaf.pem 2>/dev/null; }
"#;
