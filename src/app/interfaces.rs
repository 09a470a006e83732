//! The interfaces of the gateway, as the staged configuration has them.

use crate::model::diagnostic::Diagnostics;

use super::context::Context;
use super::home;

/// An interface and the host name that certificates for it must carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceName {
    pub name: String,
    pub hostname: String,
}

/// In the order of the configuration; the one that deliveries leave from is among them.
pub fn interface_names(context: &Context) -> Result<Vec<InterfaceName>, Diagnostics> {
    let configuration = home::open(context)?.staged()?.configuration()?;
    let interfaces = configuration.interfaces.iter();
    Ok(interfaces
        .map(|interface| InterfaceName { name: interface.name.clone(), hostname: interface.hostname.to_string() })
        .collect())
}
