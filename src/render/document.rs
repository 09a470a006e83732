//! A document that the program prints about itself: a man page, a schema, completions.

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::Answer;
use super::page::Page;

/// A title and a text that is printed exactly as it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    title: String,
    text: String,
}

impl Document {
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Document {
        Document { title: title.into(), text: text.into() }
    }
}

impl Answer for Document {
    const SCHEMA: &'static str = "sealpost.document/1";

    fn page(&self, page: &mut Page) {
        page.raw(self.text.as_bytes());
    }
}
