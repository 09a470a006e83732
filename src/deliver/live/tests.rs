//! Loading a gateway, and handshakes with what was loaded.

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, ServerConnection};

use super::*;
use crate::model::certificate::Certificate;
use crate::model::private_key::{KeyType, PrivateKey};

fn identity(key_type: KeyType, name: &str) -> Identity {
    let key = PrivateKey::generate(key_type).unwrap();
    let pair = rcgen::KeyPair::try_from(key.pkcs8()).unwrap();
    let certificate = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&pair).unwrap();
    Identity { key, chain: vec![Certificate::from_der(certificate.der()).unwrap()] }
}

fn gateway() -> Gateway {
    let text = "[interface.\"Data 1\"]\naddress = \"127.0.0.1\"\nhostname = \"mx1.example.com\"\n\
                [listener.In]\ninterface = \"Data 1\"\nport = 25\n";
    let identities = [
        ("Demo", identity(KeyType::EcdsaP256, "demo")),
        ("ec", identity(KeyType::EcdsaP256, "ec")),
        ("rsa", identity(KeyType::Rsa2048, "rsa")),
        ("other", identity(KeyType::EcdsaP256, "other")),
    ];
    Gateway {
        revision: 7,
        configuration: Configuration::parse(text).unwrap(),
        identities: identities.map(|(name, identity)| (name.parse().unwrap(), identity)).into(),
        demo: ProfileName::demo(),
        anchors: Arc::default(),
    }
}

fn bind(gateway: &mut Gateway, role: &str, profiles: &[&str]) {
    let profiles = profiles.iter().map(|name| name.parse().unwrap()).collect();
    gateway.configuration.roles.bound.insert(role.parse().unwrap(), profiles);
}

fn problems(gateway: Gateway) -> Vec<LoadProblem> {
    Live::load(gateway).unwrap_err().0
}

/// The certificate that the listener shows to a client with this configuration.
fn shown(live: &Live, sni: &str, prepare: impl FnOnce(&mut rustls::crypto::CryptoProvider)) -> Certificate {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    prepare(&mut provider);
    let client = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    let name = ServerName::try_from(sni.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(client), name).unwrap();
    let mut server = ServerConnection::new(Arc::clone(&live.server("In").unwrap().plain)).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let (mut there, mut back) = (Vec::new(), Vec::new());
        while client.wants_write() {
            client.write_tls(&mut there).unwrap();
        }
        server.read_tls(&mut there.as_slice()).unwrap();
        server.process_new_packets().unwrap();
        while server.wants_write() {
            server.write_tls(&mut back).unwrap();
        }
        client.read_tls(&mut back.as_slice()).unwrap();
        client.process_new_packets().unwrap();
    }
    Certificate::from_der(&client.peer_certificates().unwrap()[0]).unwrap()
}

#[derive(Debug)]
struct Anyone;

impl rustls::client::danger::ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls::pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        self.verify_tls12_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

#[test]
fn a_listener_without_a_profile_shows_demo_and_says_so() {
    let live = Live::load(gateway()).unwrap();
    assert_eq!(shown(&live, "mx1.example.com", |_| {}).dns_names().collect::<Vec<_>>(), ["demo"]);
    let [served] = live.served() else { panic!("{:?}", live.served()) };
    assert_eq!((served.role.as_str(), served.profile.as_str(), served.demo), ("listener:In", "Demo", true));
}

#[test]
fn the_client_gets_the_key_it_can_check_for_the_name_it_asks_for() {
    let mut gateway = gateway();
    bind(&mut gateway, "listener:In", &["rsa", "ec"]);
    bind(&mut gateway, "listener:In/mx2.example.com", &["other"]);
    let live = Live::load(gateway).unwrap();
    let name = |certificate: Certificate| certificate.dns_names().next().unwrap().to_owned();
    assert_eq!(name(shown(&live, "mx1.example.com", |_| {})), "ec");
    assert_eq!(name(shown(&live, "MX2.example.com", |_| {})), "other");
    assert_eq!(name(shown(&live, "192.0.2.1", |_| {})), "ec");
    let rsa_only = |provider: &mut rustls::crypto::CryptoProvider| {
        provider.cipher_suites.retain(|suite| crate::deliver::tls_words::cipher(*suite).starts_with("ECDHE-RSA"));
    };
    assert_eq!(name(shown(&live, "mx1.example.com", rsa_only)), "rsa");
}

#[test]
fn a_destination_has_its_own_client_certificate_or_that_of_all() {
    let mut gateway = gateway();
    bind(&mut gateway, "outbound", &["ec"]);
    bind(&mut gateway, "outbound:example.org", &["other"]);
    let live = Live::load(gateway).unwrap();
    let (own, all) = (live.client(Some(&"example.org".parse().unwrap())), live.client(None));
    assert!(!Arc::ptr_eq(own.unwrap(), all.unwrap()));
    assert!(Arc::ptr_eq(live.client(Some(&"example.net".parse().unwrap())).unwrap(), all.unwrap()));
    assert_eq!(live.served().len(), 3);
}

#[test]
fn everything_that_keeps_a_revision_from_running_is_told_at_once() {
    let mut wrong = gateway();
    bind(&mut wrong, "listener:In", &["ec", "other"]);
    bind(&mut wrong, "listener:In/mx2.example.com", &["missing"]);
    let swapped = wrong.identities[&"rsa".parse::<ProfileName>().unwrap()].key.clone();
    wrong.identities.get_mut(&"ec".parse::<ProfileName>().unwrap()).unwrap().key = swapped;
    bind(&mut wrong, "outbound", &["rsa", "other"]);
    wrong.configuration.tls.inbound.ciphers = Some(vec!["AES256-SHA".into()]);
    let told: Vec<String> = problems(wrong).iter().map(ToString::to_string).collect();
    let told = told.join("\n");
    for part in [
        "inbound names the cipher AES256-SHA",
        "inbound leaves no protocol version",
        "the profile ec cannot be loaded",
        "outbound names more profiles",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    let mut crowded = gateway();
    bind(&mut crowded, "listener:In", &["ec", "other"]);
    assert!(matches!(problems(crowded).as_slice(), [LoadProblem::Crowded { .. }]));
    let mut missing = gateway();
    bind(&mut missing, "listener:In/mx2.example.com", &["missing"]);
    assert!(matches!(problems(missing).as_slice(), [LoadProblem::NoCertificate { .. }]));
}

#[test]
fn only_the_configured_ciphers_are_spoken() {
    let mut gateway = gateway();
    gateway.configuration.tls.inbound.ciphers = Some(vec!["ecdhe-ecdsa-aes128-gcm-sha256".into()]);
    let live = Live::load(gateway).unwrap();
    let config = &live.server("In").unwrap().plain;
    let names: Vec<_> =
        config.crypto_provider().cipher_suites.iter().map(|suite| crate::deliver::tls_words::cipher(*suite)).collect();
    assert_eq!(names, ["ECDHE-ECDSA-AES128-GCM-SHA256"]);
}
