//! What `lint --fix` did.

use crate::app::mend::{ChangeName, MendedFile, StepView};

use super::page::{Page, Style};

/// Data: the mended file, or before and after.
pub(super) fn mended(page: &mut Page, file: &MendedFile) {
    if let Some(text) = &file.output {
        page.raw(text);
    }
    if file.shows_difference {
        difference(page, file);
    }
}

/// Talk: what was changed.
pub(super) fn changed(page: &mut Page, file: &MendedFile) {
    let name = if file.file == "-" { "standard input" } else { &file.file };
    match (file.changes.len(), &file.written) {
        (0, _) => page.say(&format!("{name}: nothing to mend")),
        (_, None) => page.say(&format!("{name}: mended")),
        (_, Some(written)) if *written == file.file => page.say(&format!("{name}: mended in place")),
        (_, Some(written)) => page.say(&format!("{name}: mended into {written}")),
    }
    for change in &file.changes {
        let verb = match change.change {
            ChangeName::Dropped => "dropped",
            ChangeName::Added => "added",
            ChangeName::Moved => "new order:",
            ChangeName::Rewritten => "written anew:",
        };
        let place = change.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        page.say(&format!("  {verb} {}{place}: {}", change.what, change.why));
    }
    if let Some(lacking) = &file.lacking {
        page.say(&format!("  still wanting: {lacking}"));
    }
}

/// The certificates before and after as a unified difference: one line each.
fn difference(page: &mut Page, file: &MendedFile) {
    page.line(&format!("--- {}", file.file));
    page.line(&format!("+++ {} (mended)", file.file));
    for (mark, step) in edits(&file.before, &file.after) {
        let sha256 = step.sha256.to_string();
        let short = sha256.get(..16).unwrap_or(&sha256);
        let line = Page::plain(&format!("{mark}{}  sha256 {short}", step.name));
        match mark {
            '-' => page.painted_line(&page.paint(Style::Error, &line)),
            '+' => page.painted_line(&page.paint(Style::Good, &line)),
            _ => page.painted_line(&line),
        }
    }
}

/// The longest common subsequence costs the product of both lengths; longer lists are told as replaced as a whole.
const LONGEST: usize = 1000;

fn edits<'a>(before: &'a [StepView], after: &'a [StepView]) -> Vec<(char, &'a StepView)> {
    if before.len() > LONGEST || after.len() > LONGEST {
        return before.iter().map(|step| ('-', step)).chain(after.iter().map(|step| ('+', step))).collect();
    }
    let width = after.len() + 1;
    // common[i * width + j]: how many steps before[i..] and after[j..] have in common.
    let mut common = vec![0_usize; (before.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            common[at(i, j)] = match before[i].sha256 == after[j].sha256 {
                true => common[at(i + 1, j + 1)] + 1,
                false => common[at(i + 1, j)].max(common[at(i, j + 1)]),
            };
        }
    }
    let (mut i, mut j, mut edits) = (0, 0, Vec::new());
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i].sha256 == after[j].sha256 {
            edits.push((' ', &before[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == after.len() || (i < before.len() && common[at(i + 1, j)] >= common[at(i, j + 1)]) {
            edits.push(('-', &before[i]));
            i += 1;
        } else {
            edits.push(('+', &after[j]));
            j += 1;
        }
    }
    edits
}
