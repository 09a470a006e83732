//! The servers to ask: those of the configuration, else those of `/etc/resolv.conf` (resolv.conf(5)).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// As many as the system's own resolver reads.
const MOST: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    pub address: SocketAddr,
    /// Its AD bit counts.
    pub trusted: bool,
}

/// `configured`, or without any those of the machine; on loopback when it names none.
pub fn servers(configured: &[SocketAddr]) -> Vec<Server> {
    if configured.is_empty() {
        return from_text(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default());
    }
    configured.iter().map(|address| Server { address: *address, trusted: address.ip().is_loopback() }).collect()
}

fn from_text(text: &str) -> Vec<Server> {
    let lines = || text.lines().map(|line| line.split_whitespace());
    let trust_ad = lines().any(|mut words| words.next() == Some("options") && words.any(|word| word == "trust-ad"));
    let named = lines().filter_map(|mut words| if words.next() == Some("nameserver") { words.next() } else { None });
    let mut servers: Vec<Server> = named.filter_map(address).take(MOST).map(|ip| server(ip, trust_ad)).collect();
    if servers.is_empty() {
        servers.push(server(IpAddr::V4(Ipv4Addr::LOCALHOST), trust_ad));
    }
    servers
}

/// The zone of a link-local address (`fe80::1%eth0`) is left out: such a server cannot be asked without it.
fn address(word: &str) -> Option<IpAddr> {
    word.parse().ok()
}

fn server(ip: IpAddr, trust_ad: bool) -> Server {
    Server { address: SocketAddr::new(ip, 53), trusted: trust_ad || ip.is_loopback() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_servers_are_read_as_resolv_conf_says() {
        let text =
            "# ours\nnameserver 192.0.2.1\nnameserver\t2001:db8::1 \nnameserver bad\noptions edns0\nsearch a.example\n";
        let found = from_text(text);
        let addresses: Vec<String> = found.iter().map(|server| server.address.to_string()).collect();
        assert_eq!(addresses, ["192.0.2.1:53", "[2001:db8::1]:53"]);
        assert!(found.iter().all(|server| !server.trusted), "an AD bit from across a network counted");
        assert!(from_text(&format!("{text}options trust-ad\n")).iter().all(|server| server.trusted));
        assert_eq!(from_text(""), [Server { address: "127.0.0.1:53".parse().unwrap(), trusted: true }]);
    }
}
