//! What a single certificate says against the profiles of RFC 5280 section 4 and the Baseline Requirements. Which of these
//! count is the ruleset's table's to say.

use std::net::IpAddr;

use crate::model::public_key::{EXPLICIT_CURVE, KeyKind};

use super::extensions::Kind;
use super::general_name::GeneralName;
use super::link::Link;
use super::reference::{is_below, is_host_name};
use super::ruleset::Check;

/// commonName, as encoded.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// anyExtendedKeyUsage, as encoded.
pub const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];
/// Bit 5 of keyUsage.
pub const KEY_CERT_SIGN: u16 = 1 << 5;

/// Where a certificate stands in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    Leaf,
    Intermediate,
    Anchor,
}

/// Every check the certificate does not pass at this place.
pub fn faults(link: &Link, position: Position) -> Vec<Check> {
    let mut faults = Vec::new();
    frame(link, &mut faults);
    // Roots that browsers carry have the serial number 0.
    add(&mut faults, Check::Serial, position != Position::Anchor && has_bad_serial(link));
    key(link, &mut faults);
    key_identifiers(link, position, &mut faults);
    match position {
        Position::Leaf => leaf(link, &mut faults),
        Position::Intermediate => {
            authority(link, &mut faults);
            add(&mut faults, Check::CaWithoutKeyUsage, link.extensions().key_usage.is_none());
        }
        Position::Anchor => {
            authority(link, &mut faults);
            add(&mut faults, Check::AnchorAsCa, !link.is_ca() || lacks_cert_sign(link) || !is_understood(link));
            add(&mut faults, Check::EkuInRoot, link.is_self_issued() && link.extensions().extended_key_usage.is_some());
        }
    }
    faults
}

fn add(faults: &mut Vec<Check>, check: Check, wrong: bool) {
    if wrong {
        faults.push(check);
    }
}

/// keyUsage is there and leaves keyCertSign out.
pub fn lacks_cert_sign(link: &Link) -> bool {
    link.extensions().key_usage.is_some_and(|bits| bits & KEY_CERT_SIGN == 0)
}

fn is_understood(link: &Link) -> bool {
    let extensions = link.extensions();
    extensions.malformed.is_empty() && extensions.seen.iter().all(|seen| !seen.critical || seen.kind.is_some())
}

fn frame(link: &Link, faults: &mut Vec<Check>) {
    let extensions = link.extensions();
    let critical = |kind| extensions.critical(kind);
    add(faults, Check::NotVersion3, link.version() != 3);
    add(faults, Check::EmptyIssuer, link.issuer_folded().is_empty());
    let access = [Kind::AuthorityInfoAccess, Kind::SubjectInfoAccess];
    let bad_access = |kind| critical(kind) == Some(true) || extensions.malformed.contains(&kind);
    add(faults, Check::AccessInformation, access.into_iter().any(bad_access));
    add(faults, Check::PolicyConstraintsNotCritical, critical(Kind::PolicyConstraints) == Some(false));
    add(faults, Check::ConstraintSyntax, has_bad_constraint(link));
    let is_cert_signer = link.is_ca() && !lacks_cert_sign(link);
    let path_len = extensions.basic_constraints.is_some_and(|constraints| constraints.path_len.is_some());
    add(faults, Check::PathLengthMisplaced, path_len && !is_cert_signer);
}

fn has_bad_serial(link: &Link) -> bool {
    let serial = link.serial();
    let positive = serial.first().is_some_and(|first| *first < 0x80) && serial.iter().any(|octet| *octet != 0);
    !positive || serial.len() > 20
}

/// A DNS constraint in a form that only URI and e-mail constraints have.
fn has_bad_constraint(link: &Link) -> bool {
    let constraints = link.extensions().name_constraints.as_ref();
    let all = constraints.into_iter().flat_map(|both| both.permitted.iter().chain(&both.excluded)).flatten();
    all.into_iter().any(|base| match base {
        GeneralName::Dns(name) => name.starts_with('.') || name.contains('*'),
        GeneralName::Ip(octets) => !matches!(octets.len(), 8 | 32),
        GeneralName::Email(address) => address.matches('@').count() > 1,
        _ => false,
    })
}

fn key(link: &Link, faults: &mut Vec<Check>) {
    match link.public_key().kind() {
        KeyKind::Rsa(bits) => {
            add(faults, Check::SmallKey, *bits < 1024);
            add(faults, Check::KeySize, *bits < 2048 || bits % 8 != 0);
        }
        KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521 => {}
        KeyKind::Other(name) if name == EXPLICIT_CURVE => faults.extend([Check::KeyType, Check::ExplicitCurve]),
        KeyKind::Ed25519 | KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 | KeyKind::Other(_) => {
            faults.push(Check::KeyType);
        }
    }
}

