//! Keys in a file: carried over as they are.

use crate::formats::pem;
use crate::inspect::bundle::Bundle;
use crate::inspect::bytes::Form;
use crate::inspect::bytes::scanner::{self, Block};
use crate::inspect::bytes::text::Text;

use zeroize::Zeroizing;

use super::Refusal;
use super::unread::is_key;

/// PEM blocks of keys, each with its line break.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Those that stood before the first certificate.
    pub before: Vec<String>,
    pub after: Vec<String>,
}

impl Drop for Keys {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.before.zeroize();
        self.after.zeroize();
    }
}

/// The text of every key. Only PEM holds keys that can be carried over.
pub(super) fn texts(bytes: &[u8], bundle: &Bundle<'_>) -> Result<Keys, Refusal> {
    let mut keys = Keys::default();
    let mut found = bundle.items.items.iter().filter(|item| is_key(&item.kind)).peekable();
    if found.peek().is_none() {
        return Ok(keys);
    }
    if bundle.items.form != Form::Pem {
        return Err(Refusal::KeyInContainer(bundle.items.form));
    }
    let text = Text::new(bytes);
    let scan = scanner::scan(&text);
    let first = bundle.members.first().and_then(|member| member.found.place.block);
    for item in found {
        let index = item.place.block.and_then(|number| number.checked_sub(1));
        let block = index.and_then(|index| scan.blocks.get(index));
        let block = block.filter(|block| block.label.contains("PRIVATE KEY"));
        let written = block.and_then(|block| written(&text, block));
        let written = written.ok_or(Refusal::KeyInContainer(bundle.items.form))?;
        if item.place.block < first { keys.before.push(written) } else { keys.after.push(written) }
    }
    Ok(keys)
}

/// As it stands, where other programs can read that; the same bytes as they should be written otherwise.
fn written(text: &Text<'_>, block: &Block) -> Option<String> {
    let raw = std::str::from_utf8(text.bytes().get(block.start..block.end)?).ok()?;
    let mut plain = Zeroizing::new(raw.replace("\r\n", "\n").trim_end().to_owned());
    plain.push('\n');
    let is_plain = !plain.lines().any(|line| line != line.trim() || line.contains('\r'));
    let reads_the_same = || {
        let blocks = Zeroizing::new(pem::blocks(plain.as_bytes()).ok()?.pop()?.1);
        Some(*blocks == *block.bytes)
    };
    let is_encrypted = block.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("DEK-Info"));
    if is_plain && (is_encrypted || (block.headers.is_empty() && reads_the_same() == Some(true))) {
        return Some(plain.as_str().to_owned());
    }
    (!is_encrypted).then(|| pem::encode(&block.label, &block.bytes))
}
