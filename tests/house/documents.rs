//! What is generated from the commands stands in the repository as it would be generated now.
//!
//! After a change to a command: `UPDATE_DOCUMENTS=1 cargo test --test house documents`.

use std::collections::BTreeMap;
use std::path::Path;

use sealpost::cli::commands::COMMANDS;
use sealpost::cli::{man, schema};

#[test]
fn man_pages_are_up_to_date() {
    let pages = man::pages().into_iter().map(|page| (page.file, page.text)).collect();
    compare(Path::new("man"), ".1", pages);
}

#[test]
fn schemas_are_up_to_date() {
    let schemas = schema::schemas();
    let files =
        schemas.into_iter().map(|(name, schema)| (format!("{}.json", name.replace('/', "-")), format!("{schema:#}\n")));
    compare(Path::new("man/schemas"), ".json", files.collect());
}

#[test]
fn every_command_says_what_it_does_and_gives_an_example() {
    for command in COMMANDS {
        let name = command.path.join(" ");
        assert!(
            !command.about.ends_with('.') && command.about.starts_with(char::is_lowercase),
            "{name}: {}",
            command.about
        );
        assert!(command.details.contains(&format!("sealpost {name}")), "{name} has no example");
    }
}

fn compare(folder: &Path, ending: &str, wanted: BTreeMap<String, String>) {
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::create_dir_all(folder).unwrap();
        for (file, text) in &wanted {
            std::fs::write(folder.join(file), text).unwrap();
        }
    }
    let found: BTreeMap<String, String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&wanted), "files in {}", folder.display());
    for (file, text) in wanted {
        assert_eq!(
            found[&file], text,
            "{} is not what the commands say; run UPDATE_DOCUMENTS=1 cargo test --test house documents",
            file
        );
    }
}
