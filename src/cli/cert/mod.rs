//! `sealpost cert …`.

pub mod list;
pub mod new;
pub mod remove;
pub mod rename;
pub mod request;
