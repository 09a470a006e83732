//! `sealpost config …`.

pub mod load;
pub mod save;
