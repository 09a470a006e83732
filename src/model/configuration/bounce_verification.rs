//! `[bounce-verification]`: keys that tag envelope senders, so that bounces of mail we never sent are known as such.

use toml_edit::Table;
use zeroize::Zeroizing;

use super::key::{Key, Kind, TableKeys};
use super::problem::Mistake;
use super::reader::{ALONE, Reader};

/// Keys in the order of the file: the first tags, the others are still accepted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BounceVerification {
    pub keys: Vec<Zeroizing<String>>,
    /// Refuse untagged bounces; otherwise the message gets a header.
    pub reject: bool,
}

/// Characters of a key. Fewer can be guessed from tags in bounces.
const SHORTEST_KEY: usize = 8;
const LONGEST_KEY: usize = 255;
const KEYS: Key = Key::new(
    "keys",
    Kind::List("keys of 8 to 255 characters"),
    "keys that tag envelope senders; the first tags, the others still count",
)
.secret();
const REJECT: Key = Key::new("reject", Kind::Switch, "refuse bounces without a valid tag; otherwise they get a header")
    .default("false");
pub const TABLE: TableKeys = TableKeys {
    path: &["bounce-verification"],
    about: "tags on envelope senders, so that bounces of mail we never sent are known as such",
    keys: &[KEYS, REJECT],
};

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> BounceVerification {
    let Some(table) = reader.table(root, &[], "bounce-verification") else { return BounceVerification::default() };
    let mut section = reader.section(table, TABLE.path, TABLE.keys, ALONE);
    BounceVerification {
        keys: section.list(&KEYS, key).unwrap_or_default().into_iter().map(Zeroizing::new).collect(),
        reject: section.switch(&REJECT).unwrap_or(false),
    }
}

fn key(text: &str) -> Result<String, Mistake> {
    match text.chars().count() {
        SHORTEST_KEY..=LONGEST_KEY if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        SHORTEST_KEY..=LONGEST_KEY => Err(Mistake::new("a key of bounce verification has no control characters")),
        count => Err(Mistake::new(format!(
            "a key of bounce verification has {SHORTEST_KEY} to {LONGEST_KEY} characters, not {count}"
        ))),
    }
}
