//! `key=value` at the end of a line: what we say and the appliance does not.

use std::fmt::{self, Write};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Word;
use super::escaping::{is_unsafe, unescaped, write_escaped};

/// What we add at the end of a line. Keys are ours; values are quoted where they need it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details(Vec<(Word, String)>);

impl Details {
    pub fn new() -> Details {
        Details::default()
    }

    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Details {
        self.0.push((Word::Borrowed(key), value.to_string()));
        self
    }

    #[must_use]
    pub fn and(mut self, others: Details) -> Details {
        self.0.extend(others.0);
        self
    }

    #[must_use]
    pub fn with_some(self, key: &'static str, value: Option<impl ToString>) -> Details {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Removes a value, for a fact that has a field of its own.
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(at).1)
    }

    /// What stands before the first ` key=` of a line, and what the rest says. `None` when the rest is not what `Display` writes.
    pub(super) fn split(text: &str) -> Option<(&str, Details)> {
        let Some(at) = begin(text) else { return Some((text, Details::new())) };
        let (front, mut rest) = text.split_at_checked(at)?;
        let mut details = Details::new();
        while !rest.is_empty() {
            let (key, behind) = rest.strip_prefix(' ')?.split_once('=')?;
            let (value, behind) = value(behind)?;
            if key.is_empty() || !key.bytes().all(is_key) {
                return None;
            }
            details.0.push((Word::Owned(key.to_owned()), value));
            rest = behind;
        }
        Some((front, details))
    }
}

/// Octets of a key.
pub(super) fn is_key(octet: u8) -> bool {
    octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'_'
}

/// Where the first ` key=` begins. Text from outside holds none: `escaping::prose` sees to that.
fn begin(text: &str) -> Option<usize> {
    let octets = text.as_bytes();
    text.match_indices('=').find_map(|(equals, _)| {
        let front = octets.get(..equals)?;
        let key = front.iter().rev().take_while(|octet| is_key(**octet)).count();
        let space = equals.checked_sub(key + 1)?;
        (key > 0 && front.get(space) == Some(&b' ')).then_some(space)
    })
}

/// A value at the front of `text`, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(' ').unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end)?;
        return Some((unescaped(value)?.into_owned(), rest));
    };
    let mut is_escape = false;
    let end = quoted.bytes().position(|octet| {
        let is_end = octet == b'"' && !is_escape;
        is_escape = octet == b'\\' && !is_escape;
        is_end
    })?;
    Some((unescaped(quoted.get(..end)?)?.into_owned(), quoted.get(end + 1..)?))
}

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.0 {
            write!(f, " {key}=")?;
            if value.is_empty() || value.contains([' ', '"', '=', '\\', '\'']) || value.chars().any(is_unsafe) {
                f.write_char('"')?;
                value.chars().try_for_each(|c| if c == '"' { f.write_str("\\\"") } else { write_escaped(f, c) })?;
                f.write_char('"')?;
            } else {
                f.write_str(value)?;
            }
        }
        Ok(())
    }
}

/// As an object; the keys are distinct.
impl Serialize for Details {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Everything in an object that has text for a value.
impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Details, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Details;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Details, A::Error> {
                let mut details = Details::new();
                while let Some((key, value)) = map.next_entry::<String, serde_json::Value>()? {
                    if let serde_json::Value::String(value) = value {
                        details.0.push((Word::Owned(key), value));
                    }
                }
                Ok(details)
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
