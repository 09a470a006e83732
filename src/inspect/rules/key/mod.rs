//! Keys beside the certificates.

use super::Rule;

pub const RULES: &[&Rule] = &[];
