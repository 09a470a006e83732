//! A TLS client for tests that believes everybody, says what it saw, and can be made to offer what it likes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
};
use sealpost::model::fingerprint::Fingerprint;

pub type TlsStream = StreamOwned<ClientConnection, TcpStream>;

/// Takes every certificate, and checks who holds it.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A client configuration that believes everybody; its sessions can be resumed with it.
pub fn config(certificate: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>) -> ClientConfig {
    config_of(rustls::DEFAULT_VERSIONS, certificate)
}

/// The same for some versions.
pub fn config_of(
    versions: &[&'static SupportedProtocolVersion],
    certificate: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody));
    match certificate {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).unwrap(),
    }
}

/// Does a handshake over a connection on which that is due.
pub fn handshake(stream: TcpStream, config: &Arc<ClientConfig>, sni: &str) -> std::io::Result<TlsStream> {
    let name = ServerName::try_from(sni.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::clone(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// SHA-256 of the certificate that the server showed.
pub fn shown(stream: &TlsStream) -> String {
    Fingerprint::of(&stream.conn.peer_certificates().unwrap()[0]).to_string()
}

/// Sends a command under TLS and gives the reply, with its line end.
#[track_caller]
pub fn ask(stream: &mut TlsStream, command: &str) -> String {
    stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
    reply(stream)
}

/// The next reply; empty when the server has closed.
pub fn reply(stream: &mut TlsStream) -> String {
    let mut reply = String::new();
    loop {
        let mut line = String::new();
        let mut octet = [0];
        while !line.ends_with('\n') {
            match stream.read(&mut octet) {
                Ok(1) => line.push(char::from(octet[0])),
                _ => return reply + &line,
            }
        }
        let more = line.as_bytes().get(3) == Some(&b'-');
        reply.push_str(&line);
        if !more {
            return reply;
        }
    }
}
