//! DELETE: a profile is removed with the next commit.

use crate::app::cert_remove::cert_remove;
use crate::app::committing::Committing;
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    let profile = match super::existing(dialogue, "Choose the certificate profile to remove:") {
        Ok(profile) => profile,
        Err(stopped) => return dialogue.stop(stopped),
    };
    if !dialogue.ask.yes(&format!("Do you want to remove {profile}?"), false)? {
        return Ok(());
    }
    let removed =
        cert_remove(&dialogue.context(), profile.as_str(), false, &Committing::default()).map_err(Stopped::from);
    dialogue.tell(removed)
}
