//! The form of the file.

mod bom;

use super::Rule;

pub const RULES: &[&Rule] = &[&bom::RULE];
