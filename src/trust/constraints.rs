//! Name constraints (RFC 5280 section 4.2.1.10): whether the names of a certificate lie where its issuers say they must.

use super::budget::{Budget, Exhausted};
use super::extensions::NameConstraints;
use super::general_name::GeneralName;
use super::link::Link;
use super::presented::Presented;
use super::reason::Reason;
use super::reference::{is_below, is_host_name};

/// emailAddress (PKCS #9), as encoded.
const EMAIL_ADDRESS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01];

/// The names of a certificate that constraints apply to.
pub struct ConstrainedNames(Vec<GeneralName>);

/// How a name lies to a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Another kind of name: the constraint does not apply.
    OtherKind,
    Inside,
    /// A wildcard name of which some expansions lie inside and some do not.
    Partly,
    Outside,
    /// The constraint or the name is malformed or of a kind that cannot be compared.
    Unusable,
}

impl ConstrainedNames {
    /// The subject where there is one, its e-mail addresses where the subjectAltName has none, and the subjectAltName; with
    /// `common_name` also the common names that count as host names.
    pub fn of(link: &Link, common_name: bool) -> ConstrainedNames {
        let mut names = link.extensions().alt_names.clone().unwrap_or_default();
        if !names.iter().any(|name| matches!(name, GeneralName::Email(_))) {
            names.extend(link.subject_values(EMAIL_ADDRESS).into_iter().map(GeneralName::Email));
        }
        if common_name {
            names.extend(Presented::of(link).host_common_names().iter().cloned().map(GeneralName::Dns));
        }
        if !link.subject_folded().is_empty() {
            names.push(GeneralName::Directory(link.subject_folded().clone()));
        }
        ConstrainedNames(names)
    }

    /// Checks all names against the constraints of the certificate at depth `by`; one reason for the first name that fails.
    pub fn check(
        &self,
        constraints: &NameConstraints,
        by: usize,
        budget: &mut Budget,
    ) -> Result<Option<Reason>, Exhausted> {
        let permitted = constraints.permitted.as_deref().unwrap_or_default();
        let excluded = constraints.excluded.as_deref().unwrap_or_default();
        for name in &self.0 {
            budget.spend(Exhausted::NameComparisons, permitted.len() + excluded.len() + 1)?;
            let reason = excluding(name, excluded, by).or_else(|| not_permitting(name, permitted, by));
            if reason.is_some() {
                return Ok(reason);
            }
        }
        Ok(None)
    }
}

fn excluding(name: &GeneralName, excluded: &[GeneralName], by: usize) -> Option<Reason> {
    excluded.iter().find_map(|base| match fit(name, base) {
        Fit::Inside | Fit::Partly => {
            Some(Reason::Excluded { name: name.to_string(), constraint: base.to_string(), by })
        }
        Fit::Unusable => Some(Reason::UnusableConstraint { constraint: base.to_string(), by }),
        Fit::OtherKind | Fit::Outside => None,
    })
}

fn not_permitting(name: &GeneralName, permitted: &[GeneralName], by: usize) -> Option<Reason> {
    let mut applies = false;
    for base in permitted {
        match fit(name, base) {
            Fit::OtherKind => {}
            Fit::Inside => return None,
            Fit::Outside | Fit::Partly => applies = true,
            Fit::Unusable => return Some(Reason::UnusableConstraint { constraint: base.to_string(), by }),
        }
    }
    applies.then(|| Reason::NotPermitted { name: name.to_string(), by })
}

fn fit(name: &GeneralName, base: &GeneralName) -> Fit {
    match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => dns_fit(name, base),
        (GeneralName::Email(name), GeneralName::Email(base)) => email_fit(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => uri_fit(name, base),
        (GeneralName::Ip(name), GeneralName::Ip(base)) => ip_fit(name, base),
        (GeneralName::Directory(name), GeneralName::Directory(base)) => inside(name.is_within(base)),
        (GeneralName::Other(name), GeneralName::Other(base)) if name == base => Fit::Unusable,
        _ => Fit::OtherKind,
    }
}

fn inside(yes: bool) -> Fit {
    if yes { Fit::Inside } else { Fit::Outside }
}

/// The base itself and everything with more labels to the left; a leading dot, which some write, asks for at least one more.
fn dns_fit(name: &str, base: &str) -> Fit {
    let name = name.strip_suffix('.').unwrap_or(name);
    let (wildcard, host) = match name.strip_prefix("*.") {
        Some(host) => (true, host),
        None => (false, name),
    };
    if base.is_empty() {
        return Fit::Inside;
    }
    let (strictly_below, base) = match base.strip_prefix('.') {
        Some(base) => (true, base),
        None => (false, base),
    };
    if !is_host_name(host) || !is_host_name(base) {
        return Fit::Unusable;
    }
    if is_below(host, base) || (host.eq_ignore_ascii_case(base) && (wildcard || !strictly_below)) {
        return Fit::Inside;
    }
    // `*.example.com` may stand for a host that `bar.example.com` constrains.
    let expands_to_base = wildcard && base.split_once('.').is_some_and(|(_, parent)| host.eq_ignore_ascii_case(parent));
    if expands_to_base { Fit::Partly } else { Fit::Outside }
}

