//! Text from outside, made harmless for a log that is read in terminals and by programs, and the way back.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::details::is_key;

/// Text behind which nothing of ours stands, or only what is told from the end of the line.
pub(super) fn escaped(text: &str) -> impl fmt::Display + '_ {
    struct Escaped<'a>(&'a str);
    impl fmt::Display for Escaped<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            if !self.0.contains('\\') && !self.0.chars().any(is_unsafe) {
                return f.write_str(self.0);
            }
            self.0.chars().try_for_each(|c| write_escaped(f, c))
        }
    }
    Escaped(text)
}

/// Text in front of details: nothing in it looks like ` key=value`, so that nobody can put words into our mouth.
pub(super) fn prose(text: &str) -> impl fmt::Display + '_ {
    Prose { text, begins_word: true }
}

/// The same for text that stands in brackets.
pub(super) fn bracketed(text: &str) -> impl fmt::Display + '_ {
    Prose { text, begins_word: false }
}

struct Prose<'a> {
    text: &'a str,
    /// A space stands in front of it.
    begins_word: bool,
}

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.text.contains('=') {
            return escaped(self.text).fmt(f);
        }
        // Letters of a key so far, where a key may stand.
        let mut key = self.begins_word.then_some(0);
        for c in self.text.chars() {
            match c {
                '=' if key.is_some_and(|letters| letters > 0) => f.write_str("\\x3d")?,
                c => write_escaped(f, c)?,
            }
            key = match c {
                ' ' => Some(0),
                c if u8::try_from(c).is_ok_and(is_key) => key.map(|letters: usize| letters + 1),
                _ => None,
            };
        }
        Ok(())
    }
}

/// The text that was escaped; `None` for what no escaping leads to.
pub(super) fn unescaped(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((front, behind)) = rest.split_once('\\') {
        out.push_str(front);
        let mut letters = behind.chars();
        rest = match letters.next()? {
            same @ ('\\' | '"') => {
                out.push(same);
                letters.as_str()
            }
            'x' => {
                out.push(u8::from_str_radix(behind.get(1..3)?, 16).ok()?.into());
                behind.get(3..)?
            }
            'u' => {
                let (number, behind) = behind.strip_prefix("u{")?.split_once('}')?;
                out.push(char::from_u32(u32::from_str_radix(number, 16).ok()?)?);
                behind
            }
            _ => return None,
        };
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

pub(super) fn write_escaped(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\\' => f.write_str("\\\\"),
        c if c.is_ascii() && is_unsafe(c) => write!(f, "\\x{:02x}", u32::from(c)),
        c if is_unsafe(c) => write!(f, "{}", c.escape_unicode()),
        c => f.write_char(c),
    }
}

/// Control characters, line separators, and what turns the direction of text or hides in it.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}' | '\u{E0000}'..='\u{E007F}')
}
