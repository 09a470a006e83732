//! `[listener.NAME]`: an SMTP server on an interface.

use std::collections::BTreeMap;
use std::time::Duration;

use toml_edit::Table;

use super::domain::DomainKey;
use super::interface::Interface;
use super::key::{Key, Kind, PORT, words};
use super::mail_flow::{AddressPattern, MailFlowPolicy, SenderGroup, SenderPattern};
use super::mail_flow_reading::{read_groups, read_policies};
use super::problem::Mistake;
use super::reader::{Beside, Reader};
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

/// What becomes of a CR or LF by itself in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BareLineEnds {
    /// The message is refused (RFC 5321 section 2.3.8): one server's line end must not be another's text.
    #[default]
    Refuse,
    /// It becomes CR LF; it never ends the message.
    Normalize,
}

impl BareLineEnds {
    pub fn is_normalize(self) -> bool {
        self == BareLineEnds::Normalize
    }
}

impl Word for BareLineEnds {
    const WORDS: &'static [(BareLineEnds, &'static str)] =
        &[(BareLineEnds::Refuse, "refuse"), (BareLineEnds::Normalize, "normalize")];
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
    pub bare_line_ends: BareLineEnds,
    /// Strangers wait this long for the greeting; whoever does not is no mail server and gets 554.
    pub greeting_delay: Option<Duration>,
    pub policies: Vec<MailFlowPolicy>,
    /// In the order in which they are tried.
    pub groups: Vec<SenderGroup>,
}

impl Listener {
    pub fn policy(&self, name: &str) -> Option<&MailFlowPolicy> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    /// The group that takes everyone whom no other takes, and its policy.
    pub fn rest(&self) -> Option<(&SenderGroup, &MailFlowPolicy)> {
        let group = self.groups.iter().find(|group| group.senders.contains(&SenderPattern::All))?;
        Some((group, self.policy(&group.policy)?))
    }

    /// Whether anybody gets to see a certificate here.
    pub fn offers_tls(&self) -> bool {
        self.implicit_tls || self.policies.iter().any(MailFlowPolicy::offers_tls)
    }
}

const INTERFACE: Key = Key::new("interface", Kind::Text("the name of an interface"), "interface that it listens on");
const PORT_KEY: Key = Key::new("port", PORT, "port that it listens on");
const EXPOSURE: Key = Key::new(
    "exposure",
    Kind::Words(words::<Exposure>),
    "public takes mail from the world, private from known senders",
)
.default("public");
const IMPLICIT_TLS: Key =
    Key::new("implicit-tls", Kind::Switch, "the TLS handshake comes before the greeting (RFC 8314)").default("false");
const DOMAINS: Key = Key::new(
    "domains",
    Kind::List("domains such as `example.com`, or `.example.com` for all below it"),
    "domains that mail is accepted for",
);
const RECIPIENTS: Key = Key::new(
    "recipients",
    Kind::List("addresses such as `user@example.com`, `@example.com`, `@.example.com`"),
    "recipients that mail is accepted for; all of the domains, unless set",
);
const BARE_LINE_ENDS: Key = Key::new(
    "bare-line-ends",
    Kind::Words(words::<BareLineEnds>),
    "what becomes of a message with a CR or LF by itself",
)
.default("refuse");
/// Longer, and honest clients give up: RFC 5321 section 4.5.3.2.1 has them wait five minutes, many wait thirty seconds.
const GREETING_DELAY: Key = Key::new(
    "greeting-delay",
    Kind::DurationOrOff { from: 1, to: 30 },
    "wait before strangers are greeted; whoever talks before gets 554",
)
.default("off");
pub const KEYS: &[Key] =
    &[INTERFACE, PORT_KEY, EXPOSURE, IMPLICIT_TLS, DOMAINS, RECIPIENTS, BARE_LINE_ENDS, GREETING_DELAY];

pub(super) fn read(reader: &mut Reader<'_>, root: &Table, interfaces: &[Interface]) -> Vec<Listener> {
    let mut listeners: Vec<Listener> = Vec::new();
    // By address and port, so that two names of one address count as one.
    let mut places: BTreeMap<(std::net::IpAddr, u16), String> = interfaces
        .iter()
        .filter_map(|interface| {
            Some(((interface.address, interface.https?), format!("the admin pages of interface `{}`", interface.name)))
        })
        .collect();
    for (name, table) in reader.named_tables(root, &[], "listener") {
        reader.declare("listener", name);
        let path = ["listener", name];
        let mut section = reader.section(table, &path, KEYS, Beside::Tables(&["policy", "group"]));
        section.needs(&INTERFACE);
        section.needs(&PORT_KEY);
        let interface = section.reference(&INTERFACE, "interface");
        let port = section.number(&PORT_KEY);
        let exposure = section.word(&EXPOSURE).unwrap_or(Exposure::Public);
        let implicit_tls = section.switch(&IMPLICIT_TLS).unwrap_or(false);
        let domains = section.list(&DOMAINS, str::parse).unwrap_or_default();
        let recipients = section.list(&RECIPIENTS, str::parse);
        let bare_line_ends = section.word(&BARE_LINE_ENDS).unwrap_or_default();
        let greeting_delay = section.duration_or_off(&GREETING_DELAY).flatten();
        let address =
            interfaces.iter().find(|known| Some(&known.name) == interface.as_ref()).map(|known| known.address);
        if let (Some(address), Some(port)) = (address, port)
            && let Some(other) = places.insert((address, port), format!("listener `{name}`"))
        {
            section.report(&PORT_KEY, Mistake::new(format!("{other} has {address} port {port} already")));
        }
        let policies = read_policies(reader, table, name);
        let groups = read_groups(reader, table, name, exposure, &policies);
        if let (Some(interface), Some(port)) = (interface, port) {
            listeners.push(Listener {
                name: name.to_owned(),
                interface,
                port,
                exposure,
                implicit_tls,
                domains,
                recipients,
                bare_line_ends,
                greeting_delay,
                policies,
                groups,
            });
        }
    }
    listeners
}
