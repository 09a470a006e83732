//! `[listener.NAME.policy.NAME]` and `[[listener.NAME.group]]`: who may send what over which kind of connection. How they stand in the
//! file is in `mail_flow_reading.rs`.

use std::fmt;
use std::str::FromStr;

use ipnet::IpNet;

use super::domain::{DomainKey, host_name};
use super::problem::Mistake;
use super::reader::excerpt;
use super::words::Word;
use crate::model::host_name::HostName;

/// What happens to a connection that a sender group picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Mail for accepted domains.
    Accept,
    /// Mail for every domain.
    Relay,
    /// 554 at the greeting.
    Reject,
    /// The connection is closed before the greeting.
    TcpRefuse,
}

impl Word for Action {
    const WORDS: &'static [(Action, &'static str)] = &[
        (Action::Accept, "ACCEPT"),
        (Action::Relay, "RELAY"),
        (Action::Reject, "REJECT"),
        (Action::TcpRefuse, "TCPREFUSE"),
    ];
}

/// STARTTLS on a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenerTls {
    Off,
    Preferred,
    Required,
}

impl Word for ListenerTls {
    const WORDS: &'static [(ListenerTls, &'static str)] =
        &[(ListenerTls::Off, "off"), (ListenerTls::Preferred, "preferred"), (ListenerTls::Required, "required")];
}

/// Which extended key usage a client certificate must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientUsage {
    Client,
    /// Public authorities no longer give `clientAuth`.
    Any,
}

impl Word for ClientUsage {
    const WORDS: &'static [(ClientUsage, &'static str)] = &[(ClientUsage::Client, "client"), (ClientUsage::Any, "any")];
}

/// An envelope sender or recipient, or a whole domain of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressPattern {
    /// `user@example.com`; the local part in the case in which it was given.
    Address { local: String, domain: HostName },
    /// `@example.com` or `@.example.com`.
    Domain(DomainKey),
}

/// A named set of rules for connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFlowPolicy {
    pub name: String,
    pub action: Action,
    pub tls: ListenerTls,
    /// Under `Preferred`: envelope senders that must use TLS.
    pub tls_senders: Vec<AddressPattern>,
    /// A client certificate that is not valid is refused; under `Required` one must be shown.
    pub verify_client: bool,
    pub client_usage: ClientUsage,
    /// Octets of a message; `None` is the engine's limit.
    pub message_size: Option<u64>,
    /// `None` is the engine's limit.
    pub recipients_per_message: Option<u32>,
    /// `None` is the engine's limit.
    pub messages_per_connection: Option<u32>,
    /// Connections from one address at the same time; `None` is the engine's limit.
    pub connections_per_address: Option<u32>,
}

impl MailFlowPolicy {
    pub fn takes_mail(&self) -> bool {
        matches!(self.action, Action::Accept | Action::Relay)
    }

    pub fn offers_tls(&self) -> bool {
        self.takes_mail() && self.tls != ListenerTls::Off
    }
}

/// Who a connection comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SenderPattern {
    /// One address or a network.
    Network(IpNet),
    /// A host name, or with a dot in front all below it; counts only when it resolves back to the address, and never for `RELAY`.
    Host(DomainKey),
    /// `ALL`.
    All,
}

/// Connections that get the same policy. Groups are tried in order; the last is `ALL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderGroup {
    pub name: String,
    /// Name of a policy of the same listener.
    pub policy: String,
    pub senders: Vec<SenderPattern>,
}

/// Octets of a local part (RFC 5321 section 4.5.3.1.1).
const LOCAL_LIMIT: usize = 64;

impl FromStr for AddressPattern {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<AddressPattern, Mistake> {
        let unfit = |why: &str| Mistake::new(format!("`{}` is no mail address: {why}", excerpt(text)));
        let Some((local, domain)) = text.rsplit_once('@') else {
            let near = text.parse::<DomainKey>().ok().map(|domain| format!("@{domain}"));
            return Err(unfit("it has no @").meant(near));
        };
        if local.is_empty() {
            return Ok(AddressPattern::Domain(domain.parse()?));
        }
        if local.len() > LOCAL_LIMIT {
            return Err(unfit("more than 64 octets stand before the @ (RFC 5321 section 4.5.3.1.1)"));
        }
        if local.contains('@') || local.chars().any(|c| c.is_control() || c.is_whitespace() || "<>,;".contains(c)) {
            return Err(unfit("what stands before the @ has a character that needs no address"));
        }
        Ok(AddressPattern::Address { local: local.to_owned(), domain: host_name(domain)? })
    }
}

impl fmt::Display for AddressPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressPattern::Address { local, domain } => write!(f, "{local}@{domain}"),
            AddressPattern::Domain(domain) => write!(f, "@{domain}"),
        }
    }
}

/// `ALL`, an address, a network, a host name, or `.example.com`.
impl FromStr for SenderPattern {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<SenderPattern, Mistake> {
        if text.eq_ignore_ascii_case("ALL") {
            return Ok(SenderPattern::All);
        }
        if let Ok(address) = text.parse::<std::net::IpAddr>() {
            return Ok(SenderPattern::Network(IpNet::from(address)));
        }
        if !text.contains('/') {
            return text.parse().map(SenderPattern::Host).map_err(|mistake: Mistake| Mistake {
                message: format!(
                    "`{}` is no sender: neither ALL nor an address, a network, a host name or .domain",
                    excerpt(text)
                ),
                ..mistake
            });
        }
        let network: IpNet = text.parse().map_err(|_| {
            Mistake::new(format!("`{}` is no network such as 192.0.2.0/24 or 2001:db8::/32", excerpt(text)))
        })?;
        match network.trunc() == network {
            true => Ok(SenderPattern::Network(network)),
            false => Err(Mistake::new(format!("`{}` is no network: it has bits behind its prefix", excerpt(text)))
                .meant(Some(network.trunc().to_string()))),
        }
    }
}

impl fmt::Display for SenderPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SenderPattern::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                network.addr().fmt(f)
            }
            SenderPattern::Network(network) => network.fmt(f),
            SenderPattern::Host(host) => host.fmt(f),
            SenderPattern::All => f.write_str("ALL"),
        }
    }
}
