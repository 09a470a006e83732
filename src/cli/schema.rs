//! `sealpost schema [NAME]`: the published JSON Schemas, made from the answers' own types.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::Value;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::render::document::Document;
use crate::render::json;

use super::command::{Command, Verb};
use super::commands::COMMANDS;
use super::session::Session;

pub const COMMAND: Command = Command::of::<Schema>(
    &["schema"],
    "print the JSON Schema of an answer, or list them",
    "Examples:
  sealpost schema
  sealpost schema sealpost.cert-list/1",
);

#[derive(Args)]
pub struct Schema {
    /// The name as it stands in the `schema` key of an answer; none lists all
    name: Option<String>,
}

impl Verb for Schema {
    type Answer = Document;

    fn run(self, _: &mut Session) -> Result<Reply<Document>, Diagnostics> {
        let mut schemas = schemas();
        let Some(name) = self.name else {
            let list: String = schemas.keys().map(|name| format!("{name}\n")).collect();
            return Ok(Document::new("schemas", list).into());
        };
        let schema = schemas.remove(name.as_str()).ok_or_else(|| {
            Diagnostic::error("schema/unknown", format!("there is no schema `{name}`")).help("sealpost schema")
        })?;
        Ok(Document::new(name, format!("{schema:#}\n")).into())
    }
}

/// Every published schema by name.
pub fn schemas() -> BTreeMap<&'static str, Value> {
    let answers = COMMANDS.iter().map(|command| (command.schema)());
    answers.chain([(json::ERROR_SCHEMA, json::failure_schema())]).collect()
}
