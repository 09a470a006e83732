//! `[interface.NAME]`: an IP address with the host name that belongs to it.

use std::net::IpAddr;

use toml_edit::Table;

use super::reader::Reader;
use crate::model::host_name::HostName;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    /// `0.0.0.0` and `::` stand for every address of the machine.
    pub address: IpAddr,
    pub hostname: HostName,
    /// The port of its web server; `None` serves no pages.
    pub https: Option<u16>,
}

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> Vec<Interface> {
    let mut interfaces = Vec::new();
    for (name, table) in reader.named_tables(root, "interface") {
        reader.no_others(table, &format!("interface.{name}"), &["address", "hostname"]);
        let address = reader.needed(table, &name, "address", |text| {
            text.parse::<IpAddr>().map_err(|_| (format!("`{text}` is no IP address"), None))
        });
        let hostname = reader.needed(table, &name, "hostname", |text| {
            text.parse::<HostName>().map_err(|error| (format!("`{text}` is no host name: {error}"), error.suggestion))
        });
        if let (Some(address), Some(hostname)) = (address, hostname) {
            interfaces.push(Interface { name, address, hostname, https: None });
        } else {
            reader.spoiled("interface", name);
        }
    }
    if interfaces.is_empty() {
        reader.note_missing("there is no interface; add [interface.\"Data 1\"] with address and hostname");
    }
    interfaces
}
