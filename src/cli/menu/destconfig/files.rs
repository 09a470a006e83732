//! IMPORT and EXPORT: the appliance's file.

use std::path::Path;

use crate::app::destination_export::destination_export;
use crate::app::destination_import::destination_import;
use crate::app::exporting::Target;
use crate::cli::menu::dialogue::{Dialogue, Stopped};

pub(super) fn import(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let file = dialogue.required("Enter the name of the file to import.")?;
    let done = destination_import(&dialogue.context(), &file, &Default::default());
    dialogue.remarks(done)?;
    super::count(dialogue)
}

pub(super) fn export(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let path = dialogue.required("Enter the name of the file to export to.")?;
    let is_there = Path::new(&path).symlink_metadata().is_ok();
    if is_there && !dialogue.ask_again(&format!("{path} exists already. Do you want to replace it?"), false)? {
        return Ok(());
    }
    let done = destination_export(&dialogue.context(), &Target::File { path, force: is_there })?;
    Ok(dialogue.tell(Ok(done))?)
}
