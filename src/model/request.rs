//! Certificate signing requests (PKCS#10, RFC 2986).

use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;

use super::certificate::{SubjectAltName, alt_name};
use super::distinguished_name::DistinguishedName;
use super::public_key::PublicKey;
use super::signature::SignatureStatus;

/// Some bytes are no signing request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a signing request: {0}")]
pub struct RequestError(pub String);

/// A signing request and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    der: Vec<u8>,
    subject: DistinguishedName,
    public_key: PublicKey,
    names: Vec<SubjectAltName>,
    extended_key_usage: Option<Vec<String>>,
    signature_status: SignatureStatus,
}

impl Request {
    /// Reads one DER request that fills the whole slice.
    pub fn from_der(der: &[u8]) -> Result<Request, RequestError> {
        let (rest, parsed) =
            X509CertificationRequest::from_der(der).map_err(|error| RequestError(error.to_string()))?;
        if !rest.is_empty() {
            return Err(RequestError(format!("{} bytes follow the end of the request", rest.len())));
        }
        let info = &parsed.certification_request_info;
        let public_key = PublicKey::from_spki(info.subject_pki.raw)
            .ok_or_else(|| RequestError("its public key cannot be read".into()))?;
        let signature_status = super::signature::status(&public_key, der);
        let mut request = Request {
            der: der.to_vec(),
            subject: DistinguishedName::read(&info.subject),
            public_key,
            names: Vec::new(),
            extended_key_usage: None,
            signature_status,
        };
        for extension in parsed.requested_extensions().into_iter().flatten() {
            match extension {
                ParsedExtension::SubjectAlternativeName(names) => {
                    request.names = names.general_names.iter().map(alt_name).collect()
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    request.extended_key_usage = Some(super::usage::extended_names(usage))
                }
                _ => {}
            }
        }
        Ok(request)
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The requested subjectAltName entries.
    pub fn subject_alt_names(&self) -> &[SubjectAltName] {
        &self.names
    }

    pub fn extended_key_usage(&self) -> Option<&[String]> {
        self.extended_key_usage.as_deref()
    }

    /// Whether the key that the request is about made its signature (RFC 2986 section 3), as far as that can be checked.
    pub fn signature_status(&self) -> &SignatureStatus {
        &self.signature_status
    }
}
