//! How the small tables stand in the file.

use std::net::{IpAddr, SocketAddr};

use toml_edit::Table;

use super::domain::host_name;
use super::key::{Key, Kind, TableKeys};
use super::mail_flow::AddressPattern;
use super::problem::Mistake;
use super::reader::{ALONE, Reader, excerpt};
use super::settings::{Alerts, Authorities, Dns, Limits, Log, Metrics, System};

const HOSTNAME: Key =
    Key::new("hostname", Kind::Text("a host name"), "stands in alerts and page headers only; plays no part in TLS");
pub const SYSTEM: TableKeys = TableKeys { path: &["system"], about: "the gateway as a whole", keys: &[HOSTNAME] };

pub(super) fn read_system(reader: &mut Reader<'_>, root: &Table) -> System {
    let Some(table) = reader.table(root, &[], "system") else { return System::default() };
    let mut section = reader.section(table, SYSTEM.path, SYSTEM.keys, ALONE);
    System { hostname: section.text(&HOSTNAME, host_name) }
}

const SYSTEM_LIST: Key = Key::new("system", Kind::Switch, "trust the authorities of this machine").default("true");
const CUSTOM_LIST: Key = Key::new("custom", Kind::Switch, "trust the authorities that were imported").default("true");
pub const AUTHORITIES: TableKeys =
    TableKeys { path: &["authorities"], about: "which authority lists are trusted", keys: &[SYSTEM_LIST, CUSTOM_LIST] };

pub(super) fn read_authorities(reader: &mut Reader<'_>, root: &Table) -> Authorities {
    let default = Authorities::default();
    let Some(table) = reader.table(root, &[], "authorities") else { return default };
    let mut section = reader.section(table, AUTHORITIES.path, AUTHORITIES.keys, ALONE);
    Authorities {
        system: section.switch(&SYSTEM_LIST).unwrap_or(default.system),
        custom: section.switch(&CUSTOM_LIST).unwrap_or(default.custom),
    }
}

const TO: Key = Key::new("to", Kind::List("mail addresses"), "who is told when something needs a person");
const FROM: Key =
    Key::new("from", Kind::Text("a mail address"), "sender of alerts; alerts@ and the system host name, unless set");
const TLS_REQUIRED: Key =
    Key::new("tls-required", Kind::Switch, "tell when a required TLS connection fails; destinations may say otherwise")
        .default("false");
pub const ALERTS: TableKeys =
    TableKeys { path: &["alerts"], about: "mail to people when something is wrong", keys: &[TO, FROM, TLS_REQUIRED] };

pub(super) fn read_alerts(reader: &mut Reader<'_>, root: &Table) -> Alerts {
    let Some(table) = reader.table(root, &[], "alerts") else { return Alerts::default() };
    let mut section = reader.section(table, ALERTS.path, ALERTS.keys, ALONE);
    Alerts {
        to: section.list(&TO, mail_address).unwrap_or_default(),
        from: section.text(&FROM, mail_address),
        tls_required: section.switch(&TLS_REQUIRED).unwrap_or(false),
    }
}

fn mail_address(text: &str) -> Result<String, Mistake> {
    match text.parse()? {
        AddressPattern::Address { .. } => Ok(text.to_owned()),
        AddressPattern::Domain(_) => {
            Err(Mistake::new(format!("`{}` is no mail address: nothing stands before the @", excerpt(text))))
        }
    }
}

const SERVERS: Key = Key::new(
    "servers",
    Kind::List("addresses such as `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`"),
    "resolvers; without any, those of this machine",
);
pub const DNS: TableKeys = TableKeys { path: &["dns"], about: "resolvers", keys: &[SERVERS] };

pub(super) fn read_dns(reader: &mut Reader<'_>, root: &Table) -> Dns {
    let Some(table) = reader.table(root, &[], "dns") else { return Dns::default() };
    let mut section = reader.section(table, DNS.path, DNS.keys, ALONE);
    Dns { servers: section.list(&SERVERS, |text| socket_address(text, Some(53))).unwrap_or_default() }
}

/// `ADDRESS:PORT`, or with a usual port the address alone.
fn socket_address(text: &str, usual: Option<u16>) -> Result<SocketAddr, Mistake> {
    if let Ok(address) = text.parse::<SocketAddr>()
        && address.port() > 0
    {
        return Ok(address);
    }
    let address = text.parse::<IpAddr>().ok();
    match (address, usual) {
        (Some(address), Some(port)) => Ok(SocketAddr::new(address, port)),
        (Some(_), None) => {
            Err(Mistake::new(format!("`{}` lacks a port, such as 192.0.2.1:9153 or [2001:db8::1]:9153", excerpt(text))))
        }
        (None, _) => Err(Mistake::new(format!("`{}` is no IP address with a port from 1 to 65,535", excerpt(text)))),
    }
}

const fn count(name: &'static str, to: u64, about: &'static str) -> Key {
    Key::new(name, Kind::Number { from: 1, to }, about)
}

const CONNECTIONS: Key = count("connections", 1_000_000, "incoming connections at the same time").default("12000");
const CONNECTIONS_PER_ADDRESS: Key =
    count("connections-per-address", 1_000_000, "the same, from one address").default("300");
const HANDSHAKES: Key = count("handshakes", 100_000, "TLS handshakes under way at the same time").default("256");
const MESSAGE_SIZE: Key =
    Key::new("message-size", Kind::Size { from: 64 << 10, to: 2 << 30 }, "size of a message").default("50M");
