//! `sealpost config …`.

pub mod check;
pub mod load;
pub mod save;
