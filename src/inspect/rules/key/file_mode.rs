//! `key/file-mode`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::place::Place;

pub const RULE: Rule = Rule {
    id: "key/file-mode",
    severity: Severity::Warning,
    decides: false,
    summary: "a private key that others on the machine can read",
    why: "Whoever can read the key can pass for the server, and read old mail traffic of key exchanges without forward secrecy. Many \
          servers refuse such a file.",
    mend: "`chmod 600 FILE`, and a new key if somebody may have read it.",
    source: "RFC 5280 8",
    fixable: false,
    check: Check::Bundle(check),
};

/// Read, write and search for group and world.
const OTHERS: u32 = 0o077;

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let sorted = &bundle.sorted;
    // A key under a password is as open as its file.
    let locked = sorted.locked.iter().any(|(_, locked)| locked.is_single_key());
    if sorted.keys.is_empty() && sorted.unusable_keys.is_empty() && !locked {
        return Outcome::NotApplicable;
    }
    let Some(mode) = question.file_mode else { return Outcome::NotCheckable("permission bits of the file") };
    Outcome::unless(mode & OTHERS == 0, || {
        Said::new("others than its owner can open the file with the private key")
            .at(Place::file(&bundle.items.file))
            .fact(format!("mode {:04o}, and 0600 is enough", mode & 0o7777))
            .help(format!("chmod 600 {}", bundle.items.file))
    })
}
