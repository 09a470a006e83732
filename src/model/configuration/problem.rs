//! A mistake in the configuration: what it is, and what was probably meant.

use std::fmt;

/// A mistake at its place. Line and column are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub line: usize,
    pub column: usize,
    /// Characters of that line that are wrong; at least one.
    pub width: usize,
    /// The line itself, unless it holds a secret or is too long for people.
    pub source: Option<String>,
    /// The table it stands in, such as `[interface."Data 1"]`; empty for the file as a whole.
    pub table: String,
    pub message: String,
    /// The value or name that was probably meant.
    pub suggestion: Option<String>,
}

/// A text that is not what it should be, wherever it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub message: String,
    /// The value that was probably meant.
    pub suggestion: Option<String>,
}

impl Mistake {
    pub fn new(message: impl Into<String>) -> Mistake {
        Mistake { message: message.into(), suggestion: None }
    }

    #[must_use]
    pub fn meant(mut self, suggestion: Option<String>) -> Mistake {
        self.suggestion = suggestion;
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

/// The known name that is at most two edits (a third of its length for short ones) away.
pub fn nearest<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let scored = known.into_iter().map(|name| (distance(given, name), name));
    let (distance, name) = scored.min()?;
    (distance <= 2.min(name.chars().count().div_ceil(3))).then(|| name.to_owned())
}

/// Edits between two texts, ignoring case: a character added, lost or replaced, or two neighbours swapped. Long input is far away.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 300;
    if a.len().max(b.len()) > LONGEST {
        return usize::MAX;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let replaced = cell(&last, j) + usize::from(from != to);
            let mut best = replaced.min(cell(&last, j + 1) + 1).min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            if swapped {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    cell(&last, b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_edits() {
        for (a, b, edits) in
            [("port", "port", 0), ("prot", "port", 1), ("hostnme", "hostname", 1), ("", "ab", 2), ("abc", "cab", 2)]
        {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }
}
