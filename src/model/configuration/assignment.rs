//! What somebody wants a key to be, as texts from a command line or a dialogue.

use toml_edit::{Array, Item, Value};

use super::domain::DomainKey;
use super::edit_array;
use super::key::{Key, Kind};
use super::problem::{Mistake, nearest};

/// A change to one key of a table.
#[derive(Debug, Clone)]
pub struct Assignment {
    pub key: &'static Key,
    pub change: Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One text, or for a list any number.
    Set(Vec<String>),
    /// Put these into a list, those that are there already aside: at its end, or for secrets at its front, where the one in use stands.
    Add(Vec<String>),
    /// Take these out of a list; one that is not there is a mistake.
    Remove(Vec<String>),
    /// Without the key, its default holds.
    Unset,
}

impl Assignment {
    /// Sets the key called `name` among `keys`, which must have it or the mistake lists them.
    pub fn set(
        keys: &'static [Key],
        name: &str,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Assignment, Mistake> {
        let change = Change::Set(values.into_iter().map(Into::into).collect());
        Ok(Assignment { key: key_called(keys, name)?, change })
    }

    pub fn unset(keys: &'static [Key], name: &str) -> Result<Assignment, Mistake> {
        Ok(Assignment { key: key_called(keys, name)?, change: Change::Unset })
    }

    /// What the key becomes in a table where it is `old`; `None` takes it away. Whether the value is a good one is for the reader of the
    /// whole to say.
    pub(super) fn apply(&self, old: Option<&Item>) -> Result<Option<Value>, Mistake> {
        let listed = old.map(written).unwrap_or_default();
        let is_there = |text: &String| listed.iter().any(|other| same(other, text));
        let wanted: Vec<String> = match &self.change {
            Change::Unset => return Ok(None),
            Change::Set(texts) => match self.key.kind {
                Kind::List(_) | Kind::OneOrMore(_) => texts.clone(),
                _ => return Ok(Some(scalar(self.key.kind, texts.first().map_or("", String::as_str)))),
            },
            Change::Add(texts) if self.key.secret => {
                texts.iter().filter(|text| !is_there(text)).chain(&listed).cloned().collect()
            }
            Change::Add(texts) => listed.iter().chain(texts.iter().filter(|text| !is_there(text))).cloned().collect(),
            Change::Remove(texts) => {
                if let Some(text) = texts.iter().find(|text| !is_there(text)) {
                    let near = nearest(text, listed.iter().map(String::as_str));
                    let mistake = Mistake::new(format!("`{text}` does not stand in `{}`", self.key.name));
                    return Err(mistake.meant(near));
                }
                listed.iter().filter(|other| !texts.iter().any(|text| same(other, text))).cloned().collect()
            }
        };
        let array = match old {
            Some(Item::Value(Value::Array(old))) => edit_array::with(old, &wanted),
            _ => wanted.iter().collect::<Array>(),
        };
        Ok(Some(Value::Array(array)))
    }
}

fn key_called(keys: &'static [Key], name: &str) -> Result<&'static Key, Mistake> {
    keys.iter().find(|key| key.name == name).ok_or_else(|| {
        let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
        let near = nearest(name, known.iter().copied());
        Mistake::new(format!("there is no key `{name}`; there are {}", known.join(", "))).meant(near)
    })
}

/// The value that a text stands for; a text that is none of the kind stays a text, for the reader to complain about.
fn scalar(kind: Kind, text: &str) -> Value {
    let text = text.trim();
    match kind {
        Kind::Number { .. } => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Kind::Switch => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => true.into(),
            "false" | "no" | "off" => false.into(),
            _ => text.into(),
        },
        Kind::Words(words) => words().into_iter().find(|word| word.eq_ignore_ascii_case(text)).unwrap_or(text).into(),
        _ => text.into(),
    }
}

/// A value as texts: one, or the elements of a list.
pub(super) fn written(item: &Item) -> Vec<String> {
    match item.as_value() {
        Some(Value::Array(array)) => array.iter().map(one).collect(),
        Some(value) => vec![one(value)],
        None => Vec::new(),
    }
}

fn one(value: &Value) -> String {
    match value {
        Value::String(text) => text.value().clone(),
        Value::Integer(number) => number.value().to_string(),
        Value::Boolean(switch) => switch.value().to_string(),
        other => other.to_string().trim().to_owned(),
    }
}

/// The same entry of a list: in any case, and domains in any of their forms.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || matches!((one.parse::<DomainKey>(), other.parse::<DomainKey>()), (Ok(one), Ok(other)) if one == other)
}
