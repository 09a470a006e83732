//! `[listener.NAME]`: an SMTP server on an interface.

use toml_edit::Table;

use super::domain::DomainKey;
use super::interface::Interface;
use super::mail_flow::{AddressPattern, MailFlowPolicy, SenderGroup};
use super::reader::Reader;
use super::words::Word;

/// Whom a listener is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// The world: TLS may be offered, not demanded (RFC 3207 section 4).
    Public,
    /// Known senders.
    Private,
}

impl Word for Exposure {
    const WORDS: &'static [(Exposure, &'static str)] = &[(Exposure::Public, "public"), (Exposure::Private, "private")];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    pub name: String,
    /// Name of an interface.
    pub interface: String,
    pub port: u16,
    pub exposure: Exposure,
    /// The TLS handshake comes before the greeting (RFC 8314 section 3).
    pub implicit_tls: bool,
    /// Domains that mail is accepted for.
    pub domains: Vec<DomainKey>,
    /// When given, mail for accepted domains is accepted for these recipients only.
    pub recipients: Option<Vec<AddressPattern>>,
    pub policies: Vec<MailFlowPolicy>,
    /// In the order in which they are tried.
    pub groups: Vec<SenderGroup>,
}

impl Listener {
    pub fn policy(&self, name: &str) -> Option<&MailFlowPolicy> {
        self.policies.iter().find(|policy| policy.name == name)
    }
}

pub(super) fn read(reader: &mut Reader<'_>, root: &Table, interfaces: &[Interface]) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for (name, table) in reader.named_tables(root, "listener") {
        reader.no_others(table, &format!("listener.{name}"), &["interface", "port"]);
        let interface = reader.reference(table, &name, "interface", interfaces.iter().map(|known| &known.name));
        let port = reader.port(table, &name, "port");
        if let (Some(interface), Some(port)) = (interface, port) {
            listeners.push(Listener {
                name,
                interface,
                port,
                exposure: Exposure::Public,
                implicit_tls: false,
                domains: Vec::new(),
                recipients: None,
                policies: Vec::new(),
                groups: Vec::new(),
            });
        }
    }
    listeners
}
