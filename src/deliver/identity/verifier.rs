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
