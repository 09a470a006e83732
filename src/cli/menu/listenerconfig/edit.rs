//! EDIT: one listener.

use crate::app::listeners::{self, ListenerShown};
use crate::cli::menu::certificate;
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::keyed::{Answers, listed};
use crate::cli::menu::prompter::NoAnswer;
use crate::model::configuration::LISTENER_KEYS;

use super::host_access;

const OPERATIONS: &[(&str, &str)] = &[
    ("INTERFACE", "Change the interface and the port."),
    ("CERTIFICATE", "Choose the certificate."),
    ("HOSTACCESS", "Modify the Host Access Table: sender groups, policies and their TLS."),
    ("RCPTACCESS", "Modify the domains that mail is accepted for."),
];

pub(super) fn hold(dialogue: &mut Dialogue<'_>, name: &str) -> Result<(), NoAnswer> {
    let list = |dialogue: &mut Dialogue<'_>| {
        let shown = listeners::show(&dialogue.context(), name)?.answer;
        dialogue.ask.gap()?;
        for (label, value) in rows(&shown) {
            dialogue.ask.say(&format!("{label}: {value}"))?;
        }
        Ok(())
    };
    dialogue.operations(OPERATIONS, list, |dialogue, operation| run(dialogue, name, operation))
}

fn rows(shown: &ListenerShown) -> [(&'static str, String); 6] {
    let domains = if shown.domains.is_empty() { "none".to_owned() } else { shown.domains.join(", ") };
    [
        ("Name", shown.name.clone()),
        ("Type", shown.exposure.clone()),
        ("Interface", format!("{} ({}) TCP Port {}", shown.interface, shown.address, shown.port)),
        ("Hostname", shown.hostname.clone()),
        ("TLS", shown.tls.clone()),
        ("Domains", domains),
    ]
}

fn run(dialogue: &mut Dialogue<'_>, name: &str, operation: &'static str) -> Result<(), Stopped> {
    let shown = listeners::show(&dialogue.context(), name)?.answer;
    let mut answers = Answers::about(LISTENER_KEYS);
    match operation {
        "CERTIFICATE" => return certificate::choose(dialogue, &format!("listener:{name}"), true),
        "HOSTACCESS" => return Ok(host_access::hold(dialogue, name)?),
        "INTERFACE" => {
            let interface = super::interface(dialogue, &shown.interface)?;
            answers.set("interface", &interface, &shown.interface);
            let current = shown.port.to_string();
            let port = dialogue.port("Please enter the TCP port for this listener.", &current)?;
            answers.set("port", &port, &current);
        }
        _ => {
            let question = "Enter the domains you want to accept mail for, separated by commas.";
            let domains = listed(&dialogue.text(question, &shown.domains.join(", "))?);
            answers.set_list("domains", domains, &shown.domains);
        }
    }
    dialogue.settle(&answers, |dialogue, assignments| {
        listeners::set(&dialogue.context(), &Default::default(), name, assignments)
    })
}
