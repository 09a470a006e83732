//! Profiles and configuration from an edit to what runs:
//! `Intent ──staged──▶ Staged ──admission──▶ Admitted ──commit──▶ Revision ──running──▶ Running`.

mod admission;
mod clear;
mod commit;
mod demo;
pub mod difference;
mod error;
mod founding;
mod home;
mod intent;
pub mod making;
mod number;
mod profile_files;
mod prune;
mod rebase;
mod revision;
mod running;
mod staged;
mod sweep;
mod texts;

pub use admission::{
    Acceptance, Admitted, Asked, InRole, Inspector, NEVER_ACCEPTED, Reviewed, RoleReview, admit, admit_again, preview,
    refuse,
};
pub use clear::awaited_keys;
pub use commit::{Committed, Signature};
pub use demo::DemoError;
pub use error::{Clash, HomeError, Newer, Refusal, RefusalReason};
pub use founding::{Founded, FoundingError, found};
pub use home::{Home, Writer};
pub use intent::Intent;
pub use number::RevisionNumber;
pub use profile_files::{ProfileTexts, profile_of_texts, profile_texts};
pub use prune::{Prune, plan};
pub use revision::{CommitRecord, Revision};
pub use running::Running;
pub use staged::{Change, Staged};
pub use texts::parse_authorities;
