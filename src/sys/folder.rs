//! The files of a folder an operator names.

use std::io;
use std::path::Path;

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
