//! Changes to the text of `sealpost.toml` that leave everything else in it as it stands: comments, order, spacing.
//!
//! What is removed takes the comment on its own line with it; comments above it stay.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

use super::assignment::{Assignment, written};
use super::edit_comments;
use super::problem::{Mistake, Problem};
use super::reader::Reader;

/// A configuration that is being edited.
#[derive(Debug, Clone)]
pub struct Edit {
    pub(super) document: DocumentMut,
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
        set_in(self.table_mut(path), key, value.into());
    }

    /// Puts an item of any shape at `key`, such as an array of tables.
    pub fn put(&mut self, path: &[&str], key: &str, item: Item) {
        self.table_mut(path).insert(key, item);
    }

    /// The same for a list of texts.
    pub fn set_list<'t>(&mut self, path: &[&str], key: &str, texts: impl Iterator<Item = &'t str>) {
        self.set(path, key, texts.collect::<Array>());
    }

    /// The keys of the table at `path` as they are spelled; none where there is no such table.
    pub fn keys(&self, path: &[&str]) -> Vec<String> {
        let mut table: &dyn TableLike = self.document.as_table();
        for name in path {
            let Some(inner) = table.get(name).and_then(Item::as_table_like) else { return Vec::new() };
            table = inner;
        }
        table.iter().map(|(key, _)| key.to_owned()).collect()
    }

    /// The table at `path` comes into being, empty, if it is not there.
    pub fn make(&mut self, path: &[&str]) {
        self.table_mut(path).set_implicit(false);
    }

    /// Changes one key of the table at `path`, which comes into being if need be.
    pub fn assign(&mut self, path: &[&str], assignment: &Assignment) -> Result<(), Mistake> {
        let key = assignment.key.name;
        match assignment.apply(self.item(path, key))? {
            Some(value) => self.set(path, key, value),
            None => drop(self.unset(path, key)),
        }
        Ok(())
    }

    pub(super) fn item_mut(&mut self, path: &[&str], key: &str) -> Option<&mut Item> {
        self.table(path)?.get_mut(key)
    }

    /// Takes a key or a whole table away. Whether it was there.
    pub fn unset(&mut self, path: &[&str], key: &str) -> bool {
        let Some(table) = self.table(path) else { return false };
        let above = edit_comments::above(table, key);
        let Some(removed) = table.remove(key) else { return false };
        let next = above.behind.clone();
        match next.and_then(|next| Some((self.table(path)?, next))) {
            Some((table, next)) => edit_comments::put_above(table, &next, &above.text),
            None => edit_comments::put_behind(&mut self.document, &removed, path, &above.text),
        }
        true
    }

    /// Whether the table or key at `path` is there.
    pub fn has(&self, path: &[&str]) -> bool {
        path.split_last().is_some_and(|(last, parents)| self.item(parents, last).is_some())
    }

    /// Names of the tables in the table at `path`, in the order of the file.
    pub fn names(&self, path: &[&str]) -> Vec<String> {
        let Some((last, parents)) = path.split_last() else { return Vec::new() };
        let table = self.item(parents, last).and_then(Item::as_table_like);
        let tables = table.into_iter().flat_map(TableLike::iter).filter(|(_, item)| item.is_table());
        tables.map(|(name, _)| name.to_owned()).collect()
    }

    /// The value of a key as texts: one, or the elements of a list. `None` when the key is not there.
    pub fn written(&self, path: &[&str], key: &str) -> Option<Vec<String>> {
        self.item(path, key).map(written)
    }

    pub fn text(&self) -> String {
        self.document.to_string()
    }

    pub(super) fn item(&self, path: &[&str], key: &str) -> Option<&Item> {
        let mut table: &dyn TableLike = self.document.as_table();
        for name in path {
            table = table.get(name)?.as_table_like()?;
        }
        table.get(key)
    }

    pub(super) fn tables(&self, path: &[&str], key: &str) -> Option<&ArrayOfTables> {
        self.item(path, key)?.as_array_of_tables()
    }

    pub(super) fn table(&mut self, path: &[&str]) -> Option<&mut dyn TableLike> {
        let mut table: &mut dyn TableLike = self.document.as_table_mut();
        for name in path {
            table = table.get_mut(name)?.as_table_like_mut()?;
        }
        Some(table)
    }

    pub(super) fn table_mut(&mut self, path: &[&str]) -> &mut Table {
        if path.is_empty() || self.has(path) { self.made_table(path) } else { self.new_table(path) }
    }

    /// A new table that stands last in the file stands behind the comments at its end.
    fn new_table(&mut self, path: &[&str]) -> &mut Table {
        self.made_table(path);
        let end = self.document.trailing().as_str().unwrap_or_default().to_owned();
        if end.contains('#') && edit_comments::is_last(&self.document, path) {
            self.document.set_trailing("");
            self.made_table(path).decor_mut().set_prefix(format!("{end}\n"));
        }
        self.made_table(path)
    }

    fn made_table(&mut self, path: &[&str]) -> &mut Table {
        path.iter().enumerate().fold(self.document.as_table_mut(), |table, (depth, name)| {
            // `[listener.NAME]` needs no `[listener]` of its own.
            step(table, name, depth + 1 < path.len())
        })
    }
}

