//! How mail-flow policies and sender groups stand in the file, and those that a listener has without naming any.

use std::collections::BTreeSet;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use toml_edit::Table;

use super::key::{Key, Kind, words};
use super::listener::Exposure;
use super::mail_flow::{Action, ClientUsage, ListenerTls, MailFlowPolicy, SenderGroup, SenderPattern};
use super::problem::{Mistake, nearest};
use super::reader::{ALONE, Reader, heading};
use super::section::Section;

/// Policies that every listener has. A table of the same name changes one.
pub const BUILT_IN_POLICIES: [(&str, Action); 3] =
    [("ACCEPTED", Action::Accept), ("RELAYED", Action::Relay), ("BLOCKED", Action::Reject)];

const ACTION: Key = Key::new("action", Kind::Words(words::<Action>), "what happens to the connection");
const TLS: Key = Key::new("tls", Kind::Words(words::<ListenerTls>), "STARTTLS").default("off");
const TLS_SENDERS: Key = Key::new(
    "tls-senders",
    Kind::List("addresses such as `user@example.com`, `@example.com`, `@.example.com`"),
    "envelope senders that must use TLS where it is preferred",
);
const VERIFY_CLIENT: Key = Key::new(
    "verify-client",
    Kind::Switch,
    "refuse a client certificate that is not valid; where TLS is required, ask for one",
)
.default("false");
const CLIENT_USAGE: Key = Key::new(
    "client-usage",
    Kind::Words(words::<ClientUsage>),
    "extended key usage that a client certificate must have",
)
.default("client");
const MESSAGE_SIZE: Key = Key::new(
    "message-size",
    Kind::Size { from: 64 << 10, to: 2 << 30 },
    "size of a message; limits.message-size unless set",
);
const RECIPIENTS_PER_MESSAGE: Key = Key::new(
    "recipients-per-message",
    Kind::Number { from: 1, to: 100_000 },
    "recipients of a message; limits.recipients-per-message unless set",
);
const MESSAGES_PER_CONNECTION: Key = Key::new(
    "messages-per-connection",
    Kind::Number { from: 1, to: 1_000_000 },
    "messages in one connection; limits.messages-per-connection unless set",
);
const CONNECTIONS_PER_ADDRESS: Key = Key::new(
    "connections-per-address",
    Kind::Number { from: 1, to: 1_000_000 },
    "connections from one address at the same time; limits.connections-per-address unless set",
);
pub const POLICY_KEYS: &[Key] = &[
    ACTION,
    TLS,
    TLS_SENDERS,
    VERIFY_CLIENT,
    CLIENT_USAGE,
    MESSAGE_SIZE,
    RECIPIENTS_PER_MESSAGE,
    MESSAGES_PER_CONNECTION,
    CONNECTIONS_PER_ADDRESS,
];

const NAME: Key = Key::new("name", Kind::Text("a name"), "name of the group");
const POLICY: Key =
    Key::new("policy", Kind::Text("the name of a policy of this listener"), "what applies to these senders");
const SENDERS: Key = Key::new(
    "senders",
    Kind::List("senders: ALL, addresses, networks, host names, .domains"),
    "whom a connection comes from; tried in order, the last group is ALL",
);
pub const GROUP_KEYS: &[Key] = &[NAME, POLICY, SENDERS];

/// The policies of a listener: those of the file, and the built-in ones that the file does not change.
pub(super) fn read_policies(reader: &mut Reader<'_>, table: &Table, listener: &str) -> Vec<MailFlowPolicy> {
    let mut policies = Vec::new();
    for (name, table) in reader.named_tables(table, &["listener", listener], "policy") {
        let path = ["listener", listener, "policy", name];
        policies.push(policy(&mut reader.section(table, &path, POLICY_KEYS, ALONE), name));
    }
    for (name, action) in BUILT_IN_POLICIES {
        if !policies.iter().any(|policy| policy.name == name) {
            policies.push(plain(name, action));
        }
    }
    policies
}

fn policy(section: &mut Section<'_, '_, '_>, name: &str) -> MailFlowPolicy {
    let built_in = BUILT_IN_POLICIES.iter().find(|(known, _)| *known == name).map(|(_, action)| *action);
    if built_in.is_none() {
        section.needs(&ACTION);
    }
    let action = section.word(&ACTION).or(built_in).unwrap_or(Action::Reject);
    let plain = plain(name, action);
    let policy = MailFlowPolicy {
        tls: section.word(&TLS).unwrap_or(plain.tls),
        tls_senders: section.list(&TLS_SENDERS, str::parse).unwrap_or_default(),
        verify_client: section.switch(&VERIFY_CLIENT).unwrap_or(plain.verify_client),
        client_usage: section.word(&CLIENT_USAGE).unwrap_or(plain.client_usage),
        message_size: section.size(&MESSAGE_SIZE),
        recipients_per_message: section.number(&RECIPIENTS_PER_MESSAGE),
        messages_per_connection: section.number(&MESSAGES_PER_CONNECTION),
        connections_per_address: section.number(&CONNECTIONS_PER_ADDRESS),
        ..plain
    };
    if policy.tls == ListenerTls::Off && section.has(&TLS_SENDERS) && !policy.tls_senders.is_empty() {
        section.report(&TLS_SENDERS, Mistake::new("`tls-senders` must use TLS, but `tls` is off").meant(None));
    }
    if policy.tls == ListenerTls::Off && policy.verify_client {
        section.report(&VERIFY_CLIENT, Mistake::new("`verify-client` needs TLS, but `tls` is off"));
    }
    policy
}

