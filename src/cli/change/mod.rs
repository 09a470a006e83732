//! `sealpost change …`: staged edits and committed revisions.

pub mod clear;
pub mod commit;
pub mod history;
pub mod prune;
pub mod rollback;
pub mod show;
