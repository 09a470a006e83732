//! `[ldap]`, `[urlfilter]` and `[service.NAME]`: services that the gateway is a client of.

use toml_edit::Table;

use super::domain::host_name;
use super::key::{Key, Kind, PORT, TableKeys, words};
use super::problem::Mistake;
use super::reader::{ALONE, Reader, excerpt};
use super::section::Section;
use super::words::Word;
use crate::model::host_name::HostName;

/// How a client connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientTls {
    No,
    StartTls,
    Implicit,
}

impl Word for ClientTls {
    const WORDS: &'static [(ClientTls, &'static str)] =
        &[(ClientTls::No, "no"), (ClientTls::StartTls, "starttls"), (ClientTls::Implicit, "implicit")];
}

/// A server that a client role connects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientService {
    /// Unique among the services; `ldap` and `urlfilter` have theirs.
    pub name: String,
    pub host: HostName,
    pub port: u16,
    pub tls: ClientTls,
    /// The service refuses us without the certificate that is bound to its role.
    pub client_certificate_required: bool,
}

/// The directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ldap {
    pub server: ClientService,
    /// Distinguished name under which entries are looked for (RFC 4514).
    pub base: String,
}

const HOST: Key = Key::new("host", Kind::Text("a host name"), "the server");
const LDAP_PORT: Key = Key::new("port", PORT, "its port; 389, or 636 for implicit TLS, unless set");
const PORT_443: Key = Key::new("port", PORT, "its port").default("443");
const SERVICE_PORT: Key = Key::new("port", PORT, "its port");
const LDAP_TLS: Key =
    Key::new("tls", Kind::Words(words::<ClientTls>), "how the connection is protected").default("starttls");
const TLS: Key =
    Key::new("tls", Kind::Words(words::<ClientTls>), "how the connection is protected").default("implicit");
const BASE: Key = Key::new(
    "base",
    Kind::Text("a distinguished name such as `dc=example,dc=com`"),
    "where entries are looked for (RFC 4514)",
);
const CLIENT_CERTIFICATE_REQUIRED: Key =
    Key::new("client-certificate-required", Kind::Switch, "the server refuses us without a certificate")
        .default("false");
pub const LDAP: TableKeys = TableKeys {
    path: &["ldap"],
    about: "the directory",
    keys: &[HOST, LDAP_PORT, LDAP_TLS, BASE, CLIENT_CERTIFICATE_REQUIRED],
};
pub const URLFILTER: TableKeys = TableKeys {
    path: &["urlfilter"],
    about: "the URL filtering service",
    keys: &[HOST, PORT_443, TLS, CLIENT_CERTIFICATE_REQUIRED],
};
/// Of `[service.NAME]`.
pub const KEYS: &[Key] = &[HOST, SERVICE_PORT, TLS, CLIENT_CERTIFICATE_REQUIRED];

pub(super) fn read_ldap(reader: &mut Reader<'_>, root: &Table) -> Option<Ldap> {
    let table = reader.table(root, &[], "ldap")?;
    let mut section = reader.section(table, LDAP.path, LDAP.keys, ALONE);
    section.needs(&BASE);
    let base = section.text(&BASE, base)?;
    let tls = section.word(&LDAP_TLS).unwrap_or(ClientTls::StartTls);
    let usual = if tls == ClientTls::Implicit { 636 } else { 389 };
    let server = server(&mut section, "ldap", &LDAP_PORT, Some(usual), tls)?;
    Some(Ldap { server, base })
}

pub(super) fn read_urlfilter(reader: &mut Reader<'_>, root: &Table) -> Option<ClientService> {
    let table = reader.table(root, &[], "urlfilter")?;
    let mut section = reader.section(table, URLFILTER.path, URLFILTER.keys, ALONE);
    let tls = section.word(&TLS).unwrap_or(ClientTls::Implicit);
    server(&mut section, "urlfilter", &PORT_443, Some(443), tls)
}

pub(super) fn read_services(reader: &mut Reader<'_>, root: &Table) -> Vec<ClientService> {
    let mut services = Vec::new();
    for (name, table) in reader.named_tables(root, &[], "service") {
        reader.declare("service", name);
        let path = ["service", name];
        let mut section = reader.section(table, &path, KEYS, ALONE);
        let tls = section.word(&TLS).unwrap_or(ClientTls::Implicit);
        services.extend(server(&mut section, name, &SERVICE_PORT, None, tls));
    }
    services
}

fn server(
    section: &mut Section<'_, '_, '_>,
    name: &str,
    port: &Key,
    usual: Option<u16>,
    tls: ClientTls,
) -> Option<ClientService> {
    section.needs(&HOST);
    if usual.is_none() {
        section.needs(port);
    }
    let host = section.text(&HOST, host_name);
    let given = section.number(port);
    let required = section.switch(&CLIENT_CERTIFICATE_REQUIRED);
    Some(ClientService {
        name: name.to_owned(),
        host: host?,
        port: given.or(usual)?,
        tls,
        client_certificate_required: required.unwrap_or(false),
    })
}

/// Attribute and value pairs; the directory judges the rest.
fn base(text: &str) -> Result<String, Mistake> {
    let is_pair = |part: &str| {
        part.split_once('=').is_some_and(|(name, value)| !name.trim().is_empty() && !value.trim().is_empty())
    };
    if text.chars().any(char::is_control) || !text.replace("\\,", "").split(',').all(is_pair) {
        return Err(Mistake::new(format!("`base` must be {}, not `{}`", BASE.kind, excerpt(text))));
    }
    Ok(text.to_owned())
}
