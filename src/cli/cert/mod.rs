//! `sealpost cert …`.

pub mod new;
pub mod request;
