//! What would be different: per profile what it was and what it becomes, and the configuration line by line.

use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;

use super::error::HomeError;
use super::rebase::changed_between;
use super::revision::Revision;
use super::staged::{Change, Staged};
use crate::model::configuration::Masks;

/// Everything that differs between two states of the home.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    pub profiles: Vec<ProfileDifference>,
    /// Lines of `sealpost.toml` with two lines around each change; empty when nothing differs.
    pub configuration: Vec<Line>,
}

/// A profile before and after; at least one of them is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileDifference {
    pub name: ProfileName,
    /// The name that the same key and certificate had before.
    pub renamed_from: Option<ProfileName>,
    pub before: Option<ProfileSummary>,
    pub after: Option<ProfileSummary>,
    /// Its key leaves the older revisions too.
    pub purge_key: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Same(String),
    Removed(String),
    Added(String),
    /// Lines that are the same in both were left out here.
    Gap,
}

/// What a commit of the staged edits would change in what runs.
pub fn of_staged(staged: &Staged) -> Result<Difference, HomeError> {
    let running = staged.running();
    let mut profiles = Vec::new();
    for (name, change) in staged.changes() {
        let before = if running.has(name)? { Some(running.summary(name)?) } else { None };
        let (after, purge_key) = match change {
            Change::Put => (Some(staged.summary(name)?), false),
            Change::Removed { purge_key } => (None, *purge_key),
        };
        profiles.push(ProfileDifference { name: name.clone(), renamed_from: None, before, after, purge_key });
    }
    let configuration = match staged.configuration_changed() {
        true => shown_lines(&running.configuration_text()?, staged.configuration_text()),
        false => Vec::new(),
    };
    Ok(Difference { profiles: find_renames(profiles), configuration })
}

/// What is different in `after`.
pub fn of_revisions(before: &Revision, after: &Revision) -> Result<Difference, HomeError> {
    let mut profiles = Vec::new();
    for name in changed_between(before, after)? {
        let of = |revision: &Revision| match revision.has(&name) {
            Ok(true) => revision.summary(&name).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        };
        profiles.push(ProfileDifference {
            before: of(before)?,
            after: of(after)?,
            renamed_from: None,
            purge_key: false,
            name,
        });
    }
    let configuration = shown_lines(&before.configuration_text()?, &after.configuration_text()?);
    Ok(Difference { profiles: find_renames(profiles), configuration })
}

/// A profile that went and one that came with the same key and certificate are one that was renamed.
fn find_renames(mut profiles: Vec<ProfileDifference>) -> Vec<ProfileDifference> {
    let is_same = |one: &ProfileSummary, other: &ProfileSummary| {
        one.public_key().is_some() && one.public_key() == other.public_key() && one.certificate == other.certificate
    };
    let mut index = 0;
    while index < profiles.len() {
        let partner = profiles.get(index).filter(|gone| gone.after.is_none()).and_then(|gone| {
            let before = gone.before.as_ref()?;
            profiles.iter().position(|came| {
                came.before.is_none() && came.after.as_ref().is_some_and(|after| is_same(before, after))
            })
        });
        match partner {
            Some(came) => {
                let gone = profiles.remove(index);
                let came = if came > index { came - 1 } else { came };
                if let Some(came) = profiles.get_mut(came) {
                    came.renamed_from = Some(gone.name);
                    came.before = gone.before;
                    came.purge_key = gone.purge_key;
                }
            }
            None => index += 1,
        }
    }
    profiles
}

/// Above this many pairs of differing lines, the middle is shown as replaced.
const MOST_PAIRS: usize = 4_000_000;
/// Unchanged lines shown around a change.
const AROUND: usize = 2;

/// The difference of two configurations. The same secret has the same mask in both, so that a change is seen and the secret is not.
fn shown_lines(before: &str, after: &str) -> Vec<Line> {
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
