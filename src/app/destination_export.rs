//! `destination export`: the staged destination controls as the appliance's file.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};

use super::context::Context;
use super::destination_file;
use super::exporting::{self, Target};
use super::home;

/// A table that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DestinationExported {
    /// Rows, the default row included.
    pub entries: usize,
    /// The file; absent when it went to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What goes to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

pub fn destination_export(context: &Context, target: &Target) -> Result<Reply<DestinationExported>, Diagnostics> {
    let configuration = home::open(context)?.staged()?.configuration()?;
    let text = destination_file::write(&configuration);
    let file = exporting::write(target, text.as_bytes(), false)?;
    let content = file.is_none().then_some(text);
    Ok(DestinationExported { entries: configuration.destinations.rows.len() + 1, file, content }.into())
}
