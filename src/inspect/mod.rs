//! The inspect flow: what a file is, what is in it, how its certificates hang together.

pub mod best_path;
pub mod bundle;
pub mod bytes;
pub mod certificates;
pub mod chain;
pub mod difference;
pub mod findings;
pub mod gap;
pub mod issuers;
pub mod leaf;
pub mod mend;
pub mod question;
pub mod rules;
pub mod ruleset;
pub mod sheet;
pub mod tree;
