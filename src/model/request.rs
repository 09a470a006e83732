//! Certificate signing requests (PKCS#10, RFC 2986).

use der::Tag;
use der::asn1::ObjectIdentifier;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

use super::certificate::{SubjectAltName, alt_name};
use super::der_fields::{Fields, Unreadable};
use super::distinguished_name::DistinguishedName;
use super::public_key::PublicKey;
use super::signature::SignatureStatus;

/// Some bytes are no signing request. The reason names the field where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a signing request: {0}")]
pub struct RequestError(pub String);

impl From<Unreadable> for RequestError {
    fn from(unreadable: Unreadable) -> RequestError {
        RequestError(unreadable.to_string())
    }
}

/// A signing request and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    der: Vec<u8>,
    subject: DistinguishedName,
    public_key: PublicKey,
    names: Vec<SubjectAltName>,
    extended_key_usage: Option<Vec<String>>,
    lacks_attributes: bool,
    signature_status: SignatureStatus,
}

impl Request {
    /// Reads one DER request that fills the whole slice.
    pub fn from_der(der: &[u8]) -> Result<Request, RequestError> {
        let info = Info::read(der)?;
        let public_key =
            PublicKey::from_spki(info.public_key).ok_or(RequestError("its public key cannot be read".into()))?;
        let signature_status = super::signature::status(&public_key, der);
        let mut request = Request {
            der: der.to_vec(),
            subject: info.subject,
            public_key,
            names: Vec::new(),
            extended_key_usage: None,
            lacks_attributes: info.attributes.is_none(),
            signature_status,
        };
        for extension in requested(info.attributes)? {
            match extension.parsed_extension() {
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

    /// Where RFC 2986 section 4.1 wants a list of attributes, if only an empty one, there is nothing at all.
    pub fn lacks_attributes(&self) -> bool {
        self.lacks_attributes
    }

    /// Whether the key that the request is about made its signature (RFC 2986 section 3), as far as that can be checked.
    pub fn signature_status(&self) -> &SignatureStatus {
        &self.signature_status
    }
}

/// CertificationRequestInfo (RFC 2986 section 4.1).
struct Info<'a> {
    subject: DistinguishedName,
    /// The SubjectPublicKeyInfo in DER.
    public_key: &'a [u8],
    /// What stands in `attributes [0]`; `None` where even the tag is left out.
    attributes: Option<Fields<'a>>,
}

impl<'a> Info<'a> {
    /// Of the request that fills `der`, whose signature has its form.
    fn read(der: &'a [u8]) -> Result<Info<'a>, Unreadable> {
        let mut outer = Fields::of_all(der, "the request")?;
        let mut info = outer.sequence("the part that is signed")?;
        outer.element(Tag::Sequence, "the signature algorithm")?;
        outer.element(Tag::BitString, "the signature")?;
        outer.finish("the signature")?;
        info.element(Tag::Integer, "the version")?;
        let subject = info.element(Tag::Sequence, "the subject")?;
        let (_, subject) = X509Name::from_der(subject).map_err(|_| Unreadable("the subject"))?;
        let public_key = info.element(Tag::Sequence, "the public key")?;
        let attributes = info.context(0, "the attributes")?;
        info.finish("the attributes")?;
        Ok(Info { subject: DistinguishedName::read(&subject), public_key, attributes })
    }
}

/// Attributes that hold extensions: RFC 2985 section 5.4.2, and what Windows writes.
const EXTENSION_REQUESTS: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.14"), ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.2.1.14")];

/// The extensions that are asked for. Other attributes are nobody's business here, whatever is in them.
fn requested(attributes: Option<Fields<'_>>) -> Result<Vec<X509Extension<'_>>, Unreadable> {
    const FIELD: &str = "the list of extensions";
    let mut extensions = Vec::new();
    let Some(mut attributes) = attributes else { return Ok(extensions) };
    while !attributes.is_empty() {
        let mut attribute = attributes.sequence("an attribute")?;
        let is_request = attribute.oid("the type of an attribute").is_ok_and(|oid| EXTENSION_REQUESTS.contains(&oid));
        if !is_request {
            continue;
        }
        let mut values = attribute.set(FIELD)?;
        while !values.is_empty() {
            let mut list = values.sequence(FIELD)?;
            while !list.is_empty() {
                let extension = list.element(Tag::Sequence, FIELD)?;
                extensions.push(X509Extension::from_der(extension).map_err(|_| Unreadable(FIELD))?.1);
            }
        }
    }
    Ok(extensions)
}

impl Request {
    /// The extensions asked for, in their order.
    pub(super) fn requested_extensions(&self) -> Vec<X509Extension<'_>> {
        Info::read(&self.der).and_then(|info| requested(info.attributes)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
