//! How the certificates of a file hang together.

mod duplicate;

use super::Rule;

pub const RULES: &[&Rule] = &[&duplicate::RULE];
