//! One file per thing a person can want. The three flows meet here and nowhere else; what operators read is worded here.

pub mod cert_export;
pub mod cert_import;
pub mod cert_list;
pub mod cert_new;
pub mod cert_remove;
pub mod cert_rename;
pub mod cert_request;
pub mod change_clear;
pub mod change_commit;
pub mod change_history;
pub mod change_prune;
pub mod change_rollback;
pub mod change_show;
pub mod committing;
pub mod context;
pub mod convert;
pub mod exporting;
pub mod home;
pub mod identity;
pub mod init;
pub mod making;
pub mod reading;
pub mod secrets;
pub mod show;
mod unlocking;
pub mod views;
