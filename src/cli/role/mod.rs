//! `sealpost role …`.

pub mod bind;
pub mod list;
pub mod unbind;
