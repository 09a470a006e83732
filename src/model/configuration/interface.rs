//! `[interface.NAME]`: an IP address with the host name that belongs to it.

use std::net::IpAddr;

use toml_edit::Table;

use super::domain::host_name;
use super::key::{Key, Kind, PORT};
use super::problem::Mistake;
use super::reader::{ALONE, Reader, excerpt};
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

const ADDRESS: Key =
    Key::new("address", Kind::Text("an IP address"), "address of this machine; 0.0.0.0 and :: are all of them");
const HOSTNAME: Key =
    Key::new("hostname", Kind::Text("a host name"), "name that certificates and the MX record must carry");
const HTTPS: Key = Key::new("https", PORT, "port of the admin pages; without it there are none");
pub const KEYS: &[Key] = &[ADDRESS, HOSTNAME, HTTPS];

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> Vec<Interface> {
    let mut interfaces = Vec::new();
    for (name, table) in reader.named_tables(root, &[], "interface") {
        reader.declare("interface", name);
        let path = ["interface", name];
        let mut section = reader.section(table, &path, KEYS, ALONE);
        section.needs(&ADDRESS);
        section.needs(&HOSTNAME);
        let address = section.text(&ADDRESS, ip_address);
        let hostname = section.text(&HOSTNAME, host_name);
        let https = section.number(&HTTPS);
        if let (Some(address), Some(hostname)) = (address, hostname) {
            interfaces.push(Interface { name: name.to_owned(), address, hostname, https });
        }
    }
    if interfaces.is_empty() {
        reader.note_missing("there is no interface; add [interface.\"Data 1\"] with address and hostname");
    }
    interfaces
}

fn ip_address(text: &str) -> Result<IpAddr, Mistake> {
    text.parse().map_err(|_| Mistake::new(format!("`{}` is no IP address", excerpt(text))))
}
