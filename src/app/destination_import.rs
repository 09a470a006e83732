//! `destination import`: the appliance's file in place of the whole table, or nothing.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Configuration, Destinations, Edit};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::operate::RevisionNumber;
use crate::sys::input;

use super::binding;
use super::committing::{self, Committing};
use super::configuring;
use super::context::Context;
use super::destination_file::{self, Imported, Known};
use super::reading::unreadable;

/// A hundred thousand rows with every key are a third of it.
const LARGEST_FILE: u64 = 128 << 20;

/// A table that was replaced.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DestinationImported {
    /// Rows now, the default row included.
    pub entries: usize,
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
    /// Whether the default row is another.
    pub default_changed: bool,
    /// The alert on a failed required TLS connection, when the file says otherwise than before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_alert: Option<bool>,
    /// The certificate for all outgoing TLS, when the file names another than before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<ProfileName>,
    /// The revision that holds the change; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// Replaces the whole table by what `file` says. A file with a mistake changes nothing.
pub fn destination_import(
    context: &Context,
    file: &str,
    committing: &Committing,
) -> Result<Reply<DestinationImported>, Diagnostics> {
    let bytes = input::read(file, LARGEST_FILE).map_err(|error| Diagnostics::from(unreadable(file, &error)))?.bytes;
    let (outcome, mut answer) = committing::stage(context, committing, |_, staged| {
        let profiles = staged.names()?;
        configuring::edited(staged, |configuration, edit| {
            let known = Known { configuration, profiles: &profiles };
            let imported = destination_file::read(file, &bytes, &known)?;
            let answer = compare(configuration, &imported);
            apply(configuration, &imported, &answer, edit);
            Ok(answer)
        })
    })?;
    answer.revision = outcome.revision();
    Ok(Reply::new(answer, outcome.into_remarks()))
}

fn compare(configuration: &Configuration, imported: &Imported) -> DestinationImported {
    let (old, new) = (&configuration.destinations, &imported.destinations);
    let bound = outbound(configuration);
    // Demo is what the appliance has until somebody chooses another, and what a role without a profile stands for here.
    let certificate =
        imported.certificate.as_ref().filter(|name| bound != Some(name) && !(bound.is_none() && name.is_demo()));
    DestinationImported {
        entries: new.rows.len() + 1,
        added: missing(new, old),
        removed: missing(old, new),
        changed: new.rows.iter().filter(|(key, row)| old.rows.get(*key).is_some_and(|old| old.1 != row.1)).count(),
        default_changed: old.default != new.default,
        tls_alert: imported.tls_alert.filter(|on| *on != configuration.alerts.tls_required),
        certificate: certificate.cloned(),
        revision: None,
    }
}

fn missing(of: &Destinations, in_other: &Destinations) -> usize {
    of.rows.keys().filter(|key| !in_other.rows.contains_key(*key)).count()
}

fn outbound(configuration: &Configuration) -> Option<&ProfileName> {
    configuration.roles.bound.get(&Role::Outbound { domain: None })?.first()
}

fn apply(configuration: &Configuration, imported: &Imported, answer: &DestinationImported, edit: &mut Edit) {
    edit.replace_destinations(&configuration.destinations, &imported.destinations);
    if let Some(on) = answer.tls_alert {
        edit.set(&["alerts"], "tls-required", on);
    }
    if let Some(name) = &answer.certificate {
        binding::put(edit, &Role::Outbound { domain: None }, std::slice::from_ref(name));
    }
}
