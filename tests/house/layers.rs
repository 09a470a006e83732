//! Imports point down, and the three flows never import each other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Rooms by floor, top to bottom. Rooms that share a floor do not know each other, but for `cli` and `admin`'s own parts.
const FLOORS: &[&[&str]] = &[
    &["cli", "admin"],
    &["render"],
    &["app"],
    &["inspect", "operate", "deliver"],
    &["trust"],
    &["model"],
    &["formats", "sys"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for path in sources(Path::new("src")) {
        let Some(room) = room_of(&path) else { continue };
        let own = floor(&room).unwrap_or_else(|| panic!("{}: the room `{room}` stands on no floor", path.display()));
        for used in rooms_used(&std::fs::read_to_string(&path).unwrap()) {
            if used != room && floor(&used).is_some_and(|other| other <= own) {
                wrong.push(format!("{}: `{room}` must not use `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_import_that_points_up_is_seen() {
    assert_eq!(
        rooms_used("use crate::cli::run;\nuse crate::{app::x, model::y};"),
        ["app", "cli", "model"].map(String::from).into()
    );
    assert_eq!(rooms_used("let x = crate::deliver::queue();"), ["deliver".to_owned()].into());
}

fn room_of(path: &Path) -> Option<String> {
    let mut parts = path.strip_prefix("src").ok()?.components();
    let room = parts.next()?.as_os_str().to_str()?.to_owned();
    (!room.ends_with(".rs")).then_some(room)
}

/// Every room named behind `crate::`, grouped imports included.
fn rooms_used(source: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in source.match_indices("crate::") {
        let rest = &source[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let group = group.split(';').next().unwrap_or_default();
                rooms.extend(group.split(',').map(first_word));
            }
            None => drop(rooms.insert(first_word(rest))),
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
