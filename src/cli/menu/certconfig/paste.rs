//! PASTE: a certificate, its key and its intermediates, each ended by a line with a dot.

use zeroize::Zeroizing;

use crate::app::cert_import::{Order, cert_import};
use crate::app::reading::Source;
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;
use crate::inspect::bytes::{self, Kind};

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    let profile = super::profile_name(dialogue)?;
    let mut sources = vec![certificate(dialogue, "Paste the certificate in PEM; end with a line that holds a dot:")?];
    let key = dialogue.ask.pasted("Paste the private key in PEM; end with a line that holds a dot:")?;
    sources.push(source("pasted key", key));
    intermediates(dialogue, &mut sources)?;
    let imported = cert_import(&dialogue.context(), &Order::new(profile, sources), &mut dialogue.ask);
    dialogue.tell(imported.map_err(Stopped::from))
}

/// A pasted certificate; its subject is echoed, so that a wrong clipboard is seen at once.
pub(super) fn certificate(dialogue: &mut Dialogue<'_>, question: &str) -> Result<Source, NoAnswer> {
    let text = dialogue.ask.pasted(question)?;
    for item in bytes::read("pasted certificate", text.as_bytes()).items {
        if let Kind::Certificate(certificate) = item.kind {
            dialogue.ask.say(&format!("Subject: {}", certificate.subject()))?;
        }
    }
    Ok(source("pasted certificate", text))
}

/// Asked again after each one.
pub(super) fn intermediates(dialogue: &mut Dialogue<'_>, sources: &mut Vec<Source>) -> Result<(), NoAnswer> {
    while dialogue.ask.yes("Do you want to add an intermediate certificate?", false)? {
        sources.push(certificate(dialogue, "Paste the intermediate in PEM; end with a line that holds a dot:")?);
    }
    Ok(())
}

fn source(name: &str, text: Zeroizing<String>) -> Source {
    Source::Text { name: name.to_owned(), bytes: Zeroizing::new(text.as_bytes().to_vec()) }
}
