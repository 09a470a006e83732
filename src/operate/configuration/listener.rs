//! `[listener.NAME]`: an SMTP server on an interface.

use toml_edit::Table;

use super::interface::Interface;
use super::reader::Reader;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    pub name: String,
    /// Name of an interface.
    pub interface: String,
    pub port: u16,
}

pub(super) fn read(reader: &mut Reader<'_>, root: &Table, interfaces: &[Interface]) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for (name, table) in reader.named_tables(root, "listener") {
        reader.no_others(table, &format!("listener.{name}"), &["interface", "port"]);
        let interface = reader.reference(table, &name, "interface", interfaces.iter().map(|known| &known.name));
        let port = reader.port(table, &name, "port");
        if let (Some(interface), Some(port)) = (interface, port) {
            listeners.push(Listener { name, interface, port });
        }
    }
    listeners
}
