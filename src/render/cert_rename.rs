//! `cert rename`.

use crate::app::cert_rename::Renamed;

use super::answer::Answer;
use super::page::Page;

impl Answer for Renamed {
    const SCHEMA: &'static str = "sealpost.cert-rename/1";

    fn page(&self, page: &mut Page) {
        let what = format!("profile {} is called {}", self.from, self.to);
        let still = if self.still_running { format!("; {} runs until the commit", self.from) } else { String::new() };
        let roles = if self.roles.is_empty() { String::new() } else { format!(", also for {}", self.roles.join(", ")) };
        let what = format!("{what}{roles}");
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