/// A policy that leaves everything else as it is without one.
fn plain(name: &str, action: Action) -> MailFlowPolicy {
    MailFlowPolicy {
        name: name.to_owned(),
        action,
        tls: ListenerTls::Off,
        tls_senders: Vec::new(),
        verify_client: false,
        client_usage: ClientUsage::Client,
        message_size: None,
        recipients_per_message: None,
        messages_per_connection: None,
        connections_per_address: None,
    }
}

/// The sender groups of a listener in their order; without any, the built-in ones.
pub(super) fn read_groups(
    reader: &mut Reader<'_>,
    table: &Table,
    listener: &str,
    exposure: Exposure,
    policies: &[MailFlowPolicy],
) -> Vec<SenderGroup> {
    let path = ["listener", listener];
    let Some(item) = table.get("group") else { return built_in_groups(exposure) };
    let Some(tables) = item.as_array_of_tables() else {
        let wanted = heading(&["listener", listener, "group"]);
        reader.report(item.span(), &path, Mistake::new(format!("write each group as [{wanted}] on a line of its own")));
        return Vec::new();
    };
    let path = ["listener", listener, "group"];
    let mut groups: Vec<SenderGroup> = Vec::new();
    let mut names = BTreeSet::new();
    let mut all_at = None;
    let count = tables.len();
    for (index, table) in tables.iter().enumerate() {
        let mut section = reader.section(table, &path, GROUP_KEYS, ALONE);
        let group = group(&mut section, policies);
        if !group.name.is_empty() && !names.insert(group.name.clone()) {
            section.report(&NAME, Mistake::new(format!("there is a group `{}` already", group.name)));
        }
        let is_all = group.senders.contains(&SenderPattern::All);
        if let Some(all) = &all_at {
            section.report(&SENDERS, Mistake::new(format!("nobody gets here: the group `{all}` before it takes ALL")));
        } else if !is_all && index + 1 == count && section.has(&SENDERS) {
            section.report(
                &SENDERS,
                Mistake::new("the last group must take the rest").meant(Some("[\"ALL\"]".to_owned())),
            );
        }
        if is_all && all_at.is_none() {
            all_at = Some(group.name.clone());
        }
        groups.push(group);
    }
    groups
}

fn group(section: &mut Section<'_, '_, '_>, policies: &[MailFlowPolicy]) -> SenderGroup {
    for key in GROUP_KEYS {
        section.needs(key);
    }
    let name = section.text(&NAME, |text| match super::reader::is_name(text) {
        true => Ok(text.to_owned()),
        false => Err(Mistake::new("the name of a group has 1 to 63 printable characters without `/`, `:` and quotes")),
    });
    let policy = section.text(&POLICY, |text| match policies.iter().find(|policy| policy.name == text) {
        Some(policy) => Ok(policy),
        None => {
            let known: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
            let near = nearest(text, known.iter().copied());
            Err(Mistake::new(format!("this listener has no policy `{text}`; there is {}", known.join(", ")))
                .meant(near))
        }
    });
    let relays = policy.is_some_and(|policy| policy.action == Action::Relay);
    let senders = section.list(&SENDERS, |text| match text.parse()? {
        // Whoever owns an address decides what its name is, so a name must not open the gateway.
        SenderPattern::Host(host) if relays => Err(Mistake::new(format!(
            "a policy with the action RELAY takes addresses and networks only, not the host name `{host}`"
        ))),
        pattern => Ok(pattern),
    });
    if senders.as_ref().is_some_and(Vec::is_empty) {
        section.report(&SENDERS, Mistake::new("`senders` is empty, so that the group takes nobody"));
    }
    SenderGroup {
        name: name.unwrap_or_default(),
        policy: policy.map(|policy| policy.name.clone()).unwrap_or_default(),
        senders: senders.unwrap_or_default(),
    }
}

/// This machine relays; a public listener accepts mail from everyone else, a private one refuses them.
pub fn built_in_groups(exposure: Exposure) -> Vec<SenderGroup> {
    let loopback = [
        IpNet::V4(Ipv4Net::new_assert(std::net::Ipv4Addr::new(127, 0, 0, 0), 8)),
        IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::LOCALHOST, 128)),
    ];
    let rest = match exposure {
        Exposure::Public => "ACCEPTED",
        Exposure::Private => "BLOCKED",
    };
    vec![
        SenderGroup {
            name: "RELAYLIST".to_owned(),
            policy: "RELAYED".to_owned(),
            senders: loopback.map(SenderPattern::Network).to_vec(),
        },
        SenderGroup { name: "ALL".to_owned(), policy: rest.to_owned(), senders: vec![SenderPattern::All] },
    ]
}
