//! The keys of a table: what each means, what it takes, and what holds without it. The reader, help, errors and `setting list` all ask
//! these constants, so that they cannot disagree.

use std::fmt;

use super::quantity;
use super::words::Word;

/// One key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// In kebab-case.
    pub name: &'static str,
    pub kind: Kind,
    /// One line, lower case, no full stop.
    pub about: &'static str,
    /// What holds when the key is not there, as `setting set` would take it; `None` when nothing does.
    pub default: Option<&'static str>,
    /// The value is never shown.
    pub secret: bool,
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Switch,
    /// Both bounds belong to it.
    Number {
        from: u64,
        to: u64,
    },
    /// Seconds; both bounds belong to it.
    Duration {
        from: u64,
        to: u64,
    },
    /// A duration, or `off`.
    DurationOrOff {
        from: u64,
        to: u64,
    },
    /// Octets; both bounds belong to it.
    Size {
        from: u64,
        to: u64,
    },
    Words(fn() -> Vec<&'static str>),
    /// A text of this form, such as `a host name`.
    Text(&'static str),
    /// A list of texts of this form, in the plural.
    List(&'static str),
    /// One text, or a list of texts.
    OneOrMore(&'static str),
}

/// A table that there is once, such as `[limits]` or `[tls.inbound]`.
#[derive(Debug)]
pub struct TableKeys {
    pub path: &'static [&'static str],
    /// One line, lower case, no full stop.
    pub about: &'static str,
    pub keys: &'static [Key],
}

impl Key {
    pub const fn new(name: &'static str, kind: Kind, about: &'static str) -> Key {
        Key { name, kind, about, default: None, secret: false }
    }

    #[must_use]
    pub const fn default(mut self, default: &'static str) -> Key {
        self.default = Some(default);
        self
    }

    /// Its value is a list.
    pub fn takes_many(&self) -> bool {
        matches!(self.kind, Kind::List(_) | Kind::OneOrMore(_))
    }

    #[must_use]
    pub const fn secret(mut self) -> Key {
        self.secret = true;
        self
    }
}

/// The words of `W`, for `Kind::Words`.
pub(super) fn words<W: Word>() -> Vec<&'static str> {
    W::WORDS.iter().map(|(_, word)| *word).collect()
}

/// A port that can be listened on or connected to.
pub(super) const PORT: Kind = Kind::Number { from: 1, to: 65_535 };

/// Says the range: `a number from 1 to 1,000`, `one of no, preferred, required`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Switch => f.write_str("true or false"),
            Kind::Number { from, to } => {
                write!(f, "a number from {} to {}", quantity::grouped(*from), quantity::grouped(*to))
            }
            Kind::Duration { from, to } => {
                write!(f, "a time from {} to {}", quantity::duration(*from), quantity::duration(*to))
            }
            Kind::DurationOrOff { from, to } => {
                write!(f, "`off` or a time from {} to {}", quantity::duration(*from), quantity::duration(*to))
            }
            Kind::Size { from, to } => write!(f, "a size from {} to {}", quantity::size(*from), quantity::size(*to)),
            Kind::Words(words) => write!(f, "one of {}", words().join(", ")),
            Kind::Text(form) => f.write_str(form),
            Kind::List(forms) => write!(f, "a list of {forms}"),
            Kind::OneOrMore(form) => write!(f, "{form} or a list of them"),
        }
    }
}
