//! What a certificate says of itself.

mod weak_key;

use super::Rule;

pub const RULES: &[&Rule] = &[&weak_key::RULE];
