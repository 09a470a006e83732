//! Destination controls into the text of `sealpost.toml`: a row's values, and a whole table in place of another.

use std::collections::BTreeMap;

use toml_edit::{Array, Item, Table, Value};

use super::destination::{Destination, Destinations};
use super::destination_reading as keys;
use super::destination_reading::{destination_table, recipients_text};
use super::domain::DomainKey;
use super::edit::Edit;
use super::key::Key;
use super::words::Word;

const TABLE: &str = "destination";

/// What a row sets, in the order of `KEYS`; what it inherits is not there.
pub fn destination_values(row: &Destination) -> Vec<(&'static Key, Value)> {
    fn word<W: Word>(value: Option<W>) -> Option<Value> {
        value.map(|value| value.word().into())
    }
    let number = |value: Option<u16>| value.map(|value| i64::from(value).into());
    let names = row.verify_names.as_ref();
    let names = names.map(|names| names.iter().map(|name| name.as_str()).collect::<Array>().into());
    let values: [(&'static Key, Option<Value>); 13] = [
        (&keys::CONCURRENCY, number(row.concurrency)),
        (&keys::MESSAGES_PER_CONNECTION, number(row.messages_per_connection)),
        (&keys::RECIPIENTS, row.recipients.map(|limit| recipients_text(limit).into())),
        (&keys::LIMIT_SCOPE, word(row.limit_scope)),
        (&keys::LIMIT_APPLY, word(row.limit_apply)),
        (&keys::TLS, word(row.tls)),
        (&keys::BOUNCE_VERIFICATION, row.bounce_verification.map(Value::from)),
        (&keys::BOUNCE_PROFILE, row.bounce_profile.as_ref().map(Value::from)),
        (&keys::IP_PREFERENCE, word(row.ip_preference)),
        (&keys::VERIFY_NAMES, names),
        (&keys::MX_NAMES, word(row.mx_names)),
        (&keys::TLS_ALERT, row.tls_alert.map(Value::from)),
        (&keys::CLIENT_CERTIFICATE_REQUIRED, row.client_certificate_required.map(Value::from)),
    ];
    values.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// The same as texts, in the form that `destination set` takes.
pub fn destination_texts(row: &Destination) -> Vec<(&'static str, String)> {
    let text = |value: Value| match value {
        Value::String(text) => text.into_value(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    destination_values(row).into_iter().map(|(key, value)| (key.name, text(value))).collect()
}

impl Edit {
    /// The name of the table of `key`, which a person may have written in another case; where there is none, the name it would get.
    pub fn destination_name(&self, key: &DomainKey) -> String {
        let usual = destination_table(key);
        let names = self.names(&[TABLE]);
        let is_it = |name: &&String| **name == usual || name.parse::<DomainKey>().is_ok_and(|other| other == *key);
        names.iter().find(is_it).cloned().unwrap_or(usual)
    }

    /// Makes the destination controls, which are `old`, say what `new` says. Rows that stay the same stay as they stand.
    pub fn replace_destinations(&mut self, old: &Destinations, new: &Destinations) {
        let is_new = self.item(&[], TABLE).is_none();
        let table = self.table_mut(&[TABLE]);
        // Rows need no heading above them.
        table.set_implicit((is_new || table.is_implicit()) && destination_values(&new.default).is_empty());
        if old.default != new.default {
            put_row(table, &new.default);
        }
        let mut waiting: BTreeMap<&String, &Destination> = new.rows.iter().map(|(key, (_, row))| (key, row)).collect();
        table.retain(|name, item| {
            let Some(inner) = item.as_table_mut() else { return true };
            let Some(key) = name.parse::<DomainKey>().ok().map(|key| key.to_string()) else { return false };
            let Some(row) = waiting.remove(&key) else { return false };
            if old.rows.get(&key).is_none_or(|(_, old)| old != row) {
                put_row(inner, row);
            }
            true
        });
        for (key, row) in waiting {
            let Some((key, _)) = new.rows.get(key) else { continue };
            let mut inner = Table::new();
            put_row(&mut inner, row);
            table.insert(&destination_table(key), Item::Table(inner));
        }
    }
}

/// Sets what the row sets, and takes every other key of a row away. Comments behind values stay.
fn put_row(table: &mut Table, row: &Destination) {
    let values = destination_values(row);
    for key in keys::KEYS {
        if table.get(key.name).is_some_and(Item::is_value) && !values.iter().any(|(set, _)| set.name == key.name) {
            table.remove(key.name);
        }
    }
    for (key, mut value) in values {
        match table.get_mut(key.name).and_then(Item::as_value_mut) {
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => drop(table.insert(key.name, Item::Value(value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;

    const INTERFACE: &str = "[interface.\"Data 1\"]\naddress = \"0.0.0.0\"\nhostname = \"mx1.example.com\"\n\n";

    fn replaced(before: &str, after: &str) -> String {
        let read = |text: &str| Configuration::parse(&format!("{INTERFACE}{text}")).unwrap();
        let (old, new) = (read(before), read(after));
        let mut edit = Edit::of(old.text()).unwrap();
        edit.replace_destinations(&old.destinations, &new.destinations);
        let text = edit.text();
        assert_eq!(Configuration::parse(&text).unwrap().destinations, new.destinations, "{text}");
        text.strip_prefix(INTERFACE.trim_end()).unwrap().trim_start().to_owned()
    }

    #[test]
    fn what_stays_the_same_stays_as_it_stands() {
        let before = "# all\n[destination]\ntls = \"preferred\" # we try\n\n# a partner\n[destination.\"A.example\"]\ntls = \"required\"\n\n\
                      # gone\n[destination.\"b.example\"]\nconcurrency = 5\n";
        let after = "[destination]\ntls = \"required\"\n[destination.\"a.example\"]\ntls = \"required\"\n\
                     [destination.\".c.example\"]\nrecipients = \"no limit\"\nverify-names = [\"mx.c.example\"]\n";
        assert_eq!(
            replaced(before, after),
            "# all\n[destination]\ntls = \"required\" # we try\n\n# a partner\n[destination.\"A.example\"]\ntls = \"required\"\n\n\
             [destination.\".c.example\"]\nrecipients = \"no limit\"\nverify-names = [\"mx.c.example\"]\n"
        );
        assert_eq!(replaced(before, before), before);
    }

    #[test]
    fn a_table_comes_from_nothing_and_goes_to_nothing() {
        let rows = "[destination.\"tls.\"]\ntls = \"required\"\n";
        assert_eq!(replaced("", rows).trim(), rows.trim());
        assert_eq!(replaced(rows, "").trim(), "");
        assert_eq!(replaced("[destination]\ntls = \"required\"\n", "").trim(), "[destination]");
    }
}
