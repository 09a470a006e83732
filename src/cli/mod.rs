//! The command line: a folder is a noun, a file is a verb. No file here knows anything about certificates.

pub mod command;
pub mod commands;
pub mod globals;
pub mod run;
pub mod session;
