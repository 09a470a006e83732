//! The name of the machine at the other end: what its address resolves to, and whether that resolves back.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::timeout;

use crate::model::host_name::HostName;
use crate::sys::dns::Resolver;

/// Longer than this no greeting waits for DNS.
const PATIENCE: Duration = Duration::from_secs(5);
/// Names of one address that are looked up; more is not honest.
const NAMES: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reverse {
    pub name: Option<HostName>,
    /// The name resolves back to the address.
    pub verified: bool,
}

impl Reverse {
    pub fn verified_name(&self) -> Option<&HostName> {
        self.name.as_ref().filter(|_| self.verified)
    }
}

/// Asks DNS. What it does not know in time has no name.
pub async fn look_up(resolver: &Resolver, address: IpAddr) -> Reverse {
    let address = address.to_canonical();
    if address.is_loopback() {
        // Nobody else can have this address, whatever DNS says.
        return Reverse { name: "localhost".parse().ok(), verified: true };
    }
    timeout(PATIENCE, ask(resolver, address)).await.unwrap_or_default()
}

async fn ask(resolver: &Resolver, address: IpAddr) -> Reverse {
    let Ok(answer) = resolver.names(address).await else { return Reverse::default() };
    let names: Vec<HostName> = answer.records.iter().take(NAMES).filter_map(|name| name.parse().ok()).collect();
    for name in &names {
        let Ok(found) = resolver.addresses(name.as_str()).await else { continue };
        let is_back = match address {
            IpAddr::V4(v4) => found.v4.contains(&v4),
            IpAddr::V6(v6) => found.v6.contains(&v6),
        };
        if is_back {
            return Reverse { name: Some(name.clone()), verified: true };
        }
    }
    Reverse { name: names.into_iter().next(), verified: false }
}
