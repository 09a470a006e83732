//! Names in a certificate, and the names it shall cover.

use super::Rule;

pub const RULES: &[&Rule] = &[];