fn key_identifiers(link: &Link, position: Position, faults: &mut Vec<Check>) {
    let extensions = link.extensions();
    add(faults, Check::AkiCritical, extensions.critical(Kind::AuthorityKeyId) == Some(true));
    add(faults, Check::SkiCritical, extensions.critical(Kind::SubjectKeyId) == Some(true));
    add(faults, Check::SkiMissing, link.is_ca() && extensions.subject_key_id.is_none());
    match &extensions.authority_key_id {
        // An anchor is believed whoever signed it.
        None => add(faults, Check::AkiMissing, !link.is_self_issued() && position != Position::Anchor),
        Some(id) => {
            add(faults, Check::AkiForm, id.key_id.is_none() || id.has_issuer || id.has_serial);
            let is_root = link.is_self_issued() && position == Position::Anchor;
            let differs = is_root && id.key_id.is_some() && id.key_id != extensions.subject_key_id;
            add(faults, Check::RootAkiDiffers, differs);
        }
    }
}

fn authority(link: &Link, faults: &mut Vec<Check>) {
    let extensions = link.extensions();
    add(faults, Check::BasicConstraintsNotCritical, extensions.critical(Kind::BasicConstraints) == Some(false));
    add(faults, Check::CaWithoutSubject, link.subject_folded().is_empty());
}

fn leaf(link: &Link, faults: &mut Vec<Check>) {
    let extensions = link.extensions();
    add(faults, Check::LeafIsCa, link.is_ca());
    let signs = extensions.key_usage.is_some_and(|bits| bits & KEY_CERT_SIGN != 0);
    add(faults, Check::LeafSignsCertificates, signs && !link.is_ca());
    add(faults, Check::ConstraintsInLeaf, extensions.critical(Kind::NameConstraints).is_some() && !link.is_ca());
    add(faults, Check::EkuMissing, extensions.extended_key_usage.is_none());
    let any = extensions.extended_key_usage.iter().flatten().any(|purpose| purpose == ANY_PURPOSE);
    add(faults, Check::EkuAny, any);
    add(faults, Check::EkuCritical, extensions.critical(Kind::ExtendedKeyUsage) == Some(true));
    let san = extensions.critical(Kind::SubjectAltName);
    let subject = !link.subject_folded().is_empty();
    add(faults, Check::NoSan, san.is_none());
    add(faults, Check::SanNotCritical, san == Some(false) && !subject);
    add(faults, Check::SanCritical, san == Some(true) && subject);
    let names = extensions.alt_names.as_deref().unwrap_or_default();
    add(faults, Check::SanSyntax, names.iter().any(is_bad_name));
    add(faults, Check::WildcardTooWide, names.iter().any(is_too_wide));
    let common_names = link.subject_values(COMMON_NAME);
    // There must be one at most. Thousands are not compared with thousands of names.
    let strays = common_names.len() > 8 || common_names.iter().any(|common_name| is_stray(common_name, names));
    add(faults, Check::CommonNameNotInSan, strays);
}

/// The common name repeats no entry of its kind. Two kinds of common name are let pass, as verifiers do: the domain that the
/// host names lie in, and one where there is no entry of its kind to repeat.
fn is_stray(common_name: &str, names: &[GeneralName]) -> bool {
    let last_label = common_name.rsplit('.').next().unwrap_or_default();
    let is_host = common_name.contains('.')
        && !common_name.contains(':')
        && !last_label.bytes().all(|octet| octet.is_ascii_digit());
    let mut comparable = false;
    for name in names {
        match name {
            name if is_copy(name, common_name) => return false,
            GeneralName::Dns(host) if is_host && is_below(host, common_name) => return false,
            GeneralName::Dns(_) => comparable = true,
            GeneralName::Ip(_) => comparable |= !is_host,
            _ => {}
        }
    }
    comparable
}

fn is_bad_name(name: &GeneralName) -> bool {
    match name {
        GeneralName::Dns(name) => {
            let host = name.strip_prefix("*.").unwrap_or(name);
            !is_host_name(host) || host.contains('_') || host.parse::<IpAddr>().is_ok()
        }
        GeneralName::Ip(octets) => GeneralName::address(octets).is_none(),
        GeneralName::Email(address) => address.matches('@').count() != 1,
        _ => false,
    }
}

/// `*.com`. For longer public suffixes a CA may be shown that the whole of it belongs to one owner (BR 3.2.2.6); no name matches
/// such a wildcard all the same.
fn is_too_wide(name: &GeneralName) -> bool {
    matches!(name, GeneralName::Dns(name) if name.strip_prefix("*.").is_some_and(|parent| !parent.contains('.')))
}

/// The common name repeats this entry: a host name byte for byte, an address in its canonical text (RFC 5952).
fn is_copy(name: &GeneralName, common_name: &str) -> bool {
    match name {
        GeneralName::Dns(name) => name == common_name,
        GeneralName::Email(address) => address == common_name,
        GeneralName::Ip(octets) => {
            GeneralName::address(octets).is_some_and(|address| address.to_string() == common_name)
        }
        _ => false,
    }
}
