//! NEW: a self-signed certificate and a request that says the same.

use crate::app::cert_new::{NewOrder, cert_new};
use crate::app::identity::Wish;
use crate::app::interfaces::interface_names;
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;
use crate::model::private_key::KeyType;
use crate::model::subject::SubjectFields;

use super::edit::view_request;

/// What the appliance offers: ten years.
const DAYS: &str = "3650";

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    let order = match ask(dialogue) {
        Ok(order) => order,
        Err(stopped) => return dialogue.stop(stopped),
    };
    let made = cert_new(&dialogue.context(), &order).map_err(Stopped::from);
    let profile = made.as_ref().ok().map(|reply| reply.answer.profile.clone());
    dialogue.tell(made)?;
    match profile {
        Some(profile) => view_request(dialogue, &profile),
        None => Ok(()),
    }
}

/// In the appliance's order, with the further names behind the common name.
fn ask(dialogue: &mut Dialogue<'_>) -> Result<NewOrder, Stopped> {
    let profile = super::new_name(dialogue, "")?.to_string();
    let interfaces = interface_names(&dialogue.context())?;
    for interface in &interfaces {
        dialogue.ask.say(&format!("Interface {} has the host name {}.", interface.name, interface.hostname))?;
    }
    let default = interfaces.first().map(|interface| interface.hostname.clone()).unwrap_or_default();
    let common_name = dialogue.ask.text("Enter the Common Name:", &default)?;
    let names = dialogue.ask.text("Enter the host names (SAN), separated by commas:", &common_name)?;
    let organization = dialogue.optional("Enter the Organization:")?;
    let unit = dialogue.optional("Enter the Organizational Unit:")?;
    let locality = dialogue.optional("Enter the Locality or City:")?;
    let state = dialogue.optional("Enter the State or Province:")?;
    let country = dialogue.optional("Enter the Country (2 letter code):")?;
    let days = dialogue.ask.checked("Duration before expiration (in days):", DAYS, |answer| {
        answer.parse::<i64>().map_err(|_| "Please enter a number of days.".to_owned())
    })?;
    let key_type = key_type(dialogue)?;
    let subject = SubjectFields { common_name: Some(common_name), organization, unit, locality, state, country };
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let wish = Wish { subject, names, client: false };
    Ok(NewOrder { profile, wish, role: None, key_type, days, committing: Default::default() })
}

fn key_type(dialogue: &mut Dialogue<'_>) -> Result<KeyType, NoAnswer> {
    let lines: Vec<String> = KeyType::ALL.iter().map(|key_type| key_type.kind().to_string()).collect();
    let question = "Choose the type of the private key (RSA 2048 is the choice for very old peers):";
    Ok(KeyType::ALL[dialogue.ask.choice(question, &lines, 0)?])
}
