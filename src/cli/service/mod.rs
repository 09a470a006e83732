//! `sealpost service`: one file per verb.

pub mod list;
pub mod remove;
pub mod set;
pub mod show;
