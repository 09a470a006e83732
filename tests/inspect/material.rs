//! The inputs under `testdata/inspect`, and short looks at what was read.

use sealpost::inspect::bytes::{Items, Kind, read};
use sealpost::model::diagnostic::Severity;

pub fn file(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/inspect").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

/// The three certificates of the bundle, each with its markers: leaf, intermediate, root.
pub fn blocks() -> [String; 3] {
    let bundle = text("bundle.pem");
    let blocks: Vec<String> = bundle.split_inclusive("-----END CERTIFICATE-----\n").map(String::from).collect();
    blocks.try_into().unwrap()
}

/// The DER of the first block of a PEM text.
pub fn der(pem: &str) -> Vec<u8> {
    sealpost::formats::pem::blocks(pem.as_bytes()).unwrap().remove(0).1
}

pub fn look(bytes: impl AsRef<[u8]>) -> Items {
    read("x.pem", bytes.as_ref())
}

/// `leaf`, `intermediate`, `root`, `request`, `key`, `locked` …, in file order.
pub fn kinds(items: &Items) -> Vec<String> {
    items
        .items
        .iter()
        .map(|item| match &item.kind {
            Kind::Certificate(certificate) => match certificate.display_name() {
                "mx1.example.com" => "leaf".into(),
                "Test Intermediate" => "intermediate".into(),
                "Test Root" => "root".into(),
                other => format!("certificate {other}"),
            },
            Kind::Request(_) => "request".into(),
            Kind::Key(key) => format!("key {}", key.kind()),
            Kind::UnusableKey(error) => format!("unusable: {error}"),
            Kind::Locked(_) => "locked".into(),
            Kind::PublicKey(_) => "public key".into(),
            Kind::Other(what) => what.clone(),
        })
        .collect()
}

/// Rule, severity and line of every damage: `pem/bom warning 1`.
pub fn faults(items: &Items) -> Vec<String> {
    items
        .damages
        .iter()
        .map(|damage| {
            let line = damage.place.line.map_or("-".into(), |line| line.to_string());
            format!("{} {} {line}", damage.rule, damage.severity.as_str())
        })
        .collect()
}

pub fn has_error(items: &Items) -> bool {
    items.damages.iter().any(|damage| damage.severity == Severity::Error)
}

pub const ALL: [&str; 3] = ["leaf", "intermediate", "root"];
