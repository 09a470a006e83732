//! Names and mail exchangers: a stub resolver that asks recursive servers and says whether DNSSEC vouched for each answer.
//!
//! It validates nothing itself. The AD bit of a server on loopback (or one the machine's administrator marked `trust-ad`) is the
//! word of a validating resolver (RFC 6840 section 5.8); from across a network anybody could have set it.

mod blocking;
mod cache;
mod chain;
mod exchange;
mod resolver;
mod servers;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub use blocking::BlockingResolver;
pub use resolver::{Patience, Resolver};

/// What was found under a name. Names are A-labels in lower case without a final dot; the root is the empty string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// In the order of the server; never empty.
    pub records: Vec<T>,
    /// The aliases that led here, the name that was asked for first; the records stand under what the last one points to.
    pub aliases: Vec<Alias>,
    /// DNSSEC vouched for the records and for every alias.
    pub vouched: bool,
}

/// One CNAME record (RFC 1034 section 3.6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    pub name: String,
    pub target: String,
}

/// One MX record (RFC 1035 section 3.3.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mx {
    /// Lower is tried first.
    pub preference: u16,
    /// The empty string alone is a null MX: the domain takes no mail (RFC 7505).
    pub exchange: String,
}

/// The addresses of a host; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    pub v4: Vec<Ipv4Addr>,
    pub v6: Vec<Ipv6Addr>,
    /// DNSSEC vouched for all of them, and for every alias.
    pub vouched: bool,
    /// The aliases that led to the addresses.
    pub aliases: Vec<Alias>,
}

impl Addresses {
    /// One that needed no question.
    pub fn of(address: IpAddr) -> Addresses {
        let (v4, v6) = match address {
            IpAddr::V4(v4) => (vec![v4], Vec::new()),
            IpAddr::V6(v6) => (Vec::new(), vec![v6]),
        };
        Addresses { v4, v6, ..Addresses::default() }
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// The name does not exist, and nothing below it (NXDOMAIN, RFC 8020).
    #[error("there is no name {name} in DNS")]
    NoSuchName { name: String, vouched: bool },
    /// The name exists without records of this type (NODATA, RFC 2308).
    #[error("{name} has no {kind} record")]
    NoData { name: String, kind: &'static str, vouched: bool },
    /// The servers answered, and the last of them said that it could not find out.
    #[error("DNS server {server} answered {code} for {kind} of {name}")]
    Refused { name: String, kind: &'static str, server: SocketAddr, code: String },
    /// No server answered in time.
    #[error("no DNS server answered for {kind} of {name} ({servers})")]
    Timeout { name: String, kind: &'static str, servers: String },
    /// The connection to every server failed, such as on a port where nobody listens.
    #[error("DNS server {server} cannot be asked for {kind} of {name}: {reason}")]
    Unreachable { name: String, kind: &'static str, server: SocketAddr, reason: String },
    /// More aliases in a row than anybody needs, or a circle of them.
    #[error("{name} leads through more than {limit} aliases")]
    TooManyAliases { name: String, limit: usize },
    #[error("`{0}` cannot be a name in DNS")]
    BadName(String),
}

impl DnsError {
    /// DNS says that it is not there, as opposed to not knowing.
    pub fn is_absent(&self) -> bool {
        matches!(self, DnsError::NoSuchName { .. } | DnsError::NoData { .. })
    }
}
