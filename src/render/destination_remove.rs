//! `destination remove` and `destination clear`.

use crate::app::destination_remove::DestinationRemoved;
use crate::model::moment::plural;

use super::answer::Answer;
use super::page::Page;

impl Answer for DestinationRemoved {
    const SCHEMA: &'static str = "sealpost.destination-remove/1";

    fn page(&self, page: &mut Page) {
        let what = match self.domains.as_slice() {
            _ if self.removed == 0 => return page.say("nothing to remove: there is no row but the default one"),
            [] => format!("{} removed; the default row stays", plural(self.removed as u64, "destination")),
            [domain] => format!("destination {domain} is removed"),
            domains => format!("destinations {} are removed", domains.join(", ")),
        };
        match self.revision {
            Some(revision) => {
                page.say(&format!("committed revision {revision}: {what}"));
                page.next("sealpost destination list");
            }
            None => {
                page.say(&format!("staged: {what}"));
                page.next("sealpost change commit");
            }
        }
    }
}