const RECIPIENTS_PER_MESSAGE: Key =
    // RFC 5321 section 4.5.3.1.8 asks for 100 at least; fewer is for tests.
    count("recipients-per-message", 100_000, "recipients of a message").default("1000");
const MESSAGES_PER_CONNECTION: Key =
    count("messages-per-connection", 1_000_000, "messages in one incoming connection").default("1000");
const HOPS: Key =
    count("hops", 1_000, "Received fields of a message; more is a loop (RFC 5321 section 6.3)").default("100");
const COMMAND_TIMEOUT: Key =
    Key::new("command-timeout", Kind::Duration { from: 1, to: 3_600 }, "wait for the next command").default("5m");
const DATA_TIMEOUT: Key =
    Key::new("data-timeout", Kind::Duration { from: 1, to: 3_600 }, "wait for the next part of a message")
        .default("3m");
const HANDSHAKE_TIMEOUT: Key =
    Key::new("handshake-timeout", Kind::Duration { from: 1, to: 600 }, "STARTTLS reply and handshake together")
        .default("1m");
const DELIVERIES: Key = count("deliveries", 100_000, "outgoing connections at the same time").default("600");
pub const LIMITS: TableKeys = TableKeys {
    path: &["limits"],
    about: "bounds of the engine",
    keys: &[
        CONNECTIONS,
        CONNECTIONS_PER_ADDRESS,
        HANDSHAKES,
        MESSAGE_SIZE,
        RECIPIENTS_PER_MESSAGE,
        MESSAGES_PER_CONNECTION,
        HOPS,
        COMMAND_TIMEOUT,
        DATA_TIMEOUT,
        HANDSHAKE_TIMEOUT,
        DELIVERIES,
    ],
};

pub(super) fn read_limits(reader: &mut Reader<'_>, root: &Table) -> Limits {
    let default = Limits::default();
    let Some(table) = reader.table(root, &[], "limits") else { return default };
    let mut section = reader.section(table, LIMITS.path, LIMITS.keys, ALONE);
    Limits {
        connections: section.number(&CONNECTIONS).unwrap_or(default.connections),
        connections_per_address: section.number(&CONNECTIONS_PER_ADDRESS).unwrap_or(default.connections_per_address),
        handshakes: section.number(&HANDSHAKES).unwrap_or(default.handshakes),
        message_size: section.size(&MESSAGE_SIZE).unwrap_or(default.message_size),
        recipients_per_message: section.number(&RECIPIENTS_PER_MESSAGE).unwrap_or(default.recipients_per_message),
        messages_per_connection: section.number(&MESSAGES_PER_CONNECTION).unwrap_or(default.messages_per_connection),
        hops: section.number(&HOPS).unwrap_or(default.hops),
        command_timeout: section.duration(&COMMAND_TIMEOUT).unwrap_or(default.command_timeout),
        data_timeout: section.duration(&DATA_TIMEOUT).unwrap_or(default.data_timeout),
        handshake_timeout: section.duration(&HANDSHAKE_TIMEOUT).unwrap_or(default.handshake_timeout),
        deliveries: section.number(&DELIVERIES).unwrap_or(default.deliveries),
    }
}

const JSON: Key = Key::new("json", Kind::Switch, "the same events as JSON lines in log/mail.json").default("false");
const ROTATE_SIZE: Key =
    Key::new("rotate-size", Kind::Size { from: 64 << 10, to: 64 << 30 }, "size at which the file is rotated")
        .default("100M");
const KEEP: Key = Key::new("keep", Kind::Number { from: 0, to: 1_000 }, "rotated files that are kept").default("10");
pub const LOG: TableKeys = TableKeys { path: &["log"], about: "the mail log", keys: &[JSON, ROTATE_SIZE, KEEP] };

pub(super) fn read_log(reader: &mut Reader<'_>, root: &Table) -> Log {
    let default = Log::default();
    let Some(table) = reader.table(root, &[], "log") else { return default };
    let mut section = reader.section(table, LOG.path, LOG.keys, ALONE);
    Log {
        json: section.switch(&JSON).unwrap_or(default.json),
        rotate_size: section.size(&ROTATE_SIZE).unwrap_or(default.rotate_size),
        keep: section.number(&KEEP).unwrap_or(default.keep),
    }
}

const ADDRESS: Key = Key::new(
    "address",
    Kind::Text("an address of loopback with a port, such as 127.0.0.1:9153"),
    "where Prometheus may ask; nowhere unless set",
);
pub const METRICS: TableKeys = TableKeys { path: &["metrics"], about: "numbers for monitoring", keys: &[ADDRESS] };

pub(super) fn read_metrics(reader: &mut Reader<'_>, root: &Table) -> Metrics {
    let Some(table) = reader.table(root, &[], "metrics") else { return Metrics::default() };
    let mut section = reader.section(table, METRICS.path, METRICS.keys, ALONE);
    // Nobody is asked for a password there.
    let on_loopback = |address: SocketAddr| match address.ip().is_loopback() {
        true => Ok(address),
        false => {
            Err(Mistake::new(format!("{address} can be asked from the network, and the numbers are for this machine"))
                .meant(Some(format!("127.0.0.1:{}", address.port()))))
        }
    };
    Metrics { address: section.text(&ADDRESS, |text| socket_address(text, None).and_then(on_loopback)) }
}
