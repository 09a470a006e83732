//! Characters that nobody sees and that programs trip over: no-break and zero-width spaces, direction marks, byte order marks.

/// The byte order mark U+FEFF in UTF-8.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";
/// The no-break space of Latin-1 and Windows; no character of UTF-8 begins with it.
pub(super) const NO_BREAK_SPACE: u8 = 0xa0;

/// Bytes that the invisible character at the start of `text` takes; zero when there is none.
pub(super) fn width(text: &[u8]) -> usize {
    match text {
        [NO_BREAK_SPACE, ..] => 1,
        // Next line, no-break space, soft hyphen.
        [0xc2, 0x85 | 0xa0 | 0xad, ..] => 2,
        // The spaces of Ogham and Mongolian.
        [0xe1, 0x9a, 0x80, ..] | [0xe1, 0xa0, 0x8e, ..] => 3,
        // U+2000 to U+200F, U+2028 to U+202F, U+205F to U+206F: spaces, joiners, separators, direction marks.
        [0xe2, 0x80, 0x80..=0x8f | 0xa8..=0xaf, ..] | [0xe2, 0x81, 0x9f..=0xaf, ..] => 3,
        // The ideographic space, variation selectors, the byte order mark.
        [0xe3, 0x80, 0x80, ..] | [0xef, 0xb8, 0x80..=0x8f, ..] | [0xef, 0xbb, 0xbf, ..] => 3,
        _ => 0,
    }
}

/// The same for a unit of UTF-16.
pub(super) fn is_unit(unit: u16) -> bool {
    char::from_u32(u32::from(unit)).is_some_and(|character| {
        let mut bytes = [0; 4];
        unit >= 0x80 && width(character.encode_utf8(&mut bytes).as_bytes()) > 0
    })
}

/// Bytes of the invisible characters and the space at the start of `text`.
pub(super) fn run(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        at += match (rest.first(), width(rest)) {
            (Some(byte), 0) if byte.is_ascii_whitespace() => 1,
            (_, 0) => return at,
            (_, width) => width,
        };
    }
}

/// The same without line ends.
pub(super) fn run_on_line(text: &[u8]) -> usize {
    let run = text.get(..run(text)).unwrap_or_default();
    run.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(run.len())
}

/// Nothing but invisible characters and space, and at least one of the former.
pub(super) fn fills(text: &[u8]) -> bool {
    run(text) == text.len() && !text.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_without_ink_is_known_and_no_other() {
        for character in
            "\u{85}\u{a0}\u{ad}\u{2003}\u{200b}\u{200e}\u{2028}\u{202f}\u{205f}\u{2060}\u{3000}\u{feff}".chars()
        {
            let text = character.to_string();
            assert_eq!(width(text.as_bytes()), text.len(), "U+{:04X}", u32::from(character));
            assert!(is_unit(u16::try_from(u32::from(character)).unwrap()));
            assert!(fills(format!(" {text}\t{text}").as_bytes()));
        }
        assert_eq!(width(b"\xa0"), 1);
        for text in ["A", " ", "-", "é", "–", "—", "…", "\u{2010}", "\n", ""] {
            assert_eq!(width(text.as_bytes()), 0, "{text:?}");
            assert!(!fills(text.as_bytes()), "{text:?}");
        }
    }
}
