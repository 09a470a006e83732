//! Every extension of a certificate or request, decoded for people; what is not known stands as hexadecimal.

use x509_parser::extensions::{
    DistributionPointName, GeneralName, GeneralSubtree, NameConstraints, ParsedExtension, PolicyInformation,
    SignedCertificateTimestamp, X509Extension,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::certificate::{Certificate, alt_name, key_usage_names};
use super::fingerprint::hex;
use super::moment::{Moment, rfc3339};
use super::request::Request;

/// One extension (RFC 5280 section 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Dotted.
    pub oid: String,
    /// `basicConstraints` ...; `None` for one without a name here.
    pub name: Option<&'static str>,
    pub critical: bool,
    /// Lines for people: decoded, or the first 256 bytes of the value as hexadecimal.
    pub value: Vec<String>,
}

/// Bytes shown of a value that cannot be decoded.
const SHOWN: usize = 256;

impl Certificate {
    /// Every extension, in its order.
    pub fn extensions(&self) -> Vec<Extension> {
        match X509Certificate::from_der(self.der()) {
            Ok((_, parsed)) => parsed.extensions().iter().map(extension).collect(),
            Err(_) => Vec::new(),
        }
    }
}

impl Request {
    /// The extensions asked for (RFC 2985 section 5.4.2), in their order.
    pub fn extensions(&self) -> Vec<Extension> {
        self.requested_extensions().iter().map(extension).collect()
    }
}

fn extension(extension: &X509Extension<'_>) -> Extension {
    let oid = extension.oid.to_id_string();
    let value = decoded(&oid, extension).unwrap_or_else(|| vec![shortened(extension.value)]);
    Extension { name: name(&oid), oid, critical: extension.critical, value }
}

fn name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.29.9" => "subjectDirectoryAttributes",
        "2.5.29.14" => "subjectKeyIdentifier",
        "2.5.29.15" => "keyUsage",
        "2.5.29.16" => "privateKeyUsagePeriod",
        "2.5.29.17" => "subjectAltName",
        "2.5.29.18" => "issuerAltName",
        "2.5.29.19" => "basicConstraints",
        "2.5.29.30" => "nameConstraints",
        "2.5.29.31" => "cRLDistributionPoints",
        "2.5.29.32" => "certificatePolicies",
        "2.5.29.33" => "policyMappings",
        "2.5.29.35" => "authorityKeyIdentifier",
        "2.5.29.36" => "policyConstraints",
        "2.5.29.37" => "extKeyUsage",
        "2.5.29.46" => "freshestCRL",
        "2.5.29.54" => "inhibitAnyPolicy",
        "1.3.6.1.5.5.7.1.1" => "authorityInfoAccess",
        "1.3.6.1.5.5.7.1.3" => "qcStatements",
        "1.3.6.1.5.5.7.1.11" => "subjectInfoAccess",
        "1.3.6.1.5.5.7.1.24" => "tlsFeature",
        "1.3.6.1.5.5.7.48.1.5" => "ocspNoCheck",
        "1.3.6.1.4.1.11129.2.4.2" => "signedCertificateTimestamps",
        "1.3.6.1.4.1.11129.2.4.3" => "precertificatePoison",
        "1.3.6.1.4.1.311.20.2" => "microsoftCertificateTemplateName",
        "1.3.6.1.4.1.311.21.7" => "microsoftCertificateTemplate",
        "1.3.6.1.4.1.311.21.10" => "microsoftApplicationPolicies",
        "2.16.840.1.113730.1.1" => "netscapeCertType",
        "2.16.840.1.113730.1.13" => "netscapeComment",
        _ => return None,
    })
}

/// `None` when it cannot be decoded.
fn decoded(oid: &str, extension: &X509Extension<'_>) -> Option<Vec<String>> {
    Some(match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(id) => {
            let key = id.key_identifier.as_ref().map(|id| format!("key identifier {}", hex(id.0)));
            let issuer = id.authority_cert_issuer.iter().flatten().map(|name| format!("issuer {}", general(name)));
            let serial = id.authority_cert_serial.map(|serial| format!("serial {}", hex(serial)));
            key.into_iter().chain(issuer).chain(serial).collect()
        }
        ParsedExtension::SubjectKeyIdentifier(id) => vec![hex(id.0)],
        ParsedExtension::KeyUsage(usage) => vec![key_usage_names(usage.flags).join(", ")],
        ParsedExtension::ExtendedKeyUsage(usage) => vec![super::usage::extended_names(usage).join(", ")],
        ParsedExtension::CertificatePolicies(policies) => policies.iter().map(policy).collect(),
        ParsedExtension::PolicyMappings(mappings) => mappings
            .mappings
            .iter()
            .map(|one| {
                format!("{} is {}", one.issuer_domain_policy.to_id_string(), one.subject_domain_policy.to_id_string())
            })
            .collect(),
        ParsedExtension::SubjectAlternativeName(names) => names.general_names.iter().map(general).collect(),
        ParsedExtension::IssuerAlternativeName(names) => names.general_names.iter().map(general).collect(),
        ParsedExtension::BasicConstraints(constraints) => {
            let length = constraints.path_len_constraint.map(|length| format!("path length {length}"));
            let ca = if constraints.ca { "certification authority" } else { "end entity" };
            std::iter::once(ca.to_owned()).chain(length).collect()
        }
        ParsedExtension::NameConstraints(constraints) => name_constraints(constraints),
        ParsedExtension::PolicyConstraints(constraints) => {
            let explicit =
                constraints.require_explicit_policy.map(|skip| format!("require explicit policy after {skip}"));
            let inhibit = constraints.inhibit_policy_mapping.map(|skip| format!("inhibit policy mapping after {skip}"));
            explicit.into_iter().chain(inhibit).collect()
        }
        ParsedExtension::CRLDistributionPoints(points) => {
            points.iter().filter_map(|point| point.distribution_point.as_ref()).flat_map(distribution_point).collect()
        }
        ParsedExtension::InhibitAnyPolicy(inhibit) => vec![format!("after {}", inhibit.skip_certs)],
        ParsedExtension::AuthorityInfoAccess(access) => access
            .accessdescs
            .iter()
            .map(|one| accessed(&one.access_method.to_id_string(), &one.access_location))
            .collect(),
        ParsedExtension::SubjectInfoAccess(access) => access
            .accessdescs
            .iter()
            .map(|one| accessed(&one.access_method.to_id_string(), &one.access_location))
            .collect(),
        ParsedExtension::NSCertType(kinds) => vec![kinds.to_string()],
        ParsedExtension::NsCertComment(comment) => vec![(*comment).to_owned()],
        ParsedExtension::SCT(stamps) => stamps.iter().map(timestamp).collect(),
        _ => return flag(oid, extension.value),
    })
}

