//! The one judge of certificate chains: may this chain be believed, for this name, use and time, and why not.
//!
//! ```text
//! DER ──link──▶ Link      Question + leaf, pool, anchors ──verdict──▶ Verdict
//!                                  search builds the paths, validation judges them, revocation asks the CRLs
//! chain of a handshake ──peer──▶ Peer, believed when webpki agrees      Peer ──presented──▶ which name it matches
//! ```
//!
//! Pure: the moment, the anchors and the CRLs are arguments. Every answer is bounded in work by `budget`.

pub mod asn1;
pub mod budget;
mod constraints;
pub mod crl;
pub mod distinguished;
pub mod extensions;
pub mod general_name;
pub mod link;
pub mod peer;
mod policy;
pub mod presented;
mod profile;
pub mod public_suffix;
pub mod question;
pub mod reason;
pub mod reference;
mod revocation;
pub mod ruleset;
mod search;
pub mod validation;
pub mod verdict;
pub mod wording;

pub use asn1::{Malformed, dotted};
pub use distinguished::FoldedName;
