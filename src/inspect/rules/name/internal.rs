//! `name/internal`

use super::entry;
use super::top_level;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::general_name::GeneralName;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub const RULE: Rule = Rule {
    id: "name/internal",
    severity: Severity::Warning,
    decides: true,
    summary: "a name or address that means nothing on the public internet",
    why: "Whoever has the same internal name could use the certificate, so public CAs must not sign it. Within a \
          house with a CA of its own it is all right.",
    mend: "Ask for the public name of the host, or use a CA of your own and the ruleset private-ca.",
    source: "Baseline Requirements 4.2.2, 7.1.2.7.12",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.is_end_entity() || sheet.names().is_empty() {
        return Outcome::NotApplicable;
    }
    let wrong = sheet.names().iter().filter_map(|name| {
        let reason = match name {
            GeneralName::Dns(host) => internal_host(host)?,
            GeneralName::Ip(octets) => {
                reserved(GeneralName::address(octets)?).then_some("is not routed on the internet")?
            }
            _ => return None,
        };
        let said = Said::new(format!("`{}` of {} {reason}", entry::shown(name), sheet.name()));
        // A top-level domain may have been made after this program was.
        Some(if reason == UNKNOWN { said.at_most(Severity::Warning) } else { said })
    });
    Outcome::of(wrong.take(entry::TOLD).collect())
}

const UNKNOWN: &str = "ends in a label that is no top-level domain";

fn internal_host(host: &str) -> Option<&'static str> {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.bytes().any(|octet| matches!(octet, b' ' | b'@' | b'/' | 0)) {
        // No host name at all: name/bad-san says so.
        return None;
    }
    match host.rsplit_once('.') {
        _ if host.is_empty() || host == "*" => None,
        None => Some("has no domain"),
        Some((_, last)) if top_level::is_internal(last) => Some("is not in the public DNS"),
        Some((_, last)) if top_level::is_known(last) => None,
        Some(_) => Some(UNKNOWN),
    }
}

/// Special-purpose addresses (RFC 6890 and its registries) that are not globally reachable.
fn reserved(address: IpAddr) -> bool {
    let within = |address: Ipv4Addr, a: u8, b: u8, bits: u32| {
        let base = u32::from(Ipv4Addr::new(a, b, 0, 0));
        (u32::from(address) ^ base) >> (32 - bits) == 0
    };
    match address {
        IpAddr::V4(v4) => {
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || v4.is_multicast()
                || within(v4, 0, 0, 8)
                || within(v4, 100, 64, 10)
                || within(v4, 198, 18, 15)
                || within(v4, 240, 0, 4)
                || (within(v4, 192, 0, 16) && v4.octets()[2] == 0)
        }
        IpAddr::V6(v6) => is_reserved_v6(v6),
    }
}

fn is_reserved_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is global unicast; 2001:db8::/32 and 3fff::/20 are for documentation.
    first & 0xe000 != 0x2000 || (first, second) == (0x2001, 0xdb8) || (first == 0x3fff && second & 0xf000 == 0)
}
