//! `destination set` and `destination default`: keys of a row.

use crate::model::configuration::{Assignment, Change, DeliveryTls, Edit, Word};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::shell_word::shell_word;

use super::committing::Committing;
use super::configured::{self, Configured, Entry};
use super::context::Context;
use super::destination_show::domain_key;
use super::views::destination::DEFAULT_ROW;
use super::{configuring, home};

/// Sets keys of the row for `domain`, which comes into being if it is not there; a key that is taken away is inherited again.
pub fn destination_set(
    context: &Context,
    committing: &Committing,
    domain: &str,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    let key = domain_key(domain)?;
    let configuration = home::open(context)?.staged()?.configuration()?;
    let name = Edit::of(configuration.text()).map(|edit| edit.destination_name(&key));
    let name = name.unwrap_or_else(|_| key.to_string());
    let entry = Entry { name: key.to_string(), ..Entry::new("destination", "destination", &name) };
    let mut reply = configured::set(context, committing, &entry, assignments)?;
    reply.remarks.extend(verify_note(&key.to_string(), assignments));
    Ok(reply)
}

/// Sets keys of the default row.
pub fn destination_default(
    context: &Context,
    committing: &Committing,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    let path = ["destination"];
    let entry = Entry {
        kind: "destination",
        noun: "destination row",
        name: DEFAULT_ROW.to_owned(),
        path: vec!["destination".to_owned()],
        list: "sealpost destination show".to_owned(),
    };
    let (outcome, changes) = configuring::change(context, committing, |_, edit| {
        configured::assign(assignments, |assignment| {
            let before = edit.written(&path, assignment.key.name);
            edit.assign(&path, assignment)?;
            let after = edit.written(&path, assignment.key.name);
            if after.is_some() {
                edit.make(&path);
            }
            Ok((before, after))
        })
    })?;
    let mut reply = entry.configured(configured::set_as(false, &changes), changes, outcome);
    reply.remarks.extend(verify_note(DEFAULT_ROW, assignments));
    Ok(reply)
}

/// The settings that look for the domain's own name in the certificate find it rarely.
fn verify_note(row: &str, assignments: &[Assignment]) -> Option<Diagnostic> {
    let mut tls = assignments.iter().filter(|assignment| assignment.key.name == "tls");
    let word = tls.next_back().and_then(|assignment| match &assignment.change {
        Change::Set(texts) => DeliveryTls::from_word(texts.first()?),
        _ => None,
    });
    let tls = word.filter(|tls| matches!(tls, DeliveryTls::PreferredVerify | DeliveryTls::RequiredVerify))?;
    let hosted = DeliveryTls::RequiredVerifyHosted.word();
    let command = match row {
        DEFAULT_ROW => "sealpost destination default".to_owned(),
        domain => format!("sealpost destination set {}", shell_word(domain)),
    };
    let message = format!("`{}` looks for the recipient's domain in the peer's certificate", tls.word());
    Some(
        Diagnostic::note("destination/verified-name", message)
            .fact("most certificates name the MX host instead")
            .fact(format!("`{hosted}` accepts the domain's MX names too"))
            .help(format!("{command} --tls {hosted}; or --verify-names NAME")),
    )
}
