//! The TLS library's question whether a certificate is good, answered with yes: what it is worth is judged after the handshake. The
//! question whether the peer holds its key is really answered.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, PeerIncompatible, SignatureScheme};

use super::signature::{self, Refusal};

/// Takes every certificate of a peer that holds its key; a listener asks it about clients.
#[derive(Debug)]
pub(in crate::deliver) struct Holder {
    pub schemes: &'static [SignatureScheme],
}

impl ServerCertVerifier for Holder {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check(message, certificate, signed, false)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check(message, certificate, signed, true)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.to_vec()
    }
}

impl Holder {
    pub(in crate::deliver) fn check(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        tls13: bool,
    ) -> Result<HandshakeSignatureValid, Error> {
        // A peer that signs with what we did not offer does not follow the protocol.
        if !self.schemes.contains(&signed.scheme) {
            return Err(PeerIncompatible::NoSignatureSchemesInCommon.into());
        }
        signature::check(certificate, signed.scheme, message, signed.signature(), tls13)
            .map(|()| HandshakeSignatureValid::assertion())
            .map_err(|refusal| match refusal {
                Refusal::Unreadable => CertificateError::BadEncoding.into(),
                Refusal::Wrong => CertificateError::BadSignature.into(),
                Refusal::OtherKind => PeerIncompatible::NoSignatureSchemesInCommon.into(),
                Refusal::SmallRsaKey(small) => Error::Other(OtherError(Arc::new(small))),
            })
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection};

    use super::*;
    use crate::deliver::identity::SCHEMES;

    /// A whole handshake in memory with a server that holds `pair`, and is given the certificate of `shown`.
    fn handshake(pair: &rcgen::KeyPair, shown: &rcgen::KeyPair) -> Result<(), Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let parameters = rcgen::CertificateParams::new(vec!["mx.example".into()]).unwrap();
        let certificate = parameters.self_signed(shown).unwrap().der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.serialize_der()));
        let key = provider.key_provider.load_private_key(key).unwrap();
        let chosen =
            Arc::new(rustls::sign::SingleCertAndKey::from(rustls::sign::CertifiedKey::new(vec![certificate], key)));
        let server =
            ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
        let server = server.with_no_client_auth().with_cert_resolver(chosen);
        let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let client = client.dangerous().with_custom_certificate_verifier(Arc::new(Holder { schemes: &SCHEMES }));
        let name = ServerName::try_from("mx.example").unwrap();
        let mut client = ClientConnection::new(Arc::new(client.with_no_client_auth()), name).unwrap();
        let mut server = ServerConnection::new(Arc::new(server)).unwrap();
        while client.is_handshaking() || server.is_handshaking() {
            let mut bytes = Vec::new();
            while client.wants_write() {
                client.write_tls(&mut bytes).unwrap();
            }
            let mut reader = bytes.as_slice();
            while !reader.is_empty() {
                server.read_tls(&mut reader).unwrap();
                server.process_new_packets()?;
            }
            let mut bytes = Vec::new();
            while server.wants_write() {
                server.write_tls(&mut bytes).unwrap();
            }
            let mut reader = bytes.as_slice();
            while !reader.is_empty() {
                client.read_tls(&mut reader).unwrap();
                client.process_new_packets()?;
            }
        }
        Ok(())
    }

    #[test]
    fn a_peer_may_hold_a_key_of_ml_dsa_and_must_hold_it() {
        for algorithm in [&rcgen::PKCS_ML_DSA_44, &rcgen::PKCS_ML_DSA_65, &rcgen::PKCS_ML_DSA_87] {
            let (own, other) =
                (rcgen::KeyPair::generate_for(algorithm).unwrap(), rcgen::KeyPair::generate_for(algorithm).unwrap());
            assert_eq!(handshake(&own, &own), Ok(()));
            assert_eq!(handshake(&own, &other), Err(CertificateError::BadSignature.into()));
        }
    }
}
