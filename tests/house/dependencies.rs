//! Every dependency does real work: each one is named somewhere under `src`.

use std::path::Path;

#[test]
fn every_dependency_is_used() {
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names = section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.replace('-', "_"));
    let sources: String =
        super::layers::sources(Path::new("src")).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let idle: Vec<String> = names
        // Two crates go by another name than their package.
        .map(|name| match name.as_str() {
            "md_5" => "md5".into(),
            "rustls_webpki" => "webpki".into(),
            _ => name,
        })
        .filter(|name| !sources.contains(&format!("{name}::")))
        .collect();
    assert!(idle.is_empty(), "dependencies that nothing uses: {idle:?}");
}
