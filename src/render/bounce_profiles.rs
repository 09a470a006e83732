//! `bounce-profile list` and `bounce-profile show`.

use crate::app::bounce_profiles::{BounceProfileList, BounceProfileShown, wait};

use super::answer::Answer;
use super::configured::short;
use super::entry_table::{self, Column};
use super::page::Page;
use super::views::field;

const COLUMNS: [Column<BounceProfileShown>; 7] = [
    ("Name", |shown| shown.name.clone()),
    ("Retries", |shown| shown.retries.to_string()),
    ("In Queue", |shown| wait(shown.longest_in_queue_seconds)),
    ("First Wait", |shown| wait(shown.first_wait_seconds)),
    ("Longest Wait", |shown| wait(shown.longest_wait_seconds)),
    ("Delay Warning", warning),
    ("Used By", |shown| if shown.destinations.is_empty() { "-".to_owned() } else { short(&shown.destinations) }),
];

impl Answer for BounceProfileList {
    const SCHEMA: &'static str = "sealpost.bounce-profile-list/1";

    fn page(&self, page: &mut Page) {
        entry_table::print(page, &COLUMNS, &self.bounce_profiles, |shown| shown.staged);
    }
}

impl Answer for BounceProfileShown {
    const SCHEMA: &'static str = "sealpost.bounce-profile-show/1";

    fn page(&self, page: &mut Page) {
        entry_table::headline(page, "bounce profile", &self.name, self.staged);
        field(page, "retries", &self.retries.to_string());
        field(page, "in queue", &format!("at most {}", wait(self.longest_in_queue_seconds)));
        let waits = [self.first_wait_seconds, self.longest_wait_seconds].map(wait);
        field(page, "waits", &format!("from {} to {}", waits[0], waits[1]));
        field(page, "delay warning", &warning(self));
        if !self.destinations.is_empty() {
            field(page, "used by", &short(&self.destinations));
        }
    }
}

fn warning(shown: &BounceProfileShown) -> String {
    shown.delay_warning_seconds.map_or_else(|| "off".to_owned(), wait)
}
