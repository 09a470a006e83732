//! Values into text: for a terminal and for programs. Only this room knows what colours, tables and JSON look like.

pub mod answer;
mod cert_import;
pub mod cert_list;
pub mod cert_new;
pub mod cert_remove;
pub mod cert_rename;
pub mod cert_request;
mod cert_show;
mod change_clear;
mod change_commit;
mod change_history;
mod change_prune;
mod change_rollback;
mod change_show;
pub mod dialogue;
mod diff;
pub mod document;
pub mod escape;
mod exported;
mod init;
pub mod json;
pub mod names;
pub mod page;
mod show;
pub mod table;
pub mod verify;
pub mod views;
