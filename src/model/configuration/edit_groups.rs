//! Changes to the sender groups of a listener, `[[listener.NAME.group]]`, whose order counts.

use toml_edit::{Array, ArrayOfTables, Item, Table, Value};

use super::assignment::{Assignment, written};
use super::edit::{Edit, set_in};
use super::edit_comments;
use super::mail_flow::{SenderGroup, SenderPattern};
use super::problem::Mistake;

const GROUP: &str = "group";

impl Edit {
    /// Writes groups down that the listener has had without naming them.
    pub fn write_groups(&mut self, listener: &str, groups: &[SenderGroup]) {
        let mut tables = ArrayOfTables::new();
        for group in groups {
            let mut table = named(&group.name);
            table.insert("policy", Item::Value(Value::from(&group.policy)));
            let senders: Array = group.senders.iter().map(SenderPattern::to_string).collect();
            table.insert("senders", Item::Value(Value::Array(senders)));
            tables.push(table);
        }
        self.put(&["listener", listener], GROUP, Item::ArrayOfTables(tables));
    }

    /// Names of the groups that are written down, in their order.
    pub fn group_names(&self, listener: &str) -> Vec<String> {
        let groups = self.tables(&["listener", listener], GROUP);
        let name = |table: &Table| table.get("name").and_then(Item::as_str).unwrap_or_default().to_owned();
        groups.into_iter().flat_map(ArrayOfTables::iter).map(name).collect()
    }

    /// Changes keys of a group; one that is not there comes into being at the end.
    pub fn assign_group(&mut self, listener: &str, name: &str, assignments: &[Assignment]) -> Result<(), Mistake> {
        let known = self.group_names(listener).iter().position(|known| known == name);
        let Some(groups) = self.groups(listener) else { return Ok(()) };
        let index = known.unwrap_or_else(|| {
            groups.push(named(name));
            groups.len() - 1
        });
        let Some(table) = groups.get_mut(index) else { return Ok(()) };
        for assignment in assignments {
            match assignment.apply(table.get(assignment.key.name))? {
                Some(value) => set_in(table, assignment.key.name, value),
                None => drop(table.remove(assignment.key.name)),
            }
        }
        Ok(())
    }

    /// The value of a key of a group, as `Edit::written`.
    pub fn written_in_group(&self, listener: &str, name: &str, key: &str) -> Option<Vec<String>> {
        let index = self.group_names(listener).iter().position(|known| known == name)?;
        self.tables(&["listener", listener], GROUP)?.get(index)?.get(key).map(written)
    }

    /// Moves a group to `index`, counted without it.
    pub fn move_group(&mut self, listener: &str, name: &str, index: usize) {
        let from = self.group_names(listener).iter().position(|known| known == name);
        let Some((groups, from)) = self.groups(listener).zip(from) else { return };
        let mut tables: Vec<Table> = groups.iter().cloned().collect();
        let moved = tables.remove(from);
        tables.insert(index.min(tables.len()), moved);
        // Each takes the place in the file that is the next in order; a new one stands behind the one before it.
        let mut places: Vec<isize> = tables.iter().filter_map(Table::position).collect();
        places.sort_unstable();
        while places.len() < tables.len() {
            let Some(last) = places.last().copied() else { break };
            places.push(last);
        }
        for (table, place) in tables.iter_mut().zip(places) {
            table.set_position(Some(place));
        }
        *groups = tables.into_iter().collect();
    }

    /// Takes a group away; a comment above it stays.
    pub fn remove_group(&mut self, listener: &str, name: &str) {
        let from = self.group_names(listener).iter().position(|known| known == name);
        let Some((groups, from)) = self.groups(listener).zip(from) else { return };
        let removed = groups.remove(from);
        let text = edit_comments::comments(removed.decor().prefix());
        match groups.get_mut(from) {
            Some(next) => edit_comments::put_above_heading(next, &text),
            None => edit_comments::put_behind(&mut self.document, &Item::Table(removed), &[], &text),
        }
    }

    fn groups(&mut self, listener: &str) -> Option<&mut ArrayOfTables> {
        self.table(&["listener", listener])?
            .entry(GROUP)
            .or_insert(Item::ArrayOfTables(ArrayOfTables::new()))
            .as_array_of_tables_mut()
    }
}

fn named(name: &str) -> Table {
    let mut table = Table::new();
    table.insert("name", Item::Value(Value::from(name)));
    table
}

#[cfg(test)]
mod tests {
    use super::super::mail_flow_reading::GROUP_KEYS;
    use super::*;

    const TEXT: &str = "[listener.In]\n# partners\n[[listener.In.group]]\nname = \"A\"\n\n# the world\n[[listener.In.group]]\nname = \"ALL\" # everyone\n\n[delivery]\n";

    #[test]
    fn a_group_is_put_where_it_belongs() {
        let mut edit = Edit::of(TEXT).unwrap();
        edit.assign_group("In", "B", &[Assignment::set(GROUP_KEYS, "senders", ["::1"]).unwrap()]).unwrap();
        edit.move_group("In", "B", 1);
        assert_eq!(edit.group_names("In"), ["A", "B", "ALL"]);
        assert_eq!(
            edit.text(),
            "[listener.In]\n# partners\n[[listener.In.group]]\nname = \"A\"\n\n[[listener.In.group]]\nname = \"B\"\nsenders = [\"::1\"]\n\
             \n# the world\n[[listener.In.group]]\nname = \"ALL\" # everyone\n\n[delivery]\n"
        );
        edit.move_group("In", "B", 0);
        edit.remove_group("In", "A");
        assert_eq!(
            edit.text(),
            "[listener.In]\n\n[[listener.In.group]]\nname = \"B\"\nsenders = [\"::1\"]\n# partners\n\
             \n# the world\n[[listener.In.group]]\nname = \"ALL\" # everyone\n\n[delivery]\n"
        );
    }
}
