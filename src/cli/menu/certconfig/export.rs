//! EXPORT: a profile as password-protected PKCS#12.

use crate::app::cert_export::{CertExported, cert_export};
use crate::app::exporting::{Form, Recipe, Target, Wanted};
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;
use crate::model::diagnostic::Reply;

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    let exported = export(dialogue);
    dialogue.tell(exported)
}

fn export(dialogue: &mut Dialogue<'_>) -> Result<Reply<CertExported>, Stopped> {
    let profile = super::existing(dialogue, "Choose the certificate profile to export:")?;
    let path = dialogue.ask.text("Enter the name of the file to write:", &format!("{profile}.p12"))?;
    let wanted = Wanted {
        form: Form::Pkcs12,
        part: None,
        recipe: Recipe::Modern,
        friendly_name: None,
        target: Target::File { path, force: false },
        encrypt: true,
    };
    Ok(cert_export(&dialogue.context(), &profile, &wanted, &mut dialogue.ask)?)
}
