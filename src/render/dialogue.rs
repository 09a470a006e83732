//! How a dialogue ended. What it said on the way was printed on the way.

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{Answer, Exit};
use super::page::Page;

#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct DialogueEnded {
    /// Operations that could not be done.
    pub refused: usize,
}

impl Answer for DialogueEnded {
    const SCHEMA: &'static str = "sealpost.dialogue/1";

    fn page(&self, _: &mut Page) {}

    fn exit(&self) -> Exit {
        if self.refused == 0 { Exit::Done } else { Exit::Failed }
    }
}
