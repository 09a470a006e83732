//! `sealpost change rollback`.

use crate::app::change_rollback::RolledBack;

use super::answer::Answer;
use super::change_show::in_short;
use super::page::Page;

impl Answer for RolledBack {
    const SCHEMA: &'static str = "sealpost.change-rollback/1";

    fn page(&self, page: &mut Page) {
        match &self.revision {
            None => page.say(&format!("revision {} runs already", self.restored)),
            Some(entry) => {
                let what = in_short(&self.changes);
                page.say(&format!(
                    "revision {} runs, with the content of revision {}: {what}",
                    entry.number, self.restored
                ));
                page.next("sealpost change rollback, to undo this");
            }
        }
    }
}
