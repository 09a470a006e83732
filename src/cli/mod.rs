//! The command line: a folder is a noun, a file is a verb. No file here knows anything about certificates.

mod accept_args;
mod batch;
pub mod cert;
pub mod change;
pub mod command;
pub mod commands;
pub mod commit_args;
pub mod completions;
pub mod config;
pub mod convert;
pub mod diff;
pub mod explain;
pub mod export_args;
pub mod globals;
pub mod identity_args;
pub mod init;
pub mod lint;
mod lint_told;
pub mod man;
pub mod menu;
pub mod passwords;
pub mod profile_args;
pub mod run;
pub mod schema;
pub mod session;
pub mod show;
pub mod verify;
