//! The ruleset of a run: a built-in one or a file, and what the operator set otherwise.

use crate::inspect::ruleset::{BUILT_IN, Ruleset, RulesetError};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::sys::input;

use super::reading::unreadable;

/// A ruleset is a page of text.
const LARGEST_RULESET: u64 = 1 << 20;

/// The ruleset `name`, which is built in or a file, with `RULE=LEVEL` changes. All mistakes in the changes are told.
pub fn ruleset(name: &str, changes: &[String]) -> Result<Ruleset, Diagnostics> {
    let mut ruleset = read(name)?;
    let mut errors = Vec::new();
    for change in changes {
        let (rule, level) = change.split_once('=').unwrap_or((change, ""));
        if let Err(error) = ruleset.set(rule, Some(level), None) {
            errors.push(wrong(&error).fact(format!("given: --severity {change}")));
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
        RulesetError::Unknown(_) => {
            let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            told.help(format!("--ruleset {}, or a file", names.join(", ")))
        }
        RulesetError::UnknownRule(_) => told.help("sealpost explain lists the rules"),
        _ => told,
    }
}
