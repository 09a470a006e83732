//! `destination import`.

use crate::app::destination_import::DestinationImported;
use crate::model::moment::plural;

use super::answer::Answer;
use super::page::Page;

impl Answer for DestinationImported {
    const SCHEMA: &'static str = "sealpost.destination-import/1";

    fn page(&self, page: &mut Page) {
        let table = format!("{} and the default row", plural(self.entries as u64 - 1, "destination"));
        let changes = changes(self);
        if changes.is_empty() {
            page.say(&format!("nothing to do: {table} are as the file says"));
            return;
        }
        let what = format!("{table}: {}", changes.join(", "));
        match self.revision {
            Some(revision) => {
                page.say(&format!("committed revision {revision}: {what}"));
                page.next("sealpost destination list");
            }
            None => {
                page.say(&format!("staged {what}"));
                page.next("sealpost change show");
            }
        }
    }
}

fn changes(imported: &DestinationImported) -> Vec<String> {
    let counts = [(imported.added, "added"), (imported.changed, "changed"), (imported.removed, "removed")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = counts.map(|(count, what)| format!("{count} {what}")).collect();
    if imported.default_changed {
        parts.push("the default row changed".to_owned());
    }
    if let Some(on) = imported.tls_alert {
        parts.push(format!("alerts on failed required TLS {}", if on { "on" } else { "off" }));
    }
    if let Some(name) = &imported.certificate {
        parts.push(format!("certificate for outgoing TLS {name}"));
    }
    parts
}
