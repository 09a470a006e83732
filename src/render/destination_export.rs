//! `destination export`.

use crate::app::destination_export::DestinationExported;
use crate::model::moment::plural;
use crate::model::shell_word::shell_word;

use super::answer::Answer;
use super::page::Page;

impl Answer for DestinationExported {
    const SCHEMA: &'static str = "sealpost.destination-export/1";

    fn page(&self, page: &mut Page) {
        if let Some(content) = &self.content {
            page.raw(content.as_bytes());
        }
        if let Some(file) = &self.file {
            let entries = plural(self.entries as u64 - 1, "destination");
            page.say(&format!("wrote {file}: {entries} and the default row"));
            page.next(&format!("sealpost destination import {}", shell_word(file)));
        }
    }
}
