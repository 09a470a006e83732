//! Profiles and configuration from an edit to what runs:
//! `Intent ──staged──▶ Staged ──admission──▶ Admitted ──commit──▶ Revision ──running──▶ Running`.

pub mod configuration;
mod admission;
mod commit;
mod error;
mod home;
mod intent;
mod number;
mod profile_files;
mod rebase;
mod revision;
mod running;
mod staged;
mod sweep;

pub use admission::{Admitted, admit, admit_again, refuse};
pub use commit::{Committed, Signature};
pub use error::{Clash, HomeError, Newer, Refusal, RefusalReason};
pub use home::{Home, Writer};
pub use intent::Intent;
pub use number::RevisionNumber;
pub use revision::{CommitRecord, Revision};
pub use running::Running;
pub use staged::{Change, Staged};
