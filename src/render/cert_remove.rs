//! `cert remove`.

use crate::app::cert_remove::Removed;

use super::answer::Answer;
use super::page::Page;

impl Answer for Removed {
    const SCHEMA: &'static str = "sealpost.cert-remove/1";

    fn page(&self, page: &mut Page) {
        let key = if self.purge_key { " and its key is destroyed" } else { "" };
        let what = format!("profile {} is removed{key}", self.profile);
        let still = if self.still_running { "; it runs until the commit" } else { "" };
        match self.revision {
            Some(revision) => {
                page.say(&format!("committed revision {revision}: {what}"));
                page.next("sealpost cert list");
            }
            None => {
                page.say(&format!("staged: {what}{still}"));
                page.next("sealpost change commit");
            }
        }
    }
}
