//! `sealpost change prune`.

use crate::app::change_prune::Pruned;

use super::answer::Answer;
use super::page::Page;

impl Answer for Pruned {
    const SCHEMA: &'static str = "sealpost.change-prune/1";

    fn page(&self, page: &mut Page) {
        let verb = if self.done { "removed" } else { "would remove" };
        for number in &self.revisions {
            page.line(&format!("{verb} revision {number}"));
        }
        for destroyed in &self.destroyed {
            page.line(&format!(
                "{verb} profile {} of revision {}, with its key",
                destroyed.profile, destroyed.revision
            ));
        }
        let kept = self.kept.len();
        page.say(&format!(
            "{verb} {} revisions, {kept} {}",
            self.revisions.len(),
            if self.done { "are left" } else { "would be left" }
        ));
        if !self.done && !self.revisions.is_empty() {
            page.next("the same without --dry-run");
        }
    }
}
