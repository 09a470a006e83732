//! `[tls.inbound]`, `[tls.outbound]`, `[tls.https]`: protocol versions and cipher suites of each kind of service.

use toml_edit::Table;

use super::key::{Key, Kind, TableKeys};
use super::problem::{Mistake, nearest};
use super::reader::{ALONE, Beside, Reader, excerpt};
use super::words::Word;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    V1_2,
    V1_3,
}

impl Word for TlsVersion {
    const WORDS: &'static [(TlsVersion, &'static str)] = &[(TlsVersion::V1_2, "1.2"), (TlsVersion::V1_3, "1.3")];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    pub versions: Vec<TlsVersion>,
    /// OpenSSL's names; `None` is every suite that the TLS library has.
    pub ciphers: Option<Vec<String>>,
}

impl Default for TlsSettings {
    fn default() -> TlsSettings {
        TlsSettings { versions: vec![TlsVersion::V1_2, TlsVersion::V1_3], ciphers: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsByService {
    pub inbound: TlsSettings,
    pub outbound: TlsSettings,
    pub https: TlsSettings,
}

/// The cipher suites of the TLS library under OpenSSL's names, in the order of its preference, each with the version it belongs to.
pub const CIPHERS: [(&str, TlsVersion); 9] = [
    ("TLS_AES_256_GCM_SHA384", TlsVersion::V1_3),
    ("TLS_AES_128_GCM_SHA256", TlsVersion::V1_3),
    ("TLS_CHACHA20_POLY1305_SHA256", TlsVersion::V1_3),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", TlsVersion::V1_2),
    ("ECDHE-ECDSA-AES128-GCM-SHA256", TlsVersion::V1_2),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", TlsVersion::V1_2),
    ("ECDHE-RSA-AES256-GCM-SHA384", TlsVersion::V1_2),
    ("ECDHE-RSA-AES128-GCM-SHA256", TlsVersion::V1_2),
    ("ECDHE-RSA-CHACHA20-POLY1305", TlsVersion::V1_2),
];

const VERSIONS: Key =
    Key::new("versions", Kind::List("protocol versions, 1.2 and 1.3"), "protocol versions").default("1.2 1.3");
const CIPHER_LIST: Key = Key::new(
    "ciphers",
    Kind::List("cipher suites under OpenSSL's names"),
    "cipher suites; all that the TLS library has, unless set",
);
const KEYS: &[Key] = &[VERSIONS, CIPHER_LIST];
pub const INBOUND: TableKeys = TableKeys { path: &["tls", "inbound"], about: "TLS of listeners", keys: KEYS };
pub const OUTBOUND: TableKeys = TableKeys { path: &["tls", "outbound"], about: "TLS of deliveries", keys: KEYS };
pub const HTTPS: TableKeys = TableKeys { path: &["tls", "https"], about: "TLS of the admin pages", keys: KEYS };

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> TlsByService {
    let Some(outer) = reader.table(root, &[], "tls") else { return TlsByService::default() };
    reader.section(outer, &["tls"], &[], Beside::Tables(&["inbound", "outbound", "https"]));
    let mut one = |keys: &TableKeys| {
        let [_, name] = keys.path else { return TlsSettings::default() };
        reader.table(outer, &["tls"], name).map(|table| read_one(reader, table, keys)).unwrap_or_default()
    };
    TlsByService { inbound: one(&INBOUND), outbound: one(&OUTBOUND), https: one(&HTTPS) }
}

fn read_one(reader: &mut Reader<'_>, table: &Table, keys: &TableKeys) -> TlsSettings {
    let mut section = reader.section(table, keys.path, keys.keys, ALONE);
    let versions = section.list(&VERSIONS, version);
    if versions.as_ref().is_some_and(Vec::is_empty) {
        section.report(&VERSIONS, Mistake::new("`versions` is empty; then nobody could connect"));
    }
    let versions = versions.unwrap_or(TlsSettings::default().versions);
    let ciphers = section.list(&CIPHER_LIST, cipher);
    for version in &versions {
        let serves = |name: &String| CIPHERS.iter().any(|(known, of)| known == name && of == version);
        if ciphers.as_ref().is_some_and(|ciphers| !ciphers.iter().any(serves)) {
            let known: Vec<&str> = CIPHERS.iter().filter(|(_, of)| of == version).map(|(name, _)| *name).collect();
            section.report(
                &CIPHER_LIST,
                Mistake::new(format!("no cipher of TLS {} is listed; there are {}", version.word(), known.join(", "))),
            );
        }
    }
    TlsSettings { versions, ciphers }
}

fn version(text: &str) -> Result<TlsVersion, Mistake> {
    let bare = text.trim().to_ascii_uppercase();
    let bare = bare.strip_prefix("TLSV").or_else(|| bare.strip_prefix("TLS ")).unwrap_or(&bare).trim();
    TlsVersion::from_word(bare).ok_or_else(|| match bare {
        "1" | "1.0" | "1.1" => {
            Mistake::new(format!("TLS {bare} does not exist here (RFC 8996); versions are 1.2 and 1.3"))
        }
        _ => Mistake::new(format!("`{}` is no version of TLS; versions are 1.2 and 1.3", excerpt(text))),
    })
}

fn cipher(text: &str) -> Result<String, Mistake> {
    let known = CIPHERS.iter().map(|(name, _)| *name);
    match known.clone().find(|name| name.eq_ignore_ascii_case(text.trim())) {
        Some(name) => Ok(name.to_owned()),
        None => {
            let list: Vec<&str> = known.clone().collect();
            Err(Mistake::new(format!("there is no cipher `{}`; there are {}", excerpt(text), list.join(", ")))
                .meant(nearest(text, known)))
        }
    }
}
