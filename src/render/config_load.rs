//! `config load`.

use crate::app::config_load::ConfigLoaded;
use crate::model::moment::plural;

use super::answer::Answer;
use super::page::Page;

impl Answer for ConfigLoaded {
    const SCHEMA: &'static str = "sealpost.config-load/1";

    fn page(&self, page: &mut Page) {
        let from = format!("{} (revision {}, saved {})", self.file, self.saved_revision, self.saved);
        if self.is_same() {
            page.say(&format!("nothing to do: {from} is what runs"));
            return;
        }
        let what = changes(self);
        match self.revision {
            Some(revision) => {
                page.say(&format!("committed revision {revision}: {from}: {what}"));
                page.next("sealpost change history");
            }
            None => {
                page.say(&format!("staged {from}: {what}"));
                page.next("sealpost change show");
            }
        }
    }
}

fn changes(loaded: &ConfigLoaded) -> String {
    let mut parts = Vec::new();
    if loaded.configuration {
        parts.push("sealpost.toml".to_owned());
    }
    if loaded.authorities {
        parts.push("custom authorities".to_owned());
    }
    for (names, verb) in [(&loaded.put, "put"), (&loaded.removed, "removed")] {
        if !names.is_empty() {
            parts.push(format!("{} {verb}", plural(names.len() as u64, "profile")));
        }
    }
    parts.join(", ")
}
