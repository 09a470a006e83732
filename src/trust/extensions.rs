//! The extensions of a certificate (RFC 5280 section 4.2), each read once.

use std::borrow::Cow;

use super::asn1::{self, BOOLEAN, INTEGER, Malformed, OCTET_STRING, OID, Reader, SEQUENCE, constructed, primitive};
use super::general_name::GeneralName;

/// What the extensions say. An absent one is `None`; one that cannot be read is also in `malformed`.
#[derive(Debug, Default)]
pub struct Extensions {
    /// Every extension in its order.
    pub seen: Vec<Seen>,
    pub malformed: Vec<Kind>,
    pub basic_constraints: Option<BasicConstraints>,
    /// Bit 0 is digitalSignature.
    pub key_usage: Option<u16>,
    /// Object identifiers as encoded.
    pub extended_key_usage: Option<Vec<Vec<u8>>>,
    pub alt_names: Option<Vec<GeneralName>>,
    pub name_constraints: Option<NameConstraints>,
    pub policies: Option<Policies>,
    pub policy_mappings: Vec<Mapping>,
    pub policy_constraints: Option<PolicyConstraints>,
    pub inhibit_any_policy: Option<u32>,
    pub subject_key_id: Option<Vec<u8>>,
    pub authority_key_id: Option<AuthorityKeyId>,
    pub distribution_points: Option<Vec<DistributionPoint>>,
    /// Where the issuer's certificate can be fetched (id-ad-caIssuers).
    pub ca_issuers: Vec<String>,
    /// TLS extensions that a server has to offer (RFC 7633); empty where the list cannot be read.
    pub tls_features: Vec<u32>,
}

/// A policy of the issuer and the subject's policy that is the same to him (RFC 5280 section 4.2.1.5).
pub type Mapping = (Vec<u8>, Vec<u8>);

/// One extension as it stands in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// As encoded, without tag and length.
    pub oid: Cow<'static, [u8]>,
    pub kind: Option<Kind>,
    pub critical: bool,
}

/// The extensions that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    SubjectKeyId,
    KeyUsage,
    SubjectAltName,
    IssuerAltName,
    BasicConstraints,
    NameConstraints,
    DistributionPoints,
    Policies,
    PolicyMappings,
    AuthorityKeyId,
    PolicyConstraints,
    ExtendedKeyUsage,
    FreshestCrl,
    InhibitAnyPolicy,
    AuthorityInfoAccess,
    SubjectInfoAccess,
    TlsFeature,
    OcspNoCheck,
}

/// RFC 5280 section 4.2.1.9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    pub ca: bool,
    pub path_len: Option<u32>,
}

/// RFC 5280 section 4.2.1.10. A list is `None` where it is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameConstraints {
    pub permitted: Option<Vec<GeneralName>>,
    pub excluded: Option<Vec<GeneralName>>,
}

/// RFC 5280 section 4.2.1.4.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    pub ids: Vec<Vec<u8>>,
    /// Some qualifier is neither a CPS pointer nor a user notice.
    pub unknown_qualifier: bool,
}

/// RFC 5280 section 4.2.1.11.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    pub require_explicit: Option<u32>,
    pub inhibit_mapping: Option<u32>,
}

/// RFC 5280 section 4.2.1.1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorityKeyId {
    pub key_id: Option<Vec<u8>>,
    pub has_issuer: bool,
    pub has_serial: bool,
}

/// RFC 5280 section 4.2.1.13.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DistributionPoint {
    pub name: Option<PointName>,
    /// Bit 0 is "unused", as in ReasonFlags; `None` means all reasons.
    pub reasons: Option<u16>,
    pub crl_issuer: Vec<GeneralName>,
}

/// DistributionPointName.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointName {
    Full(Vec<GeneralName>),
    /// The content of a RelativeDistinguishedName, to be put behind the issuer's name.
    Relative(Vec<u8>),
}

/// The object identifier anyPolicy, as encoded.
pub const ANY_POLICY: &[u8] = &[0x55, 0x1d, 0x20, 0x00];

