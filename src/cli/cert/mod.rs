//! `sealpost cert …`.

pub mod export;
pub mod import;
pub mod new;
pub mod request;
