//! Staging a change of `sealpost.toml`: the same way in for every command and dialogue that edits it.

use crate::model::configuration::{Configuration, Edit, Mistake, Problem};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::operate::{HomeError, Intent, Staged};

use super::committing::{self, Committing, Outcome};
use super::context::Context;

/// Edits the staged configuration under the lock, and commits it when asked to. `plan` sees the configuration as it is and changes its
/// text; what it gives is handed through. A text that does not read back without mistakes is not staged.
pub fn change<T>(
    context: &Context,
    committing: &Committing,
    plan: impl FnOnce(&Configuration, &mut Edit) -> Result<T, Diagnostics>,
) -> Result<(Outcome, T), Diagnostics> {
    committing::stage(context, committing, |_, staged| edited(staged, plan))
}

/// What is to be staged for an edit: nothing where it changes nothing.
pub fn edited<T>(
    staged: &Staged,
    plan: impl FnOnce(&Configuration, &mut Edit) -> Result<T, Diagnostics>,
) -> Result<(Vec<Intent>, T), Diagnostics> {
    let configuration = staged.configuration()?;
    let mut edit = Edit::of(configuration.text()).map_err(|problems| mistakes(staged, problems))?;
    let result = plan(&configuration, &mut edit)?;
    let text = edit.text();
    if text == configuration.text() {
        return Ok((Vec::new(), result));
    }
    // The file was without mistakes, so that these are in what was asked for.
    Configuration::parse(&text).map_err(asked_wrong)?;
    Ok((vec![Intent::Configure(text)], result))
}

fn asked_wrong(problems: Vec<Problem>) -> Diagnostics {
    let list = problems.into_iter().flat_map(|problem| {
        let mistake = Mistake { message: problem.message, suggestion: problem.suggestion };
        refused(mistake, &problem.table).into_vec()
    });
    let list: Vec<Diagnostic> = list.collect();
    Diagnostics::if_errors(list).unwrap_or_else(|| refused(Mistake::new("the configuration would have mistakes"), ""))
}

/// A wish that makes no good configuration; `table` is where, and may be empty.
pub fn refused(mistake: Mistake, table: &str) -> Diagnostics {
    let diagnostic = Diagnostic::error("config/value", mistake.message);
    let is_told = table.is_empty() || diagnostic.message.contains(table);
    let diagnostic = if is_told { diagnostic } else { diagnostic.fact(format!("in {table}")) };
    let diagnostic = diagnostic.fact("nothing was changed");
    match mistake.suggestion {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
    .into()
}

fn mistakes(staged: &Staged, problems: Vec<Problem>) -> HomeError {
    HomeError::Configuration { path: staged.configuration_path(), problems }
}
