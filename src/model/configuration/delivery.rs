//! `[delivery]`: how outgoing mail leaves.

use toml_edit::Table;

use super::key::{Key, Kind, TableKeys};
use super::reader::{ALONE, Reader};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Name of an interface; `None` is `auto`, the first one.
    pub interface: Option<String>,
}

const INTERFACE: Key = Key::new(
    "interface",
    Kind::Text("the name of an interface, or auto"),
    "interface that outgoing mail leaves through; auto is the first",
)
.default("auto");
pub const TABLE: TableKeys = TableKeys { path: &["delivery"], about: "how outgoing mail leaves", keys: &[INTERFACE] };

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> Delivery {
    let Some(table) = reader.table(root, &[], "delivery") else { return Delivery::default() };
    let mut section = reader.section(table, TABLE.path, TABLE.keys, ALONE);
    if section.is_text(&INTERFACE, "auto") {
        return Delivery::default();
    }
    Delivery { interface: section.reference(&INTERFACE, "interface") }
}
