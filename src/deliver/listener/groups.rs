//! Which sender group a connection belongs to, and so which policy holds for it.

use std::net::IpAddr;

use crate::model::configuration::{Action, Listener, MailFlowPolicy, SenderGroup, SenderPattern};
use crate::model::host_name::HostName;

/// A group that fits, with the pattern of it that did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picked<'a> {
    pub group: &'a SenderGroup,
    pub pattern: &'a SenderPattern,
    /// Its place in the listener's policies.
    pub policy: usize,
}

/// The first group that `address` belongs to. `name` is its name if that resolves back to it; whoever runs a reverse zone can claim any
/// name, and even one that resolves back never lets anybody relay.
pub fn pick<'a>(listener: &'a Listener, address: IpAddr, name: Option<&HostName>) -> Option<Picked<'a>> {
    let address = address.to_canonical();
    listener.groups.iter().find_map(|group| {
        let policy = listener.policies.iter().position(|policy| policy.name == group.policy)?;
        let relays =
            listener.policies.get(policy).is_some_and(|policy: &MailFlowPolicy| policy.action == Action::Relay);
        let pattern = group.senders.iter().find(|pattern| match pattern {
            SenderPattern::Network(network) => network.contains(&address),
            SenderPattern::Host(host) => !relays && name.is_some_and(|name| host.covers(name)),
            SenderPattern::All => true,
        })?;
        Some(Picked { group, pattern, policy })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::configuration::Configuration;

    const TEXT: &str = r#"
        [interface.one]
        address = "127.0.0.1"
        hostname = "mx1.example.com"
        [listener.In]
        interface = "one"
        port = 25
        [[listener.In.group]]
        name = "RELAYLIST"
        policy = "RELAYED"
        senders = ["192.0.2.0/24"]
        [[listener.In.group]]
        name = "BAD"
        policy = "BLOCKED"
        senders = [".bad.example", "2001:db8::/32"]
        [[listener.In.group]]
        name = "ALL"
        policy = "ACCEPTED"
        senders = ["ALL"]
    "#;

    #[test]
    fn the_first_group_that_fits_picks_the_policy_and_names_never_relay() {
        let mut configuration = Configuration::parse(TEXT).unwrap();
        // The configuration refuses a name there; whoever got it in all the same does not relay.
        let name = SenderPattern::Host("relay.example.com".parse().unwrap());
        configuration.listeners[0].groups[0].senders.push(name);
        let listener = configuration.listener("In").unwrap();
        let picked = |address: &str, name: Option<&str>| {
            let name = name.map(|name| name.parse::<HostName>().unwrap());
            let picked = pick(listener, address.parse().unwrap(), name.as_ref()).unwrap();
            (picked.group.name.clone(), picked.pattern.to_string(), listener.policies[picked.policy].action)
        };
        let all = || ("ALL".to_owned(), "ALL".to_owned(), Action::Accept);
        let relay = ("RELAYLIST".to_owned(), "192.0.2.0/24".to_owned(), Action::Relay);
        assert_eq!(picked("192.0.2.7", None), relay);
        assert_eq!(picked("::ffff:192.0.2.7", None), relay);
        assert_eq!(picked("198.51.100.1", Some("relay.example.com")), all());
        assert_eq!(picked("198.51.100.1", Some("mx.bad.example")).0, "BAD");
        assert_eq!(picked("198.51.100.1", Some("bad.example")), all());
        assert_eq!(picked("2001:db8::1", None).1, "2001:db8::/32");
    }
}
