//! `sealpost change commit`.

use crate::app::change_commit::Committed;

use super::answer::Answer;
use super::change_show::in_short;
use super::page::Page;

impl Answer for Committed {
    const SCHEMA: &'static str = "sealpost.change-commit/1";

    fn page(&self, page: &mut Page) {
        if !self.committed {
            page.say(&format!("nothing is staged; revision {} runs", self.running));
            return;
        }
        page.say(&format!("committed revision {}: {}", self.running, in_short(&self.changes)));
        let put = self.changes.profiles.iter().filter_map(|change| Some((&change.name, change.after.as_ref()?)));
        page.next(&match put.collect::<Vec<_>>().as_slice() {
            [(name, version)] if !version.has_certificate => format!("sealpost cert import {name} SIGNED.pem"),
            [(name, _)] => format!("sealpost cert show {name}"),
            _ => "sealpost change history".to_owned(),
        });
    }
}
