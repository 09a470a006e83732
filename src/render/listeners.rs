//! `listener list` and `listener show`, and the lists of policies and groups.

use crate::app::listener_groups::{GroupList, GroupShown};
use crate::app::listener_policies::{PolicyList, PolicyShown};
use crate::app::listeners::{ListenerList, ListenerShown};

use super::answer::Answer;
use super::configured::short;
use super::entry_table::{self, Column};
use super::page::Page;
use super::views::field;

const COLUMNS: [Column<ListenerShown>; 6] = [
    ("Name", |shown| shown.name.clone()),
    ("Interface", |shown| shown.interface.clone()),
    ("Port", |shown| shown.port.to_string()),
    ("Kind", |shown| shown.exposure.clone()),
    ("TLS", tls),
    ("Domains", |shown| if shown.domains.is_empty() { "-".to_owned() } else { short(&shown.domains) }),
];

const POLICY_COLUMNS: [Column<PolicyShown>; 5] = [
    ("Policy", |shown| shown.name.clone()),
    ("Action", |shown| shown.action.clone()),
    ("TLS", |shown| shown.tls.clone()),
    ("Picked By", |shown| if shown.groups.is_empty() { "-".to_owned() } else { shown.groups.join(", ") }),
    ("More", more),
];

const GROUP_COLUMNS: [Column<GroupShown>; 5] = [
    ("Group", |shown| shown.name.clone()),
    ("Senders", |shown| short(&shown.senders)),
    ("Policy", |shown| shown.policy.clone()),
    ("Action", |shown| shown.action.clone()),
    ("TLS", |shown| shown.tls.clone()),
];

impl Answer for ListenerList {
    const SCHEMA: &'static str = "sealpost.listener-list/1";

    fn page(&self, page: &mut Page) {
        entry_table::print(page, &COLUMNS, &self.listeners, |shown| shown.staged);
    }
}

impl Answer for ListenerShown {
    const SCHEMA: &'static str = "sealpost.listener-show/1";

    fn page(&self, page: &mut Page) {
        entry_table::headline(page, "listener", &self.name, self.staged);
        field(page, "listens on", &format!("{} port {} ({})", self.address, self.port, self.interface));
        field(page, "host name", &self.hostname);
        field(page, "kind", &self.exposure);
        field(page, "TLS", &tls(self));
        field(page, "domains", &if self.domains.is_empty() { "none".to_owned() } else { self.domains.join(", ") });
        if let Some(recipients) = &self.recipients {
            field(page, "recipients", &short(recipients));
        }
        page.line("");
        entry_table::print(page, &GROUP_COLUMNS, &self.groups, |_| None);
        page.line("");
        entry_table::print(page, &POLICY_COLUMNS, &self.policies, |_| None);
    }
}

impl Answer for PolicyList {
    const SCHEMA: &'static str = "sealpost.listener-policy-list/1";

    fn page(&self, page: &mut Page) {
        entry_table::print(page, &POLICY_COLUMNS, &self.policies, |_| None);
    }
}

impl Answer for GroupList {
    const SCHEMA: &'static str = "sealpost.listener-group-list/1";

    fn page(&self, page: &mut Page) {
        entry_table::print(page, &GROUP_COLUMNS, &self.groups, |_| None);
    }
}

fn tls(shown: &ListenerShown) -> String {
    if shown.implicit_tls { "implicit".to_owned() } else { shown.tls.clone() }
}

/// What a policy says beyond action and TLS.
fn more(shown: &PolicyShown) -> String {
    let limit = |value: Option<u32>, what: &str| value.map(|value| format!("{value} {what}"));
    let parts = [
        shown.built_in.then(|| "built in".to_owned()),
        shown.verify_client.then(|| match shown.client_usage.as_str() {
            "any" => "verifies client certificates of any usage".to_owned(),
            _ => "verifies client certificates".to_owned(),
        }),
        (!shown.tls_senders.is_empty()).then(|| format!("TLS for {}", short(&shown.tls_senders))),
        shown.message_size.as_ref().map(|size| format!("messages up to {size}")),
        limit(shown.recipients_per_message, "recipients per message"),
        limit(shown.messages_per_connection, "messages per connection"),
        limit(shown.connections_per_address, "connections per address"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
