//! Where the comments above a removed key or table go: above what stands behind it in the file.

use toml_edit::{DocumentMut, Item, RawString, Table, TableLike};

/// What stood above something, and the key behind it in the same table.
pub(super) struct Above {
    pub text: String,
    pub behind: Option<String>,
}

/// What stands above `key` of `table`. For a table this is what stands above its heading, and only the file knows what is behind it.
pub(super) fn above(table: &dyn TableLike, key: &str) -> Above {
    match table.get(key) {
        Some(Item::Table(inner)) => Above { text: comments(inner.decor().prefix()), behind: None },
        Some(Item::Value(_)) => {
            let text = table.key(key).map(|key| comments(key.leaf_decor().prefix())).unwrap_or_default();
            let later = table.iter().skip_while(|(name, _)| *name != key).skip(1);
            let behind = later.filter(|(_, item)| item.is_value()).map(|(name, _)| name.to_owned()).next();
            Above { text, behind }
        }
        _ => Above { text: String::new(), behind: None },
    }
}

/// Only what holds a comment is worth keeping.
pub(super) fn comments(raw: Option<&RawString>) -> String {
    raw.and_then(RawString::as_str).filter(|text| text.contains('#')).unwrap_or_default().to_owned()
}

pub(super) fn put_above(table: &mut dyn TableLike, key: &str, text: &str) {
    let Some(mut key) = table.key_mut(key) else { return };
    let decor = key.leaf_decor_mut();
    let own = decor.prefix().and_then(RawString::as_str).unwrap_or_default().to_owned();
    decor.set_prefix(format!("{text}{own}"));
}

pub(super) fn put_above_heading(table: &mut Table, text: &str) {
    let own = table.decor().prefix().and_then(RawString::as_str).unwrap_or("\n").to_owned();
    table.decor_mut().set_prefix(format!("{text}{own}"));
}

/// Puts `text` above the table that follows the removed one, or the one whose key was removed; at the end of the file when none does.
pub(super) fn put_behind(document: &mut DocumentMut, removed: &Item, path: &[&str], text: &str) {
    if text.is_empty() {
        return;
    }
    let place = match removed {
        Item::Table(table) => first_place(table),
        _ => place_of(document.as_table(), path),
    };
    let mut places = Vec::new();
    collect(document.as_table(), &mut places);
    let next = places.into_iter().filter(|other| place.is_some_and(|place| *other > place)).min();
    match next.and_then(|next| at_place(document.as_table_mut(), next)) {
        Some(table) => put_above_heading(table, text),
        None => {
            let own = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(format!("{text}{own}"));
        }
    }
}

/// A table of its own or the first one in it.
fn first_place(table: &Table) -> Option<isize> {
    let mut places = Vec::new();
    collect(table, &mut places);
    table.position().into_iter().chain(places).min()
}

fn place_of(table: &Table, path: &[&str]) -> Option<isize> {
    match path.split_first() {
        None => table.position().or(Some(-1)),
        Some((name, rest)) => place_of(table.get(name)?.as_table()?, rest),
    }
}

/// Whether the table at `path`, which has no place yet, is written behind all others: behind the one that is visited before it.
pub(super) fn is_last(document: &DocumentMut, path: &[&str]) -> bool {
    let mut before = Vec::new();
    collect_before(document.as_table(), path, &mut before);
    let mut all = Vec::new();
    collect(document.as_table(), &mut all);
    before.last() == all.iter().max()
}

/// The places of tables that are visited before the one at `path`.
fn collect_before(table: &Table, path: &[&str], places: &mut Vec<isize>) {
    let Some((first, rest)) = path.split_first() else { return };
    table.iter().take_while(|(name, _)| name != first).for_each(|(_, item)| collect_item(item, places));
    if let Some(Item::Table(inner)) = table.get(first)
        && !rest.is_empty()
    {
        places.extend(inner.position());
        collect_before(inner, rest, places);
    }
}

/// The positions of all tables that have a heading in the file.
fn collect(table: &Table, places: &mut Vec<isize>) {
    table.iter().for_each(|(_, item)| collect_item(item, places));
}

fn collect_item(item: &Item, places: &mut Vec<isize>) {
    match item {
        Item::Table(inner) => {
            places.extend(inner.position().filter(|_| !inner.is_implicit() && !inner.is_dotted()));
            collect(inner, places);
        }
        Item::ArrayOfTables(array) => array.iter().for_each(|inner| {
            places.extend(inner.position());
            collect(inner, places);
        }),
        _ => {}
    }
}

fn at_place(table: &mut Table, place: isize) -> Option<&mut Table> {
    table.iter_mut().find_map(|(_, item)| match item {
        Item::Table(inner) => own_or_inner(inner, place),
        Item::ArrayOfTables(array) => array.iter_mut().find_map(|inner| own_or_inner(inner, place)),
        _ => None,
    })
}

fn own_or_inner(table: &mut Table, place: isize) -> Option<&mut Table> {
    let has_heading = !table.is_implicit() && !table.is_dotted();
    if has_heading && table.position() == Some(place) { Some(table) } else { at_place(table, place) }
}
