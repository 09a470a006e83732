//! What accepted domains, destinations and routes are keyed by: a domain, or all of its subdomains.

use std::fmt;
use std::str::FromStr;

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
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<DomainKey, HostNameError> {
        match text.strip_prefix('.') {
            Some(rest) => Ok(DomainKey { below: true, domain: rest.parse()? }),
            None => Ok(DomainKey { below: false, domain: text.parse()? }),
        }
    }
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
