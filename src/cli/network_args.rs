//! `--fetch-issuers`, `--fetch-private` and `--dns`, for commands that use the network only when they are told to.

use std::net::{IpAddr, SocketAddr};

use clap::Args;

use crate::app::issuer_fetching::FetchOrder;

#[derive(Debug, Args)]
pub struct NetworkArgs {
    /// Fetch issuers that are missing, over the network, from where the certificates say that they are published (http and https)
    #[arg(long)]
    fetch_issuers: bool,

    /// Fetch from addresses that are not of the public internet too
    #[arg(long, requires = "fetch_issuers")]
    fetch_private: bool,

    /// DNS server (repeatable; the machine's without it)
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = server)]
    pub dns: Vec<SocketAddr>,
}

impl NetworkArgs {
    /// `None` when nothing is to be fetched.
    pub fn fetch(&self) -> Option<FetchOrder> {
        self.fetch_issuers.then(|| FetchOrder { dns: self.dns.clone(), allows_private: self.fetch_private })
    }
}

/// For clap.
pub fn server(text: &str) -> Result<SocketAddr, String> {
    let with_port = text.parse().ok().or_else(|| Some(SocketAddr::new(text.parse::<IpAddr>().ok()?, 53)));
    with_port.ok_or_else(|| "an IP address, with a port behind a colon if it is not 53".to_owned())
}
