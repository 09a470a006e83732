//! SETUP: what holds for all outgoing TLS.

use crate::app::settings::{self, Setting};
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::model::configuration::Change;

const ALERT: &str = "alerts.tls-required";

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let current = settings::show(&dialogue.context(), ALERT)?.answer.value;
    let is_on = current.first().is_some_and(|value| value == "true");
    let on = dialogue.ask.yes("Do you want to send an alert when a required TLS connection fails?", is_on)?;
    if on != is_on {
        let setting = Setting::new(ALERT, Change::Set(vec![on.to_string()]))?;
        let done = settings::set(&dialogue.context(), &Default::default(), &[setting]);
        dialogue.remarks(done)?;
    }
    Ok(())
}
