//! `sealpost setting`: one file per verb.

pub mod hostname;
pub mod list;
pub mod set;
pub mod show;
