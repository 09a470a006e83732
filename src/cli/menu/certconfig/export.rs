//! EXPORT: a profile as password-protected PKCS#12.

use crate::app::cert_export::{Order, cert_export};
use crate::app::exporting::{Form, Recipe, Target};
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    let exported = ask(dialogue).and_then(|order| Ok(cert_export(&dialogue.context(), &order, &mut dialogue.ask)?));
    dialogue.tell(exported)
}

fn ask(dialogue: &mut Dialogue<'_>) -> Result<Order, Stopped> {
    let profile = super::existing(dialogue, "Choose the certificate profile to export:")?;
    let path = dialogue.ask.text("Enter the name of the file to write:", &format!("{profile}.p12"))?;
    Ok(Order {
        profile,
        form: Form::Pkcs12,
        part: None,
        recipe: Recipe::Modern,
        friendly_name: None,
        target: Target::File { path, force: false },
        encrypt: true,
    })
}
