//! `interface list` and `interface show`.

use crate::app::interfaces::{InterfaceList, InterfaceShown};

use super::answer::Answer;
use super::entry_table::{self, Column};
use super::page::Page;
use super::views::field;

const COLUMNS: [Column<InterfaceShown>; 5] = [
    ("Name", |shown| shown.name.clone()),
    ("Address", |shown| shown.address.clone()),
    ("Host Name", |shown| shown.hostname.clone()),
    ("HTTPS", |shown| shown.https.map_or_else(|| "-".to_owned(), |port| port.to_string())),
    ("Used By", used_by),
];

impl Answer for InterfaceList {
    const SCHEMA: &'static str = "sealpost.interface-list/1";

    fn page(&self, page: &mut Page) {
        entry_table::print(page, &COLUMNS, &self.interfaces, |shown| shown.staged);
    }
}

impl Answer for InterfaceShown {
    const SCHEMA: &'static str = "sealpost.interface-show/1";

    fn page(&self, page: &mut Page) {
        entry_table::headline(page, "interface", &self.name, self.staged);
        field(page, "address", &self.address);
        field(page, "host name", &self.hostname);
        field(page, "admin pages", &self.https.map_or_else(|| "none".to_owned(), |port| format!("port {port}")));
        field(page, "used by", &used_by(self));
    }
}

fn used_by(shown: &InterfaceShown) -> String {
    let listeners = shown.listeners.iter().map(|name| format!("listener {name}"));
    let delivery = shown.delivers.then(|| "delivery".to_owned());
    let users: Vec<String> = listeners.chain(delivery).collect();
    if users.is_empty() { "-".to_owned() } else { users.join(", ") }
}
