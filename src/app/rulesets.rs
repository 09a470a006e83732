//! The ruleset of a run: a built-in one or a file, and what the operator set otherwise.

use crate::inspect::rules;
use crate::inspect::ruleset::{BUILT_IN, Ruleset, RulesetError};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::sys::input;

use super::reading::unreadable;

/// A ruleset is a page of text.
const LARGEST_RULESET: u64 = 1 << 20;

/// The ruleset `name`, which is built in or a file, with `RULE=LEVEL` changes. All mistakes in the changes are told.
pub fn ruleset(name: &str, changes: &[String]) -> Result<Ruleset, Diagnostics> {
    changed(read(name)?, changes)
}

/// The same with a ruleset at hand.
pub fn changed(mut ruleset: Ruleset, changes: &[String]) -> Result<Ruleset, Diagnostics> {
    let mut errors = Vec::new();
    for change in changes {
        let (rule, level) = change.split_once('=').unwrap_or((change, ""));
        if let Err(error) = ruleset.set(rule, Some(level), None) {
            errors.push(wrong(&error).fact(format!("given: {change}")));
        }
    }
    match Diagnostics::if_errors(errors) {
        Some(errors) => Err(errors),
        None => Ok(ruleset),
    }
}

fn read(name: &str) -> Result<Ruleset, Diagnostics> {
    if BUILT_IN.iter().any(|(known, _)| *known == name) || !name.contains(['.', '/']) {
        return Ruleset::named(name).map_err(|error| wrong(&error).into());
    }
    let bytes = input::read(name, LARGEST_RULESET).map_err(|error| unreadable(name, &error))?.bytes;
    Ruleset::parse(name, &String::from_utf8_lossy(&bytes))
        .map_err(|error| wrong(&error).fact(format!("in the file {name}")).into())
}

fn wrong(error: &RulesetError) -> Diagnostic {
    let told = Diagnostic::error("lint/ruleset", error.to_string());
    match error {
        RulesetError::Unknown(name) => {
            let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            let told = told.fact(format!("there are {}; or a file", names.join(", ")));
            match nearest(name, names) {
                Some(meant) => told.help(format!("did you mean `{meant}`?")),
                None => told.help("--ruleset NAME|FILE"),
            }
        }
        RulesetError::UnknownRule(id) => unknown_rule(id),
        _ => told,
    }
}

/// There is no such rule; which one might be meant.
pub fn unknown_rule(id: &str) -> Diagnostic {
    let told = Diagnostic::error("lint/no-rule", format!("there is no rule `{id}`"));
    match nearest(id, rules::all().map(|rule| rule.id)) {
        Some(meant) => told.help(format!("did you mean `{meant}`? (`sealpost explain` lists all)")),
        None => told.help("sealpost explain"),
    }
}

/// The candidate that is fewest typing mistakes away; also one whose last part is what was typed.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let ranked = candidates.into_iter().map(|candidate| {
        let tail = candidate.rsplit('/').next().unwrap_or(candidate);
        (distance(typed, candidate).min(distance(typed, tail)), candidate)
    });
    ranked.min().filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(2)).map(|(_, meant)| meant)
}

/// Letters to insert, remove or change (Levenshtein). What is longer than any rule's name is far from all.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let rules = ["chain/misordered", "cert/weak-key", "key/weak"];
        assert_eq!(nearest("chain/misorderd", rules), Some("chain/misordered"));
        assert_eq!(nearest("misordered", rules), Some("chain/misordered"));
        assert_eq!(nearest("something-else-entirely", rules), None);
    }
}
