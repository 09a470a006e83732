//! Two texts line by line.

use crate::model::configuration::Masks;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Same(String),
    Removed(String),
    Added(String),
    /// Lines that are the same in both were left out here.
    Gap,
}

/// Above this many pairs of differing lines, the middle is shown as replaced.
const MOST_PAIRS: usize = 4_000_000;
/// Unchanged lines shown around a change.
const AROUND: usize = 2;

/// The difference of two configurations. The same secret has the same mask in both, so that a change is seen and the secret is not.
pub(super) fn of(before: &str, after: &str) -> Vec<Line> {
    if before == after {
        return Vec::new();
    }
    let mut masks = Masks::default();
    lines(&masks.shown(before), &masks.shown(after))
}

/// The difference of two texts by their longest common lines.
fn lines(before: &str, after: &str) -> Vec<Line> {
    if before == after {
        return Vec::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let end = old.iter().skip(start).rev().zip(new.iter().skip(start).rev()).take_while(|(a, b)| a == b).count();
    let middle =
        |all: &[&str]| all.get(start..all.len() - end).unwrap_or_default().iter().map(|l| l.to_string()).collect();
    let (gone, came): (Vec<String>, Vec<String>) = (middle(&old), middle(&new));
    let mut all: Vec<Line> = old.iter().take(start).map(|line| Line::Same(line.to_string())).collect();
    all.extend(common(&gone, &came));
    all.extend(old.iter().skip(old.len() - end).map(|line| Line::Same(line.to_string())));
    shorten(&all)
}

fn common(gone: &[String], came: &[String]) -> Vec<Line> {
    let removed = |line: &String| Line::Removed(line.clone());
    let added = |line: &String| Line::Added(line.clone());
    if gone.len().saturating_mul(came.len()) > MOST_PAIRS {
        return gone.iter().map(removed).chain(came.iter().map(added)).collect();
    }
    // longest[i][j]: common lines of gone[i..] and came[j..].
    let width = came.len() + 1;
    let mut longest = vec![0_u32; (gone.len() + 1) * width];
    for i in (0..gone.len()).rev() {
        for j in (0..came.len()).rev() {
            longest[i * width + j] = match gone[i] == came[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < gone.len() && j < came.len() {
        if gone[i] == came[j] {
            out.push(Line::Same(gone[i].clone()));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            out.push(removed(&gone[i]));
            i += 1;
        } else {
            out.push(added(&came[j]));
            j += 1;
        }
    }
    out.extend(gone[i..].iter().map(removed));
    out.extend(came[j..].iter().map(added));
    out
}

/// Keeps the changes and what stands around them.
fn shorten(all: &[Line]) -> Vec<Line> {
    let is_change = |line: &Line| !matches!(line, Line::Same(_));
    let near = |index: usize| {
        let from = index.saturating_sub(AROUND);
        all.iter().skip(from).take(index - from + AROUND + 1).any(is_change)
    };
    let mut out: Vec<Line> = Vec::new();
    for (index, line) in all.iter().enumerate() {
        if near(index) {
            out.push(line.clone());
        } else if out.last().is_some_and(|last| *last != Line::Gap) {
            out.push(Line::Gap);
        }
    }
    if out.last() == Some(&Line::Gap) {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_show_what_changed_and_where() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
        let new = "a\nb\nc\nD\ne\nf\ng\nh\nx\ni\n";
        let shown: Vec<String> = lines(old, new)
            .iter()
            .map(|line| match line {
                Line::Same(text) => format!(" {text}"),
                Line::Removed(text) => format!("-{text}"),
                Line::Added(text) => format!("+{text}"),
                Line::Gap => "~".to_owned(),
            })
            .collect();
        assert_eq!(shown, [" b", " c", "-d", "+D", " e", " f", " g", " h", "+x", " i"]);
        assert!(lines(old, old).is_empty());
        assert_eq!(lines("", "a\n"), [Line::Added("a".into())]);
        assert_eq!(
            lines("x\n1\n2\n3\n4\n5\n6\n", "y\n1\n2\n3\n4\n5\n6\n7\n").iter().filter(|l| **l == Line::Gap).count(),
            1
        );
    }
}
