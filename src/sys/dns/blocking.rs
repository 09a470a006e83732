//! The resolver for commands, which wait for each answer.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::runtime::Runtime;

use super::{Addresses, Answer, DnsError, Mx, Resolver};

/// A resolver with a runtime of its own on the calling thread. Not to be used from async code.
#[derive(Debug)]
pub struct BlockingResolver {
    runtime: Runtime,
    resolver: Resolver,
}

impl BlockingResolver {
    /// Asks `configured`, or without any the servers of `/etc/resolv.conf`.
    pub fn new(configured: &[SocketAddr]) -> io::Result<BlockingResolver> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(BlockingResolver { runtime, resolver: Resolver::new(configured) })
    }

    /// See `Resolver::mx`.
    pub fn mx(&self, domain: &str) -> Result<Answer<Mx>, DnsError> {
        self.runtime.block_on(self.resolver.mx(domain))
    }

    /// See `Resolver::addresses`.
    pub fn addresses(&self, host: &str) -> Result<Addresses, DnsError> {
        self.runtime.block_on(self.resolver.addresses(host))
    }

    /// See `Resolver::names`.
    pub fn names(&self, address: IpAddr) -> Result<Answer<String>, DnsError> {
        self.runtime.block_on(self.resolver.names(address))
    }
}
