//! The answer as one JSON object: the files while the run goes on, then the rest.

use serde::Serialize;

use crate::app::lint::{FileAnswer, Linted};
use crate::model::diagnostic::Diagnostic;
use crate::render::answer::Answer;
use crate::render::json::indented;
use crate::render::page::Page;

use super::Teller;

/// How many files were written.
#[derive(Debug, Default)]
pub(super) struct Json {
    files: usize,
    has_begun: bool,
}

/// What follows the files.
#[derive(Serialize)]
struct Rest<'a> {
    #[serde(flatten)]
    linted: &'a Linted,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    remarks: &'a [Diagnostic],
}

impl Json {
    fn begin(&mut self, page: &mut Page) {
        if !std::mem::replace(&mut self.has_begun, true) {
            page.raw(format!("{{\n  \"schema\": \"{}\",\n  \"files\": [", Linted::SCHEMA).as_bytes());
        }
    }
}

impl Teller for Json {
    fn file(&mut self, page: &mut Page, answer: &FileAnswer, _: usize) {
        self.begin(page);
        let Some(report) = &answer.report else { return };
        page.raw(if self.files == 0 { b"\n" } else { b",\n" });
        page.raw(indented(report, 4).as_bytes());
        self.files += 1;
    }

    fn end(&mut self, page: &mut Page, linted: &Linted, remarks: &[Diagnostic]) {
        self.begin(page);
        page.raw(if self.files == 0 { b"],\n" } else { b"\n  ],\n" });
        let rest = serde_json::to_string_pretty(&Rest { linted, remarks }).unwrap_or_default();
        page.raw(rest.strip_prefix("{\n").unwrap_or(&rest).as_bytes());
        page.raw(b"\n");
    }
}
