//! NEW: a self-signed certificate and a request that says the same.

use crate::app::cert_new::{NewOrder, cert_new, days};
use crate::app::identity::{Wish, objection};
use crate::app::interfaces::interface_names;
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;
use crate::model::diagnostic::Diagnostic;
use crate::model::private_key::KeyType;
use crate::model::subject::SubjectFields;

use super::edit::view_request;

/// What the appliance offers: ten years.
const DAYS: &str = "3650";

/// Where the answer to a question belongs.
type Slot = fn(&mut SubjectFields) -> &mut Option<String>;

/// Questions that may be left out, in the appliance's order.
const FIELDS: [(&str, Slot); 5] = [
    ("Enter the Organization:", |subject| &mut subject.organization),
    ("Enter the Organizational Unit:", |subject| &mut subject.unit),
    ("Enter the Locality or City:", |subject| &mut subject.locality),
    ("Enter the State or Province:", |subject| &mut subject.state),
    ("Enter the Country (2 letter code):", |subject| &mut subject.country),
];

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

/// In the appliance's order, with the further names behind the common name. What would be refused is asked for again at once.
fn ask(dialogue: &mut Dialogue<'_>) -> Result<NewOrder, Stopped> {
    let profile = super::unused_name(dialogue)?.to_string();
    let interfaces = interface_names(&dialogue.context())?;
    for interface in &interfaces {
        dialogue.ask.say(&format!("Interface {} has the host name {}.", interface.name, interface.hostname))?;
    }
    let default = interfaces.first().map(|interface| interface.hostname.as_str()).unwrap_or_default();
    let common_name = subject_field(dialogue, "Enter the Common Name:", default, |subject| &mut subject.common_name)?;
    let mut subject = SubjectFields { common_name: common_name.clone(), ..SubjectFields::default() };
    let default = common_name.unwrap_or_default();
    let names = dialogue.ask.checked("Enter the host names (SAN), separated by commas:", &default, |answer| {
        let names = answer.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let wish = Wish { names, ..Wish::default() };
        objection(&wish).map_or(Ok(wish.names), |error| Err(sentence(&error)))
    })?;
    for (question, slot) in FIELDS {
        *slot(&mut subject) = subject_field(dialogue, question, "", slot)?;
    }
    let days = dialogue.ask.checked("Duration before expiration (in days):", DAYS, |answer| {
        let given = answer.parse().map_err(|_| "Please enter a number of days.".to_owned())?;
        days(given).map(|_| given).map_err(|errors| errors.iter().map(sentence).collect())
    })?;
    let key_type = key_type(dialogue)?;
    let wish = Wish { subject, names, client: false };
    Ok(NewOrder { profile, wish, role: None, key_type, days, committing: Default::default() })
}

/// Nothing when nothing was answered.
fn subject_field(
    dialogue: &mut Dialogue<'_>,
    question: &str,
    default: &str,
    slot: Slot,
) -> Result<Option<String>, NoAnswer> {
    dialogue.ask.checked(question, default, |answer| {
        let value = Some(answer.to_owned()).filter(|answer| !answer.is_empty());
        let mut wish = Wish::default();
        slot(&mut wish.subject).clone_from(&value);
        objection(&wish).map_or(Ok(value), |error| Err(sentence(&error)))
    })
}

/// What is wrong, as the dialogue says it; what to do is to answer again.
fn sentence(error: &Diagnostic) -> String {
    format!("{}.", error.message)
}

fn key_type(dialogue: &mut Dialogue<'_>) -> Result<KeyType, NoAnswer> {
    let lines: Vec<String> = KeyType::ALL.iter().map(|key_type| key_type.kind().to_string()).collect();
    let question = "Choose the type of the private key (RSA 2048 is the choice for very old peers):";
    Ok(KeyType::ALL[dialogue.ask.choice(question, &lines, 0)?])
}
