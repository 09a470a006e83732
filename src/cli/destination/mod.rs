//! `sealpost destination …`.

pub mod clear;
pub mod default;
pub mod export;
pub mod import;
pub mod list;
pub mod remove;
mod row_args;
pub mod set;
pub mod show;