/// Object identifiers as encoded, and the names that RFCs give them. The first are id-ce (2.5.29), then come id-pe
/// (1.3.6.1.5.5.7.1) and id-pkix-ocsp-nocheck (1.3.6.1.5.5.7.48.1.5).
const KNOWN: &[(Kind, &[u8], &str)] = &[
    (Kind::SubjectKeyId, &[0x55, 0x1d, 14], "subjectKeyIdentifier"),
    (Kind::KeyUsage, &[0x55, 0x1d, 15], "keyUsage"),
    (Kind::SubjectAltName, &[0x55, 0x1d, 17], "subjectAltName"),
    (Kind::IssuerAltName, &[0x55, 0x1d, 18], "issuerAltName"),
    (Kind::BasicConstraints, &[0x55, 0x1d, 19], "basicConstraints"),
    (Kind::NameConstraints, &[0x55, 0x1d, 30], "nameConstraints"),
    (Kind::DistributionPoints, &[0x55, 0x1d, 31], "cRLDistributionPoints"),
    (Kind::Policies, &[0x55, 0x1d, 32], "certificatePolicies"),
    (Kind::PolicyMappings, &[0x55, 0x1d, 33], "policyMappings"),
    (Kind::AuthorityKeyId, &[0x55, 0x1d, 35], "authorityKeyIdentifier"),
    (Kind::PolicyConstraints, &[0x55, 0x1d, 36], "policyConstraints"),
    (Kind::ExtendedKeyUsage, &[0x55, 0x1d, 37], "extKeyUsage"),
    (Kind::FreshestCrl, &[0x55, 0x1d, 46], "freshestCRL"),
    (Kind::InhibitAnyPolicy, &[0x55, 0x1d, 54], "inhibitAnyPolicy"),
    (Kind::AuthorityInfoAccess, &[0x2b, 6, 1, 5, 5, 7, 1, 1], "authorityInfoAccess"),
    (Kind::SubjectInfoAccess, &[0x2b, 6, 1, 5, 5, 7, 1, 11], "subjectInfoAccess"),
    (Kind::TlsFeature, &[0x2b, 6, 1, 5, 5, 7, 1, 24], "tlsFeature"),
    (Kind::OcspNoCheck, &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5], "ocspNoCheck"),
];

impl Kind {
    /// The name RFC 5280 gives it.
    pub fn name(self) -> &'static str {
        KNOWN.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, _, name)| name)
    }
}

impl Extensions {
    /// Reads the content of the Extensions SEQUENCE.
    pub fn read(content: &[u8]) -> Result<Extensions, Malformed> {
        let mut extensions = Extensions { seen: Vec::with_capacity(8), ..Extensions::default() };
        let mut list = Reader::new(content);
        while !list.is_empty() {
            let (oid, critical, value) = frame(list.expect(SEQUENCE, "the extensions")?.content)?;
            let known = KNOWN.iter().find(|(_, known, _)| *known == oid);
            let kind = known.map(|(kind, ..)| *kind);
            let oid = known.map_or_else(|| Cow::Owned(oid.to_vec()), |(_, known, _)| Cow::Borrowed(*known));
            extensions.seen.push(Seen { oid, kind, critical });
            if let Some(kind) = kind
                && extensions.take(kind, value).is_err()
            {
                extensions.malformed.push(kind);
            }
        }
        Ok(extensions)
    }

    /// Whether the extension is there, and critical.
    pub fn critical(&self, kind: Kind) -> Option<bool> {
        self.seen.iter().find(|seen| seen.kind == Some(kind)).map(|seen| seen.critical)
    }

    fn take(&mut self, kind: Kind, value: &[u8]) -> Result<(), Malformed> {
        match kind {
            Kind::SubjectKeyId => self.subject_key_id = Some(asn1::only(value, OCTET_STRING, "a key id")?.to_vec()),
            Kind::KeyUsage => {
                self.key_usage = Some(asn1::named_bits(asn1::only(value, asn1::BIT_STRING, "keyUsage")?, "keyUsage")?)
            }
            Kind::SubjectAltName => self.alt_names = Some(GeneralName::read_all(sequence(value)?)?),
            Kind::BasicConstraints => self.basic_constraints = Some(basic_constraints(sequence(value)?)?),
            Kind::NameConstraints => self.name_constraints = Some(name_constraints(sequence(value)?)?),
            Kind::DistributionPoints => {
                let points = Reader::new(sequence(value)?).all(SEQUENCE, "a distribution point")?;
                let points = points.into_iter().map(|point| distribution_point(point.content));
                self.distribution_points = Some(points.collect::<Result<_, _>>()?);
            }
            Kind::Policies => self.policies = Some(policies(sequence(value)?)?),
            Kind::PolicyMappings => self.policy_mappings = policy_mappings(sequence(value)?)?,
            Kind::AuthorityKeyId => self.authority_key_id = Some(authority_key_id(sequence(value)?)?),
            Kind::PolicyConstraints => self.policy_constraints = Some(policy_constraints(sequence(value)?)?),
            Kind::ExtendedKeyUsage => {
                let ids = Reader::new(sequence(value)?).all(OID, "extKeyUsage")?;
                self.extended_key_usage = Some(ids.into_iter().map(|id| id.content.to_vec()).collect());
            }
            Kind::InhibitAnyPolicy => {
                self.inhibit_any_policy =
                    Some(asn1::unsigned(asn1::only(value, INTEGER, "inhibitAnyPolicy")?, "inhibitAnyPolicy")?);
            }
            Kind::AuthorityInfoAccess => self.ca_issuers = ca_issuers(sequence(value)?)?,
            Kind::SubjectInfoAccess => drop(ca_issuers(sequence(value)?)?),
            Kind::TlsFeature => self.tls_features = tls_features(value).unwrap_or_default(),
            Kind::IssuerAltName | Kind::FreshestCrl | Kind::OcspNoCheck => {}
        }
        Ok(())
    }
}

