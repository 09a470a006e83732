//! Choosing the certificate of a role, wherever a dialogue offers it.

use crate::app::cert_list::cert_list;
use crate::app::role_bind::role_bind;
use crate::app::role_list::role_list;
use crate::app::role_unbind::role_unbind;

use super::dialogue::{Dialogue, Stopped};

const NONE: &str = "None";
const DEMO: &str = "Demo";

/// Lets `role` present one of the profiles. A server that presents none falls back to Demo, a client shows nothing.
pub fn choose(dialogue: &mut Dialogue<'_>, role: &str, is_server: bool) -> Result<(), Stopped> {
    let context = dialogue.context();
    let list = cert_list(&context)?.answer.profiles;
    let mut names: Vec<String> = list.into_iter().map(|row| row.name.to_string()).filter(|name| name != DEMO).collect();
    names.push(if is_server { DEMO } else { NONE }.to_owned());
    let roles = role_list(&context)?.answer.roles;
    let bound = roles.into_iter().find(|listed| listed.role == role && listed.inherited_from.is_none());
    let current = bound.and_then(|listed| listed.profiles.first().map(|bound| bound.profile.to_string()));
    let last = names.len() - 1;
    let default = current.and_then(|current| names.iter().position(|name| *name == current)).unwrap_or(last);
    dialogue.ask.gap()?;
    if is_server {
        dialogue.ask.say("You may use the Demo certificate to test TLS, but this will not be secure.")?;
    }
    let chosen = dialogue.ask.choice("Please choose the certificate to apply:", &names, default)?;
    let done = match chosen {
        index if index == last => role_unbind(&context, role, None, &Default::default()),
        index => role_bind(&context, role, &names[index..=index], &Default::default()),
    };
    Ok(dialogue.tell(done.map_err(Stopped::Refused))?)
}
