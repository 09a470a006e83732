//! Changes to the text of `sealpost.toml` that leave everything else in it as it stands: comments, order, spacing.

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::problem::Problem;
use super::reader::Reader;

/// A configuration that is being edited.
#[derive(Debug, Clone)]
pub struct Edit {
    document: DocumentMut,
}

impl Edit {
    /// The error says why the text is no TOML.
    pub fn of(text: &str) -> Result<Edit, Vec<Problem>> {
        let document = Reader::new(text).document()?.into_mut();
        Ok(Edit { document })
    }

    /// Sets `key` in the table at `path` (such as `["listener", "IncomingMail"]`), which comes into being if need be. A comment behind
    /// an earlier value stays.
    pub fn set(&mut self, path: &[&str], key: &str, value: impl Into<Value>) {
        let mut value = value.into();
        let table = self.table_mut(path);
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => drop(table.insert(key, Item::Value(value))),
        }
    }

    /// Puts an item of any shape at `key`, such as an array of tables.
    pub fn put(&mut self, path: &[&str], key: &str, item: Item) {
        self.table_mut(path).insert(key, item);
    }

    pub(super) fn item_mut(&mut self, path: &[&str], key: &str) -> Option<&mut Item> {
        self.table(path)?.get_mut(key)
    }

    /// Whether it was there.
    pub fn unset(&mut self, path: &[&str], key: &str) -> bool {
        self.table(path).is_some_and(|table| table.remove(key).is_some())
    }

    pub fn text(&self) -> String {
        self.document.to_string()
    }

    fn table(&mut self, path: &[&str]) -> Option<&mut dyn TableLike> {
        let mut table: &mut dyn TableLike = self.document.as_table_mut();
        for name in path {
            table = table.get_mut(name)?.as_table_like_mut()?;
        }
        Some(table)
    }

    fn table_mut(&mut self, path: &[&str]) -> &mut Table {
        path.iter().enumerate().fold(self.document.as_table_mut(), |table, (depth, name)| {
            // `[listener.NAME]` needs no `[listener]` of its own.
            step(table, name, depth + 1 < path.len())
        })
    }
}

/// The table `name` in `outer`; what stands there in another form becomes one.
fn step<'t>(outer: &'t mut Table, name: &str, implicit: bool) -> &'t mut Table {
    let item = outer.entry(name).or_insert(Item::None);
    if !item.is_table() {
        let mut new = std::mem::take(item).into_table().unwrap_or_default();
        new.set_implicit(implicit && new.is_empty());
        *item = Item::Table(new);
    }
    match item {
        Item::Table(table) => table,
        _ => unreachable!("it was made a table just now"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_edited_stays_as_it_stands() {
        let text = "# ours\n[delivery]\ninterface = \"auto\" # the first one\n\n# mail\n[listener.In]\nport = 25\n";
        let mut edit = Edit::of(text).unwrap();
        edit.set(&["delivery"], "interface", "Data 2");
        edit.set(&["destination", "example.com"], "tls", "required");
        assert!(edit.unset(&["listener", "In"], "port") && !edit.unset(&["listener", "Out"], "port"));
        assert_eq!(
            edit.text(),
            "# ours\n[delivery]\ninterface = \"Data 2\" # the first one\n\n# mail\n[listener.In]\n\n\
             [destination.\"example.com\"]\ntls = \"required\"\n"
        );
    }
}