fn tls_features(value: &[u8]) -> Result<Vec<u32>, Malformed> {
    const FIELD: &str = "tlsFeature";
    let features = Reader::new(sequence(value)?).all(INTEGER, FIELD)?;
    features.into_iter().map(|feature| asn1::unsigned(feature.content, FIELD)).collect()
}

/// Object identifier, criticality and value of one Extension.
pub(super) fn frame(content: &[u8]) -> Result<(&[u8], bool, &[u8]), Malformed> {
    const FIELD: &str = "the extensions";
    let mut parts = Reader::new(content);
    let oid = parts.expect(OID, FIELD)?;
    let critical =
        parts.optional(BOOLEAN).map(|value| asn1::boolean(value.content, FIELD)).transpose()?.unwrap_or(false);
    let value = parts.expect(OCTET_STRING, FIELD)?;
    parts.finish(FIELD)?;
    Ok((oid.content, critical, value.content))
}

fn sequence(value: &[u8]) -> Result<&[u8], Malformed> {
    asn1::only(value, SEQUENCE, "an extension")
}

fn basic_constraints(content: &[u8]) -> Result<BasicConstraints, Malformed> {
    const FIELD: &str = "basicConstraints";
    let mut parts = Reader::new(content);
    let ca = parts.optional(BOOLEAN).map(|value| asn1::boolean(value.content, FIELD)).transpose()?.unwrap_or(false);
    let path_len = parts.optional(INTEGER).map(|value| asn1::unsigned(value.content, FIELD)).transpose()?;
    parts.finish(FIELD)?;
    Ok(BasicConstraints { ca, path_len })
}

fn name_constraints(content: &[u8]) -> Result<NameConstraints, Malformed> {
    const FIELD: &str = "nameConstraints";
    let mut parts = Reader::new(content);
    let permitted = parts.optional(constructed(0)).map(|list| subtrees(list.content)).transpose()?;
    let excluded = parts.optional(constructed(1)).map(|list| subtrees(list.content)).transpose()?;
    parts.finish(FIELD)?;
    if permitted.is_none() && excluded.is_none() {
        return Err(Malformed(FIELD));
    }
    Ok(NameConstraints { permitted, excluded })
}

/// At least one GeneralSubtree; `minimum` and `maximum` are not used in this profile, so one that says otherwise is refused.
fn subtrees(content: &[u8]) -> Result<Vec<GeneralName>, Malformed> {
    const FIELD: &str = "nameConstraints";
    let trees = Reader::new(content).all(SEQUENCE, FIELD)?;
    if trees.is_empty() {
        return Err(Malformed(FIELD));
    }
    trees
        .into_iter()
        .map(|tree| {
            let mut parts = Reader::new(tree.content);
            let base = GeneralName::read(parts.element().ok_or(Malformed(FIELD))?)?;
            if parts.optional(primitive(0)).is_some_and(|minimum| minimum.content != [0]) {
                return Err(Malformed(FIELD));
            }
            parts.finish(FIELD)?;
            Ok(base)
        })
        .collect()
}

