//! `[listener.NAME.policy.NAME]` and `[[listener.NAME.group]]`: who may send what over which kind of connection.

use ipnet::IpNet;

use super::domain::DomainKey;
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Who a connection comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
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
