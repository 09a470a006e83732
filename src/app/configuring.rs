//! Staging a change of `sealpost.toml`: the same way in for every command and dialogue that edits it.

use crate::model::configuration::{Configuration, Edit, Problem};
use crate::model::diagnostic::Diagnostics;
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
    committing::stage(context, committing, |_, staged| {
        let configuration = staged.configuration()?;
        let mut edit = edit(staged, &configuration)?;
        let result = plan(&configuration, &mut edit)?;
        let text = edit.text();
        if text == configuration.text() {
            return Ok((Vec::new(), result));
        }
        Ok((vec![Intent::Configure(text)], result))
    })
}

/// The staged text, ready to be edited.
pub fn edit(staged: &Staged, configuration: &Configuration) -> Result<Edit, HomeError> {
    Edit::of(configuration.text()).map_err(|problems| mistakes(staged, problems))
}

fn mistakes(staged: &Staged, problems: Vec<Problem>) -> HomeError {
    HomeError::Configuration { path: staged.configuration_path(), problems }
}
