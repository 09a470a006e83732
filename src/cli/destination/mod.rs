//! `sealpost destination …`.

pub mod clear;
pub mod default;
pub mod export;
pub mod import;
pub mod list;
pub mod remove;
pub mod set;
pub mod show;

use crate::cli::key_args::Keyed;
use crate::model::configuration::{DESTINATION_KEYS, Key};

/// The keys of a row.
pub struct RowTable;

impl Keyed for RowTable {
    const KEYS: &'static [Key] = DESTINATION_KEYS;
    const UNSET: &'static str = "inherit";
}
