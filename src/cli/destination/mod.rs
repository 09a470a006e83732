//! `sealpost destination …`.

pub mod clear;
pub mod export;
pub mod import;
pub mod list;
pub mod remove;
pub mod show;
