//! IMPORT: a profile from files of any form.

use crate::app::cert_import::{Order, cert_import};
use crate::app::reading::Source;
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    let files = dialogue.required("Enter the names of the files to import, separated by spaces:")?;
    let sources = files.split_whitespace().map(|file| Source::File(file.to_owned())).collect();
    let profile = super::profile_name(dialogue)?;
    let order = Order::new(profile, sources);
    let imported = cert_import(&dialogue.context(), &order, &mut dialogue.ask).map_err(Stopped::from);
    dialogue.tell(imported)
}
