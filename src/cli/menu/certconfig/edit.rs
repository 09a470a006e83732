//! EDIT: the CA's answer for a profile, and its request once more. The key never changes here.

use crate::app::cert_import::{Order, cert_import};
use crate::app::cert_request::{RequestOrder, cert_request};
use crate::app::cert_show::{ProfileAnswer, cert_show, stored_request};
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;
use crate::model::profile_name::ProfileName;

use super::paste;

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    let profile = match super::existing(dialogue, "Choose the certificate profile to edit:") {
        Ok(profile) => profile,
        Err(stopped) => return dialogue.stop(stopped),
    };
    let mut sources = Vec::new();
    if dialogue.ask.yes("Do you want to update the certificate?", false)? {
        let question = "Paste the new certificate in PEM; end with a line that holds a dot:";
        sources.push(paste::certificate(dialogue, question)?);
    }
    paste::intermediates(dialogue, &mut sources)?;
    if !sources.is_empty() {
        let imported = cert_import(&dialogue.context(), &Order::new(profile.clone(), sources), &mut dialogue.ask);
        dialogue.tell(imported.map_err(Stopped::from))?;
    }
    view_request(dialogue, &profile)
}

/// Shows the request of a profile; one that came without any gets one, with its key and names.
pub(super) fn view_request(dialogue: &mut Dialogue<'_>, profile: &ProfileName) -> Result<(), NoAnswer> {
    if !dialogue.ask.yes("Do you want to view the CSR?", true)? {
        return Ok(());
    }
    let context = dialogue.context();
    let has_request = cert_show(&context, profile, false).map(|reply| reply.answer.request.is_some());
    match has_request {
        Ok(true) => {
            let stored = stored_request(&context, profile).map(|reply| reply.map(ProfileAnswer::Request));
            dialogue.tell(stored.map_err(Stopped::from))
        }
        Ok(false) => dialogue.tell(cert_request(&context, &RequestOrder::again(profile)).map_err(Stopped::from)),
        Err(errors) => dialogue.stop(errors.into()),
    }
}