/// Extensions that x509-parser leaves alone and whose values say little.
fn flag(oid: &str, value: &[u8]) -> Option<Vec<String>> {
    match (oid, value) {
        ("1.3.6.1.5.5.7.1.24", [0x30, 0x03, 0x02, 0x01, 0x05]) => Some(vec!["status_request (must staple)".into()]),
        ("1.3.6.1.5.5.7.48.1.5" | "1.3.6.1.4.1.11129.2.4.3", [0x05, 0x00]) => Some(vec!["yes".into()]),
        _ => None,
    }
}

fn general(name: &GeneralName<'_>) -> String {
    alt_name(name).to_string()
}

fn policy(policy: &PolicyInformation<'_>) -> String {
    let oid = policy.policy_id.to_id_string();
    let name = match oid.as_str() {
        "2.5.29.32.0" => " (any policy)",
        "2.23.140.1.2.1" => " (domain validated)",
        "2.23.140.1.2.2" => " (organization validated)",
        "2.23.140.1.2.3" => " (individual validated)",
        "2.23.140.1.1" => " (extended validation)",
        _ => "",
    };
    let qualifiers = policy.policy_qualifiers.iter().flatten();
    let qualifiers: String = qualifiers
        .map(|one| match one.policy_qualifier_id.to_id_string().as_str() {
            "1.3.6.1.5.5.7.2.1" => format!(", CPS {}", ia5(one.qualifier)),
            other => format!(", {other} {}", shortened(one.qualifier)),
        })
        .collect();
    format!("{oid}{name}{qualifiers}")
}

/// The text of a DER IA5String, or its bytes.
fn ia5(der: &[u8]) -> String {
    match <der::asn1::Ia5StringRef<'_> as der::Decode>::from_der(der) {
        Ok(text) => text.to_string(),
        Err(_) => shortened(der),
    }
}

/// Name constraints hold address ranges where other names hold addresses (RFC 5280 section 4.2.1.10).
fn name_constraints(constraints: &NameConstraints<'_>) -> Vec<String> {
    let lines = |word: &str, trees: &Option<Vec<GeneralSubtree<'_>>>| {
        trees.iter().flatten().map(|tree| format!("{word} {}", subtree(&tree.base))).collect::<Vec<_>>()
    };
    let mut all = lines("permitted", &constraints.permitted_subtrees);
    all.extend(lines("excluded", &constraints.excluded_subtrees));
    all
}

fn subtree(base: &GeneralName<'_>) -> String {
    use std::net::IpAddr;
    let range = |address: IpAddr, mask: IpAddr| format!("IP:{address} mask {mask}");
    match base {
        GeneralName::IPAddress([a, b, c, d, e, f, g, h]) => range([*a, *b, *c, *d].into(), [*e, *f, *g, *h].into()),
        GeneralName::IPAddress(bytes) if bytes.len() == 32 => {
            let half = |part: &[u8]| <[u8; 16]>::try_from(part).map_or(IpAddr::from([0; 16]), IpAddr::from);
            let (address, mask) = bytes.split_at(16);
            range(half(address), half(mask))
        }
        other => general(other),
    }
}

fn distribution_point(name: &DistributionPointName<'_>) -> Vec<String> {
    match name {
        DistributionPointName::FullName(names) => names.iter().map(general).collect(),
        DistributionPointName::NameRelativeToCRLIssuer(_) => vec!["relative to the issuer of the list".into()],
    }
}

fn accessed(method: &str, location: &GeneralName<'_>) -> String {
    let method = match method {
        "1.3.6.1.5.5.7.48.1" => "OCSP",
        "1.3.6.1.5.5.7.48.2" => "caIssuers",
        "1.3.6.1.5.5.7.48.5" => "caRepository",
        other => other,
    };
    format!("{method} {}", general(location))
}

/// RFC 6962 section 3.2; the timestamp counts milliseconds since 1970.
fn timestamp(stamp: &SignedCertificateTimestamp<'_>) -> String {
    let seconds = i64::try_from(stamp.timestamp / 1000).unwrap_or(i64::MAX);
    let time = Moment::from_unix_timestamp(seconds).map_or_else(|_| "at an unreadable time".into(), rfc3339);
    format!("log {} {time}", hex(stamp.id.key_id))
}

fn shortened(bytes: &[u8]) -> String {
    match bytes.get(..SHOWN) {
        Some(start) if bytes.len() > SHOWN => format!("{}... ({} bytes)", hex(start), bytes.len()),
        _ => hex(bytes),
    }
}
