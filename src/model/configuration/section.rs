//! One table under the eyes of the reader: each key read as what it takes, each mistake reported at its value.

use std::collections::BTreeSet;
use std::time::Duration;

use toml_edit::{Item, Table, Value};

use super::key::{Key, Kind};
use super::problem::{Mistake, nearest};
use super::quantity;
use super::reader::{Reader, excerpt, heading};
use super::words::Word;

/// Every method gives `None` both when the key is not there and when its value is a mistake, which is then reported.
pub(super) struct Section<'r, 'a, 't> {
    reader: &'r mut Reader<'a>,
    table: &'t Table,
    path: &'t [&'t str],
}

impl<'r, 'a, 't> Section<'r, 'a, 't> {
    pub fn new(reader: &'r mut Reader<'a>, table: &'t Table, path: &'t [&'t str]) -> Section<'r, 'a, 't> {
        Section { reader, table, path }
    }

    pub fn has(&self, key: &Key) -> bool {
        self.table.contains_key(key.name)
    }

    /// Whether the value is this text.
    pub fn is_text(&self, key: &Key, text: &str) -> bool {
        self.table.get(key.name).and_then(Item::as_str) == Some(text)
    }

    /// A mistake unless the key is there.
    pub fn needs(&mut self, key: &Key) {
        if !self.has(key) {
            let mistake = Mistake::new(format!("`{}` is missing in {}: {}", key.name, heading(self.path), key.about));
            self.reader.report(self.table.span(), self.path, mistake);
        }
    }

    /// A mistake that two good values make together, told at `key`.
    pub fn report(&mut self, key: &Key, mistake: Mistake) {
        let span = self.table.get(key.name).and_then(Item::span).or_else(|| self.table.span());
        self.reader.report(span, self.path, mistake);
    }

    pub fn switch(&mut self, key: &Key) -> Option<bool> {
        self.value(key, |value| value.as_bool().ok_or_else(|| unfit(key, value)))
    }

    pub fn number<T: TryFrom<u64>>(&mut self, key: &Key) -> Option<T> {
        let Kind::Number { from, to } = key.kind else { return None };
        self.value(key, |value| {
            let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
            let number = number.filter(|number| (from..=to).contains(number));
            number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| unfit(key, value))
        })
    }

    pub fn duration(&mut self, key: &Key) -> Option<Duration> {
        self.duration_or_off(key).flatten()
    }

    /// `Some(None)` is `off`, for a key that takes it.
    pub fn duration_or_off(&mut self, key: &Key) -> Option<Option<Duration>> {
        let (from, to, off) = match key.kind {
            Kind::Duration { from, to } => (from, to, false),
            Kind::DurationOrOff { from, to } => (from, to, true),
            _ => return None,
        };
        self.value(key, |value| {
            if off && value.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case("off")) {
                return Ok(None);
            }
            let seconds = value.as_str().and_then(quantity::parse_duration);
            match seconds.filter(|seconds| (from..=to).contains(seconds)) {
                Some(seconds) => Ok(Some(Duration::from_secs(seconds))),
                // A bare number has no unit, and guessing one is how an hour becomes a second.
                None => Err(unfit(key, value).meant(value.as_integer().map(|number| format!("\"{number}s\"")))),
            }
        })
    }

    /// Octets, as a number or as a text with a unit.
    pub fn size(&mut self, key: &Key) -> Option<u64> {
        let Kind::Size { from, to } = key.kind else { return None };
        self.value(key, |value| {
            let octets = value.as_integer().and_then(|number| u64::try_from(number).ok());
            let octets = octets.or_else(|| value.as_str().and_then(quantity::parse_size));
            octets.filter(|octets| (from..=to).contains(octets)).ok_or_else(|| unfit(key, value))
        })
    }

    pub fn word<W: Word>(&mut self, key: &Key) -> Option<W> {
        self.value(key, |value| {
            let text = value.as_str();
            text.and_then(W::from_word).ok_or_else(|| {
                let near = text.and_then(|text| nearest(text, W::WORDS.iter().map(|(_, word)| *word)));
                unfit(key, value).meant(near)
            })
        })
    }