/// A mailbox, all mailboxes of a host, or with a leading dot those of the hosts below it.
fn email_fit(address: &str, base: &str) -> Fit {
    let Some((mailbox, host)) =
        address.split_once('@').filter(|(mailbox, host)| !mailbox.is_empty() && is_host_name(host))
    else {
        return Fit::Unusable;
    };
    match base.split_once('@') {
        Some((_, base_host)) if !is_host_name(base_host) => Fit::Unusable,
        Some((base_box, base_host)) => inside(mailbox == base_box && host.eq_ignore_ascii_case(base_host)),
        None => host_fit(host, base),
    }
}

/// The host of a URI's authority (RFC 3986 section 3.2); an address or no host at all cannot be compared.
fn uri_fit(uri: &str, base: &str) -> Fit {
    let Some((_, rest)) = uri.split_once("://") else { return Fit::Unusable };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    if !is_host_name(host) || host.parse::<std::net::Ipv4Addr>().is_ok() {
        return Fit::Unusable;
    }
    host_fit(host, base)
}

/// A host, or with a leading dot all hosts below it (the forms for mailboxes and URIs).
fn host_fit(host: &str, base: &str) -> Fit {
    match base.strip_prefix('.') {
        _ if base.is_empty() => Fit::Inside,
        Some(parent) if is_host_name(parent) => inside(is_below(host, parent)),
        None if is_host_name(base) => inside(host.eq_ignore_ascii_case(base)),
        _ => Fit::Unusable,
    }
}

/// Address and mask of one length, the mask being ones and then zeros (RFC 4632).
fn ip_fit(address: &[u8], base: &[u8]) -> Fit {
    let (network, mask) = base.split_at(base.len() / 2);
    let is_address = |octets: &[u8]| matches!(octets.len(), 4 | 16);
    let ones: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let leading = mask
        .iter()
        .position(|octet| *octet != 0xff)
        .map_or(mask.len() as u32 * 8, |at| at as u32 * 8 + mask.get(at).map_or(0, |octet| octet.leading_ones()));
    if !is_address(address) || !is_address(network) || network.len() != mask.len() || ones != leading {
        return Fit::Unusable;
    }
    if address.len() != network.len() {
        // A constraint on addresses of one family leaves no address of the other permitted.
        return Fit::Outside;
    }
    inside(address.iter().zip(network).zip(mask).all(|((address, network), mask)| address & mask == network & mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_lie_below_their_base_by_whole_labels() {
        assert_eq!(dns_fit("mx.Example.com", "example.COM"), Fit::Inside);
        assert_eq!(dns_fit("example.com", "example.com"), Fit::Inside);
        assert_eq!(dns_fit("notexample.com", "example.com"), Fit::Outside);
        assert_eq!(dns_fit("example.com", ".example.com"), Fit::Outside);
        assert_eq!(dns_fit("anything", ""), Fit::Inside);
        assert_eq!(dns_fit(".example.com", "example.com"), Fit::Unusable);
        assert_eq!(dns_fit("a.com", "*.com"), Fit::Unusable);
    }

    #[test]
    fn a_wildcard_name_may_expand_into_a_constraint() {
        assert_eq!(dns_fit("*.example.com", "example.com"), Fit::Inside);
        assert_eq!(dns_fit("*.example.com", "bar.example.com"), Fit::Partly);
        assert_eq!(dns_fit("*.example.com", "a.bar.example.com"), Fit::Outside);
        assert_eq!(dns_fit("*.example.com", ".example.com"), Fit::Inside);
    }

    #[test]
    fn mailboxes_and_uris_are_constrained_by_host() {
        assert_eq!(email_fit("a@example.com", "example.com"), Fit::Inside);
        assert_eq!(email_fit("a@mx.example.com", "example.com"), Fit::Outside);
        assert_eq!(email_fit("a@mx.example.com", ".example.com"), Fit::Inside);
        assert_eq!(email_fit("A@example.com", "a@example.com"), Fit::Outside);
        assert_eq!(email_fit("a@b@example.com", "example.com"), Fit::Unusable);
        assert_eq!(uri_fit("ldap://u@dir.example.com:389/x", "dir.example.com"), Fit::Inside);
        assert_eq!(uri_fit("http://192.0.2.1/", ".example.com"), Fit::Unusable);
    }

    #[test]
    fn addresses_are_compared_under_a_proper_mask() {
        assert_eq!(ip_fit(&[192, 0, 2, 9], &[192, 0, 2, 0, 255, 255, 255, 0]), Fit::Inside);
        assert_eq!(ip_fit(&[192, 0, 3, 9], &[192, 0, 2, 0, 255, 255, 255, 0]), Fit::Outside);
        assert_eq!(ip_fit(&[192, 0, 2, 9], &[192, 0, 2, 0, 255, 0, 255, 0]), Fit::Unusable);
        assert_eq!(ip_fit(&[192, 0, 2, 9], &[192, 0, 2, 0]), Fit::Unusable);
        assert_eq!(ip_fit(&[0; 16], &[192, 0, 2, 0, 255, 255, 255, 0]), Fit::Outside);
    }
}
