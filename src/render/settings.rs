//! `setting list` and `setting show`.

use crate::app::settings::{SettingList, SettingShown};

use super::answer::Answer;
use super::configured::short;
use super::entry_table::{self, Column};
use super::page::Page;
use super::views::field;

const COLUMNS: [Column<SettingShown>; 3] =
    [("Setting", |shown| shown.key.clone()), ("Value", value), ("Takes", |shown| shown.takes.clone())];

impl Answer for SettingList {
    const SCHEMA: &'static str = "sealpost.setting-list/1";

    fn page(&self, page: &mut Page) {
        entry_table::print(page, &COLUMNS, &self.settings, |shown| shown.staged);
    }
}

impl Answer for SettingShown {
    const SCHEMA: &'static str = "sealpost.setting-show/1";

    fn page(&self, page: &mut Page) {
        entry_table::headline(page, "setting", &self.key, self.staged);
        field(page, "about", &self.about);
        field(page, "value", &value(self));
        if let Some(default) = self.default.as_ref().filter(|_| self.is_set) {
            field(page, "default", default);
        }
        field(page, "takes", &self.takes);
    }
}

/// The value, and whether it is one that nobody set.
fn value(shown: &SettingShown) -> String {
    match (shown.is_set, shown.value.as_slice()) {
        (true, _) if shown.secret => "(secret)".to_owned(),
        (true, []) => "(none)".to_owned(),
        (true, values) => short(values),
        (false, []) => "-".to_owned(),
        (false, values) => format!("{} (default)", values.join(", ")),
    }
}