    pub fn text<T>(&mut self, key: &Key, read: impl FnOnce(&str) -> Result<T, Mistake>) -> Option<T> {
        self.value(key, |value| read(value.as_str().ok_or_else(|| unfit(key, value))?))
    }

    /// The name of a `kind` that the file has elsewhere.
    pub fn reference(&mut self, key: &Key, kind: &'static str) -> Option<String> {
        let item = self.table.get(key.name)?;
        let found = match item.as_str() {
            Some(name) => self.reader.look_up(kind, name).map(|()| name.to_owned()),
            None => Err(Mistake::new(format!("`{}` must be the name of a {kind} in quotes", key.name))),
        };
        self.kept(item, found)
    }

    /// A list of texts, each read by `read`. Two that come out the same are a mistake at the second.
    pub fn list<T: Ord>(&mut self, key: &Key, read: impl Fn(&str) -> Result<T, Mistake>) -> Option<Vec<T>> {
        self.list_at(self.table.get(key.name)?, key, read)
    }

    /// The same, for a list that stands under another name.
    pub fn list_at<T: Ord>(
        &mut self,
        item: &Item,
        key: &Key,
        read: impl Fn(&str) -> Result<T, Mistake>,
    ) -> Option<Vec<T>> {
        let Some(values) = texts(item, key.kind) else {
            let near = item.as_str().filter(|_| !key.secret).map(|text| format!("[\"{}\"]", excerpt(text)));
            let mistake = Mistake::new(format!("`{}` must be {}, in brackets", key.name, key.kind));
            self.reader.report(item.span(), self.path, mistake.meant(near));
            return None;
        };
        let mut good = Vec::with_capacity(values.len());
        for value in &values {
            let text = value.as_str().ok_or_else(|| unfit(key, value));
            match text.and_then(&read) {
                Ok(element) => good.push((element, value)),
                Err(mistake) => self.reader.report(value.span(), self.path, mistake),
            }
        }
        let mut seen = BTreeSet::new();
        for (element, value) in &good {
            if !seen.insert(element) {
                let mistake = Mistake::new(format!("{} stands twice in `{}`", shown(key, value), key.name));
                self.reader.report(value.span(), self.path, mistake);
            }
        }
        (good.len() == values.len()).then(|| good.into_iter().map(|(element, _)| element).collect())
    }

    fn value<T>(&mut self, key: &Key, read: impl FnOnce(&Value) -> Result<T, Mistake>) -> Option<T> {
        let item = self.table.get(key.name)?;
        let read = match item.as_value() {
            Some(value) => read(value),
            None => Err(Mistake::new(format!("`{}` must be {}, not a table", key.name, key.kind))),
        };
        self.kept(item, read)
    }

    fn kept<T>(&mut self, item: &Item, read: Result<T, Mistake>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(mistake) => {
                self.reader.report(item.span(), self.path, mistake);
                None
            }
        }
    }
}

/// The elements of a list; where one will do, a text counts as a list of one.
fn texts(item: &Item, kind: Kind) -> Option<Vec<&Value>> {
    match (item.as_value()?, kind) {
        (Value::Array(array), _) => Some(array.iter().collect()),
        (value @ Value::String(_), Kind::OneOrMore(_)) => Some(vec![value]),
        _ => None,
    }
}

fn unfit(key: &Key, value: &Value) -> Mistake {
    Mistake::new(format!("`{}` must be {}, not {}", key.name, key.kind, shown(key, value)))
}

/// The value as it stands in the file, unless it is a secret.
fn shown(key: &Key, value: &Value) -> String {
    match value {
        _ if key.secret => "what it is".to_owned(),
        Value::String(text) => format!("`{}`", excerpt(text.value())),
        other => format!("`{}`", excerpt(other.to_string().trim())),
    }
}
