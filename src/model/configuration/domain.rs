//! What accepted domains, destinations and routes are keyed by: a domain, or all of its subdomains.

use std::fmt;
use std::str::FromStr;

use super::problem::Mistake;
use super::reader::excerpt;
use crate::model::host_name::{HostName, HostNameError};

/// `example.com`, or `.example.com` for everything below it but not itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainKey {
    /// Only subdomains are meant.
    pub below: bool,
    pub domain: HostName,
}

impl DomainKey {
    pub fn covers(&self, domain: &HostName) -> bool {
        if !self.below {
            return self.domain == *domain;
        }
        let rest = domain.as_str().strip_suffix(self.domain.as_str());
        rest.is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }

    /// The keys that cover `domain`, the most specific first: itself, then `.parent` upwards.
    pub fn covering(domain: &HostName) -> impl Iterator<Item = String> + '_ {
        let name = domain.as_str();
        let parents = name.match_indices('.').filter_map(move |(at, _)| name.get(at..)).map(str::to_owned);
        std::iter::once(name.to_owned()).chain(parents)
    }
}

impl FromStr for DomainKey {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<DomainKey, Mistake> {
        let (below, name) = match text.strip_prefix('.') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        // `*.example.com` is what other programs write for it.
        if let Some(rest) = text.strip_prefix("*.") {
            let mistake =
                Mistake::new(format!("`{}` is no domain: subdomains are written with a dot in front", excerpt(text)));
            return Err(mistake.meant(rest.parse::<HostName>().ok().map(|domain| format!(".{domain}"))));
        }
        let domain = name.parse().map_err(|error: HostNameError| {
            let dot = if below { "." } else { "" };
            let near = error.suggestion.as_ref().filter(|near| !near.contains(':')).map(|near| format!("{dot}{near}"));
            Mistake::new(format!("`{}` is no domain: {error}", excerpt(text))).meant(near)
        })?;
        Ok(DomainKey { below, domain })
    }
}

/// A host name; the mistake says why it is none.
pub fn host_name(text: &str) -> Result<HostName, Mistake> {
    text.parse().map_err(|error: HostNameError| {
        // What is meant may be an address or a mailbox, which cannot stand here.
        let near = error.suggestion.clone().filter(|near| near.parse::<HostName>().is_ok());
        Mistake::new(format!("`{}` is no host name: {error}", excerpt(text))).meant(near)
    })
}

impl fmt::Display for DomainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below { "." } else { "" }, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_in_front_means_the_subdomains_alone() {
        let below: DomainKey = ".example.com".parse().unwrap();
        let host = |text: &str| text.parse::<HostName>().unwrap();
        assert!(below.covers(&host("a.example.com")) && below.covers(&host("a.b.example.com")));
        assert!(!below.covers(&host("example.com")) && !below.covers(&host("badexample.com")));
        let keys: Vec<String> = DomainKey::covering(&host("a.example.com")).collect();
        assert_eq!(keys, ["a.example.com", ".example.com", ".com"]);
    }
}
