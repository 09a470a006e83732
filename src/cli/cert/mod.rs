//! `sealpost cert …`.

pub mod export;
pub mod import;
pub mod list;
pub mod new;
pub mod remove;
pub mod rename;
pub mod request;
pub mod show;
