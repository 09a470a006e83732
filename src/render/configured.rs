//! Commands that set or remove an entry of the configuration.

use crate::app::configured::{Configured, ConfiguredAs};

use super::answer::Answer;
use super::page::Page;

impl Answer for Configured {
    const SCHEMA: &'static str = "sealpost.configured/1";

    fn page(&self, page: &mut Page) {
        let what = match self.action {
            ConfiguredAs::Created => "is new",
            ConfiguredAs::Changed => "is changed",
            ConfiguredAs::Removed => "is removed",
            ConfiguredAs::Unchanged => "is as it was",
        };
        page.say(&format!("staged: {} {} {what}", self.kind, self.name));
    }
}