pub(super) fn set_in(table: &mut Table, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => drop(table.insert(key, Item::Value(value))),
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

    const TEXT: &str = "# ours\n[delivery]\ninterface = \"auto\" # the first one\n\n# mail\n[listener.In]\nport = 25\n";

    #[test]
    fn what_is_not_edited_stays_as_it_stands() {
        let mut edit = Edit::of(TEXT).unwrap();
        edit.set(&["delivery"], "interface", "Data 2");
        edit.set(&["destination", "example.com"], "tls", "required");
        assert!(edit.unset(&["listener", "In"], "port") && !edit.unset(&["listener", "Out"], "port"));
        assert_eq!(
            edit.text(),
            "# ours\n[delivery]\ninterface = \"Data 2\" # the first one\n\n# mail\n[listener.In]\n\n\
             [destination.\"example.com\"]\ntls = \"required\"\n"
        );
    }

    #[test]
    fn a_new_table_stands_behind_the_comments_at_the_end() {
        let mut edit = Edit::of("[a]\nx = 1\n\n[b.c]\ny = 2\n\n# the end\n").unwrap();
        edit.set(&["a", "new"], "z", 1);
        edit.set(&["log"], "json", true);
        edit.set(&["dns"], "servers", "x");
        assert_eq!(
            edit.text(),
            "[a]\nx = 1\n\n[a.new]\nz = 1\n\n[b.c]\ny = 2\n\n# the end\n\n[log]\njson = true\n\n[dns]\nservers = \"x\"\n"
        );
    }

    #[test]
    fn comments_above_what_is_removed_stay() {
        let mut edit = Edit::of(TEXT).unwrap();
        assert!(edit.unset(&[], "delivery"));
        assert_eq!(edit.text(), "# ours\n\n# mail\n[listener.In]\nport = 25\n");
        assert!(edit.unset(&["listener"], "In"));
        assert_eq!(edit.text().trim_end(), "# ours\n\n# mail");
    }

    #[test]
    fn comments_above_a_removed_key_stay() {
        let text = "[a]\n# one\nx = 1 # gone\n# two\ny = 2\n\n[b]\nz = 3\n# end\n";
        let mut edit = Edit::of(text).unwrap();
        edit.unset(&["a"], "x");
        assert_eq!(edit.text(), "[a]\n# one\n# two\ny = 2\n\n[b]\nz = 3\n# end\n");
        edit.unset(&["a"], "y");
        assert_eq!(edit.text(), "[a]\n# one\n# two\n\n[b]\nz = 3\n# end\n");
        edit.unset(&["b"], "z");
        assert_eq!(edit.text(), "[a]\n# one\n# two\n\n[b]\n# end\n");
    }
}
