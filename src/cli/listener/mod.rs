//! `sealpost listener`: one file per verb.

pub mod group;
pub mod list;
pub mod policy;
pub mod remove;
pub mod set;
pub mod show;
