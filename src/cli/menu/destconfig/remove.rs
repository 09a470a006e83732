//! DELETE and CLEAR: rows less; the default row stays.

use crate::app::destination_remove::{destination_clear, destination_remove};
use crate::cli::menu::dialogue::{Dialogue, Stopped};

pub(super) fn one(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let domain = super::domain(dialogue, "Enter the domain you wish to delete.", true)?;
    let done = destination_remove(&dialogue.context(), &[domain], &Default::default());
    dialogue.remarks(done)?;
    super::count(dialogue)
}

pub(super) fn all(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    if !dialogue.ask.yes("Are you sure you want to remove all entries?", false)? {
        return Ok(());
    }
    let done = destination_clear(&dialogue.context(), &Default::default());
    dialogue.remarks(done)?;
    super::count(dialogue)
}
