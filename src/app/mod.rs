//! One file per thing a person can want. The three flows meet here and nowhere else; what operators read is worded here.

pub mod cert_new;
pub mod cert_request;
pub mod change_clear;
pub mod change_commit;
pub mod change_history;
pub mod change_prune;
pub mod change_rollback;
pub mod change_show;
pub mod committing;
pub mod context;
pub mod home;
pub mod identity;
pub mod init;
pub mod making;
pub mod reading;
pub mod secrets;
mod unlocking;
pub mod verify;
pub mod verify_batch;
pub mod verify_materials;
pub mod verify_reasons;
