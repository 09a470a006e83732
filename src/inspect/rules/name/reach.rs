//! Whether a host can be reached from everywhere: which names and addresses the public internet has.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use x509_parser::extensions::{GeneralName as X509Name, ParsedExtension};

use crate::inspect::bundle::Sheet;
use crate::trust::asn1::Reader;
use crate::trust::extensions::PointName;
use crate::trust::general_name::GeneralName;
use crate::trust::public_suffix::is_top_level;
use crate::trust::reference::is_below;

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    NoDomain,
    /// A name that is set aside, and never will be delegated.
    SetAside,
    UnknownTopLevel,
    NotRouted,
}

impl Beyond {
    pub(super) fn words(self) -> &'static str {
        match self {
            Beyond::NoDomain => "has no domain",
            Beyond::SetAside => "is not in the public DNS",
            Beyond::UnknownTopLevel => "ends in a label that is no top-level domain",
            Beyond::NotRouted => "is not routed on the internet",
        }
    }
}

/// Never in the public DNS: special-use names (RFC 6761, RFC 6762, RFC 2606, RFC 9476), what ICANN keeps for private use
/// (`internal`) or will not delegate, and what routers hand out.
const SET_ASIDE: [&str; 16] = [
    "alt",
    "corp",
    "domain",
    "example",
    "home",
    "intern",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "test",
    "workgroup",
];

/// `None` for a host of the public DNS, and for what is no host name at all: name/bad-san says that.
pub(super) fn host(host: &str) -> Option<Beyond> {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.bytes().any(|octet| matches!(octet, b' ' | b'@' | b'/' | 0)) {
        return None;
    }
    match host.rsplit_once('.') {
        _ if host.is_empty() || host == "*" => None,
        None => Some(Beyond::NoDomain),
        Some((_, last)) if SET_ASIDE.iter().any(|known| known.eq_ignore_ascii_case(last)) => Some(Beyond::SetAside),
        // RFC 8375
        Some(_) if host.eq_ignore_ascii_case("home.arpa") || is_below(host, "home.arpa") => Some(Beyond::SetAside),
        Some((_, last)) if is_top_level(last) => None,
        Some(_) => Some(Beyond::UnknownTopLevel),
    }
}

/// Special-purpose addresses (RFC 6890 and its registries) that are not globally reachable.
pub(super) fn address(address: IpAddr) -> Option<Beyond> {
    let is_reserved = match address {
        IpAddr::V4(v4) => is_reserved_v4(v4),
        IpAddr::V6(v6) => is_reserved_v6(v6),
    };
    is_reserved.then_some(Beyond::NotRouted)
}

fn is_reserved_v4(address: Ipv4Addr) -> bool {
    let within = |a: u8, b: u8, bits: u32| {
        let base = u32::from(Ipv4Addr::new(a, b, 0, 0));
        (u32::from(address) ^ base) >> (32 - bits) == 0
    };
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || within(0, 0, 8)
        || within(100, 64, 10)
        || within(198, 18, 15)
        || within(240, 0, 4)
        || (within(192, 0, 16) && address.octets()[2] == 0)
}

fn is_reserved_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is global unicast; 2001:db8::/32 and 3fff::/20 are for documentation.
    first & 0xe000 != 0x2000 || (first, second) == (0x2001, 0xdb8) || (first == 0x3fff && second & 0xf000 == 0)
}

/// Where a certificate says that something about it is published: policies, revocation lists, the issuer. What, and the URI.
pub(super) fn places(sheet: &Sheet<'_>) -> Vec<(&'static str, String)> {
    let mut places: Vec<(&'static str, String)> = Vec::new();
    for extension in sheet.x509.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::CertificatePolicies(policies) => {
                let qualifiers = policies.iter().filter_map(|policy| policy.policy_qualifiers.as_ref()).flatten();
                // id-qt-cps, RFC 5280 section 4.2.1.4
                let statements = qualifiers.filter(|one| one.policy_qualifier_id.as_bytes() == CPS);
                let text = statements.filter_map(|one| ia5(one.qualifier));
                places.extend(text.map(|uri| ("the policy URI", uri)));
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                let uris = access.accessdescs.iter().filter_map(|one| uri(&one.access_location));
                places.extend(uris.map(|uri| ("the authorityInfoAccess URI", uri)));
            }
            _ => {}
        }
    }
    let points = sheet.extensions().distribution_points.iter().flatten();
    let names = points.filter_map(|point| match &point.name {
        Some(PointName::Full(names)) => Some(names),
        _ => None,
    });
    places.extend(names.flatten().filter_map(|name| match name {
        GeneralName::Uri(uri) => Some(("the CRL URI", uri.clone())),
        _ => None,
    }));
    places
}

/// id-qt-cps (1.3.6.1.5.5.7.2.1), as encoded.
const CPS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 2, 1];

fn uri(name: &X509Name<'_>) -> Option<String> {
    match name {
        X509Name::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    }
}

/// The text of an IA5String in DER.
fn ia5(der: &[u8]) -> Option<String> {
    let mut reader = Reader::new(der);
    reader.element().map(|element| String::from_utf8_lossy(element.content).into_owned())
}

/// Why nobody outside can fetch what lies there.
pub(super) fn uri_fault(uri: &str) -> Option<&'static str> {
    let Some((_, rest)) = uri.split_once("://") else { return Some("names no host: it has no scheme") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some(v6) = host_and_port.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
        return v6.parse().ok().and_then(address).map(Beyond::words);
    }
    let name = host_and_port.rsplit_once(':').map_or(host_and_port, |(host, _)| host);
    match name.parse::<IpAddr>() {
        _ if name.is_empty() => Some("names no host"),
        Ok(literal) => address(literal).map(Beyond::words),
        Err(_) => host(name).map(Beyond::words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_the_public_dns_are_told_from_the_others() {
        for public in ["mx1.example.com", "a.b.co.uk", "x.onion", "x.XN--P1AI.", "*"] {
            assert_eq!(host(public), None, "{public}");
        }
        assert_eq!(host("mail"), Some(Beyond::NoDomain));
        assert_eq!(host("mx1.Corp.Local"), Some(Beyond::SetAside));
        assert_eq!(host("mx1.home.arpa"), Some(Beyond::SetAside));
        assert_eq!(host("mx1.cmo"), Some(Beyond::UnknownTopLevel));
        assert!(SET_ASIDE.iter().all(|label| !is_top_level(label)));
    }

    #[test]
    fn a_place_has_to_have_a_public_host() {
        for public in ["http://ca.example.com/a.crt", "http://ca.example.com:8080", "http://8.8.8.8/x"] {
            assert_eq!(uri_fault(public), None, "{public}");
        }
        for internal in
            ["www.example.com", "ldap:///CN=x", "http://ca.corp.local/a", "http://10.0.0.1/", "http://[fd00::1]/"]
        {
            assert!(uri_fault(internal).is_some(), "{internal}");
        }
    }
}