fn policies(content: &[u8]) -> Result<Policies, Malformed> {
    const FIELD: &str = "certificatePolicies";
    let mut policies = Policies::default();
    for information in Reader::new(content).all(SEQUENCE, FIELD)? {
        let mut parts = Reader::new(information.content);
        policies.ids.push(parts.expect(OID, FIELD)?.content.to_vec());
        let Some(qualifiers) = parts.optional(SEQUENCE) else { continue };
        for qualifier in Reader::new(qualifiers.content).all(SEQUENCE, FIELD)? {
            let id = Reader::new(qualifier.content).expect(OID, FIELD)?;
            // id-qt-cps and id-qt-unotice (1.3.6.1.5.5.7.2.1 and .2)
            policies.unknown_qualifier |= !matches!(id.content, [0x2b, 6, 1, 5, 5, 7, 2, 1 | 2]);
        }
    }
    Ok(policies)
}

fn policy_mappings(content: &[u8]) -> Result<Vec<Mapping>, Malformed> {
    const FIELD: &str = "policyMappings";
    let pairs = Reader::new(content).all(SEQUENCE, FIELD)?;
    pairs
        .into_iter()
        .map(|pair| {
            let mut parts = Reader::new(pair.content);
            let (issuer, subject) = (parts.expect(OID, FIELD)?, parts.expect(OID, FIELD)?);
            Ok((issuer.content.to_vec(), subject.content.to_vec()))
        })
        .collect()
}

fn policy_constraints(content: &[u8]) -> Result<PolicyConstraints, Malformed> {
    const FIELD: &str = "policyConstraints";
    let mut parts = Reader::new(content);
    let mut skip = |tag| parts.optional(tag).map(|value| asn1::unsigned(value.content, FIELD)).transpose();
    let constraints = PolicyConstraints { require_explicit: skip(primitive(0))?, inhibit_mapping: skip(primitive(1))? };
    parts.finish(FIELD)?;
    Ok(constraints)
}

/// The fields of AuthorityKeyIdentifier; also used for CRLs.
pub(super) fn authority_key_id(content: &[u8]) -> Result<AuthorityKeyId, Malformed> {
    let mut parts = Reader::new(content);
    let id = AuthorityKeyId {
        key_id: parts.optional(primitive(0)).map(|id| id.content.to_vec()),
        has_issuer: parts.optional(constructed(1)).is_some(),
        has_serial: parts.optional(primitive(2)).is_some(),
    };
    parts.finish("authorityKeyIdentifier")?;
    Ok(id)
}

fn distribution_point(content: &[u8]) -> Result<DistributionPoint, Malformed> {
    const FIELD: &str = "a distribution point";
    let mut parts = Reader::new(content);
    let name = parts.optional(constructed(0)).map(|name| point_name(name.content)).transpose()?;
    let reasons = parts.optional(primitive(1)).map(|bits| asn1::named_bits(bits.content, FIELD)).transpose()?;
    let crl_issuer = parts.optional(constructed(2)).map(|names| GeneralName::read_all(names.content)).transpose()?;
    parts.finish(FIELD)?;
    Ok(DistributionPoint { name, reasons, crl_issuer: crl_issuer.unwrap_or_default() })
}

/// The content of a DistributionPointName's explicit tag.
pub(super) fn point_name(content: &[u8]) -> Result<PointName, Malformed> {
    const FIELD: &str = "a distribution point";
    let mut parts = Reader::new(content);
    let element = parts.element().ok_or(Malformed(FIELD))?;
    parts.finish(FIELD)?;
    match element.tag {
        0xa0 => GeneralName::read_all(element.content).map(PointName::Full),
        0xa1 => Ok(PointName::Relative(element.content.to_vec())),
        _ => Err(Malformed(FIELD)),
    }
}

/// The URIs of the access method caIssuers (RFC 5280 section 4.2.2.1).
fn ca_issuers(content: &[u8]) -> Result<Vec<String>, Malformed> {
    const FIELD: &str = "authorityInfoAccess";
    let mut uris = Vec::new();
    for description in Reader::new(content).all(SEQUENCE, FIELD)? {
        let mut parts = Reader::new(description.content);
        let method = parts.expect(OID, FIELD)?;
        let location = GeneralName::read(parts.element().ok_or(Malformed(FIELD))?)?;
        parts.finish(FIELD)?;
        // 1.3.6.1.5.5.7.48.2
        if let ([0x2b, 6, 1, 5, 5, 7, 0x30, 2], GeneralName::Uri(uri)) = (method.content, location) {
            uris.push(uri);
        }
    }
    Ok(uris)
}
