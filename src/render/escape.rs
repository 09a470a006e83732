//! Text from outside, made harmless for a terminal: control characters, line breaks and bidirectional overrides are shown, not obeyed.

use std::borrow::Cow;

/// Shows what cannot be shown as `\u{…}`; everything else stays.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::new(), |mut out, c| {
        match c {
            c if is_unsafe(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
        out
    }))
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::terminal;

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(terminal("mx1.example.com"), "mx1.example.com");
        assert_eq!(terminal("a\x1b[31mb"), "a\\u{1b}[31mb");
        assert_eq!(terminal("a\u{202e}b\nc"), "a\\u{202e}b\\u{a}c");
        assert_eq!(terminal("Zürich 東京"), "Zürich 東京");
    }
}
