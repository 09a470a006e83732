//! Setting and removing entries of the configuration.

use crate::app::configured::{Configured, ConfiguredAs, KeyChange};

use super::answer::Answer;
use super::page::Page;

impl Answer for Configured {
    const SCHEMA: &'static str = "sealpost.configured/1";

    fn page(&self, page: &mut Page) {
        let what = if self.name.is_empty() { "settings".to_owned() } else { format!("{} {}", self.kind, self.name) };
        if self.action == ConfiguredAs::Unchanged {
            page.say(&format!("{what}: as it is already; nothing was staged"));
            page.next(&self.look);
            return;
        }
        let done = match self.action {
            ConfiguredAs::Created => " is new",
            ConfiguredAs::Removed => " is removed",
            ConfiguredAs::Changed | ConfiguredAs::Unchanged => "",
        };
        match self.revision {
            Some(revision) => page.say(&format!("committed revision {revision}: {what}{done}")),
            None => page.say(&format!("staged: {what}{done}")),
        }
        for change in &self.changes {
            page.say(&format!("  {}", told(change, self.action == ConfiguredAs::Created)));
        }
        page.next(if self.revision.is_some() { &self.look } else { "sealpost change commit" });
    }
}

/// `port: 25 -> 465`; of a new entry the value alone.
fn told(change: &KeyChange, is_new: bool) -> String {
    let value = |value: &Option<Vec<String>>| match value {
        None => "(default)".to_owned(),
        Some(list) if list.is_empty() => "(none)".to_owned(),
        Some(list) => short(list),
    };
    match is_new {
        true => format!("{}: {}", change.key, value(&change.after)),
        false => format!("{}: {} -> {}", change.key, value(&change.before), value(&change.after)),
    }
}

/// The first of a long list, and how many there are.
pub(super) fn short(list: &[String]) -> String {
    const MOST: usize = 6;
    match list.get(..MOST) {
        Some(first) if list.len() > MOST => format!("{}, … ({})", first.join(", "), list.len()),
        _ => list.join(", "),
    }
}
