//! Asks a client for its certificate and takes any: a sender whose certificate is not believed is told so by SMTP, in the reply to
//! MAIL, because a handshake that fails only makes it come back in clear text.
//!
//! What is always checked is that the client holds the key of the certificate it shows. The listener judges the chain afterwards,
//! for resumed sessions too, where the library asks nobody.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use crate::deliver::identity::{Holder, SCHEMES};

/// What becomes of a client without a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// The handshake goes on.
    Optional,
    /// The handshake fails: what other servers do, for our own sink.
    Mandatory,
}

/// A verifier that takes every certificate whose key the client proves to hold.
pub fn any_client(asking: Asking) -> Arc<dyn ClientCertVerifier> {
    Arc::new(AnyClient { holder: Holder { schemes: &SCHEMES }, mandatory: asking == Asking::Mandatory })
}

#[derive(Debug)]
struct AnyClient {
    holder: Holder,
    mandatory: bool,
}

impl ClientCertVerifier for AnyClient {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    /// No hints: a client then shows what it has, and the reply to MAIL can say what is wrong with it.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.holder.check(message, certificate, signed, false)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.holder.check(message, certificate, signed, true)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.holder.schemes.to_vec()
    }
}
