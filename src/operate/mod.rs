//! Profiles and configuration from an edit to what runs:
//! `Intent ──staged──▶ Staged ──admission──▶ Admitted ──commit──▶ Revision ──running──▶ Running`.

pub mod configuration;
mod error;
mod home;
mod intent;
pub mod making;
mod number;
mod profile_files;
mod revision;
mod running;
mod staged;
mod sweep;

pub use error::{Clash, HomeError, Newer, Refusal, RefusalReason};
pub use home::{Home, Writer};
pub use intent::Intent;
pub use number::RevisionNumber;
pub use revision::{CommitRecord, Revision};
pub use running::Running;
pub use staged::{Change, Staged};
