//! What every command's answer can do: be read by a person, and by a program.

use schemars::JsonSchema;
use serde::Serialize;

use super::page::Page;

/// How a command ended; the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or the answer is yes.
    Done = 0,
    /// Done, and the answer is no: findings, not verified, something is due.
    No = 1,
    /// It could not be done, and what it would have changed is as it was.
    Failed = 2,
}

/// Forms of findings that other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
}

/// The answer of a command. Its serialised form is the JSON object that is published under `SCHEMA`.
pub trait Answer: Serialize + JsonSchema {
    /// `sealpost.NOUN-VERB/1`. A published field never changes its meaning; new ones may come.
    const SCHEMA: &'static str;

    /// Writes the answer for a person.
    fn page(&self, page: &mut Page);

    /// Whether the answer is yes or no.
    fn exit(&self) -> Exit {
        Exit::Done
    }
}
