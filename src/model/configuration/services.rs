//! `[ldap]`, `[urlfilter]` and `[service.NAME]`: services that the gateway is a client of.

use crate::model::host_name::HostName;

/// How a client connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientTls {
    No,
    StartTls,
    Implicit,
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
