//! The files of a folder an operator names.

use std::io;
use std::path::{Path, PathBuf};

/// Whether `name` is a folder.
pub fn is_folder(name: &str) -> bool {
    Path::new(name).is_dir()
}

/// The regular files of `folder` with one of these endings (in any case), sorted by name. Does not go into folders in it.
pub fn files(folder: &str, endings: &[&str]) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if endings.iter().any(|wanted| wanted.eq_ignore_ascii_case(ending)) && path.is_file() {
            names.push(path.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// What a walk found, sorted by name, and the folders that could not be opened.
#[derive(Debug, Default)]
pub struct Walk {
    pub files: Vec<String>,
    pub refused: Vec<(String, io::Error)>,
}

/// Deeper folders are left out: nobody keeps certificates there, and a path has an end.
const DEEPEST: usize = 64;

/// The regular files below `folder` with one of these endings (in any case). Links to folders are not followed, so that a walk ends.
pub fn walk(folder: &str, endings: &[&str]) -> Walk {
    let mut walk = Walk::default();
    let mut waiting = vec![(PathBuf::from(folder), 0)];
    while let Some((path, depth)) = waiting.pop() {
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                walk.refused.push((path.to_string_lossy().into_owned(), error));
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.extend((depth < DEEPEST).then_some((path, depth + 1)));
                continue;
            }
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if endings.iter().any(|wanted| wanted.eq_ignore_ascii_case(ending)) && path.is_file() {
                walk.files.push(path.to_string_lossy().into_owned());
            }
        }
    }
    walk.files.sort();
    walk
}

/// The file `name` in the folder of `file`, or in the nearest folder above that has one.
pub fn find_upwards(file: &str, name: &str) -> Option<PathBuf> {
    let start = match file {
        "-" => std::env::current_dir().ok()?.join("-"),
        file => std::path::absolute(file).ok()?,
    };
    start.ancestors().skip(1).map(|folder| folder.join(name)).find(|path| path.is_file())
}
