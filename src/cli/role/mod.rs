//! `sealpost role …`.

pub mod bind;
pub mod check;
pub mod list;
pub mod unbind;
