//! `[delivery]`: how outgoing mail leaves.

use toml_edit::Table;

use super::interface::Interface;
use super::reader::Reader;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Name of an interface; `None` is `auto`, the first one.
    pub interface: Option<String>,
}

pub(super) fn read(reader: &mut Reader<'_>, root: &Table, interfaces: &[Interface]) -> Delivery {
    let Some(table) = reader.table(root, "delivery") else { return Delivery::default() };
    reader.no_others(table, "delivery", &["interface"]);
    if table.get("interface").is_none() || table.get("interface").and_then(|item| item.as_str()) == Some("auto") {
        return Delivery::default();
    }
    Delivery { interface: reader.reference(table, "delivery", "interface", interfaces.iter().map(|known| &known.name)) }
}
