//! Settings that are one of a few words: read from the word, written as it.

/// A setting with a fixed list of words.
pub trait Word: Sized + Copy + PartialEq + 'static {
    /// Every value with its word, in the order in which people are shown them.
    const WORDS: &'static [(Self, &'static str)];

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(value, _)| *value == self).map_or("", |(_, word)| word)
    }

    /// The value of a word, in any case.
    fn from_word(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, word)| word.eq_ignore_ascii_case(text.trim())).map(|(value, _)| *value)
    }
}
