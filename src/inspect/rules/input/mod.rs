//! What a file is held against.

mod unusable;

use super::Rule;

pub const RULES: &[&Rule] = &[&unusable::RULE];
