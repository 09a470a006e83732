//! DETAIL: every setting of one destination, or of all.

use crate::app::destination_show::destination_show;
use crate::cli::menu::dialogue::{Dialogue, Stopped};

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let question = "Enter the domain to view, or enter ALL to view details on all entries.";
    let answer = dialogue.ask.text(question, "ALL")?;
    dialogue.ask.gap()?;
    if !answer.eq_ignore_ascii_case("ALL") {
        let asked = if answer.eq_ignore_ascii_case("DEFAULT") { None } else { Some(answer.as_str()) };
        let shown = destination_show(&dialogue.context(), asked)?;
        return Ok(dialogue.tell(Ok(shown))?);
    }
    for row in super::rows(dialogue)?.rows {
        let shown = destination_show(&dialogue.context(), Some(&row.domain))?;
        dialogue.tell(Ok(shown))?;
    }
    let shown = destination_show(&dialogue.context(), None)?;
    Ok(dialogue.tell(Ok(shown))?)
}
