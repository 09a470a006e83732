//! `destination list`: every row of the staged destination controls.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};

use super::context::Context;
use super::home;
use super::views::destination::{DEFAULT_ROW, DestinationRow};

/// The rows sorted by domain, and what holds for every other domain.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DestinationList {
    /// Rows, the default row included.
    pub entries: usize,
    pub rows: Vec<DestinationRow>,
    /// The default row with everything filled in.
    pub default: DestinationRow,
}

pub fn destination_list(context: &Context) -> Result<Reply<DestinationList>, Diagnostics> {
    let configuration = home::open(context)?.staged()?.configuration()?;
    let destinations = &configuration.destinations;
    let rows: Vec<DestinationRow> =
        destinations.rows.iter().map(|(domain, (_, row))| DestinationRow::of(domain, row)).collect();
    let default = DestinationRow::of(DEFAULT_ROW, &destinations.controls(None).in_full());
    Ok(DestinationList { entries: rows.len() + 1, rows, default }.into())
}
