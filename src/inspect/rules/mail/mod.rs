//! What mail needs of a chain: MX hosts, DANE, appliances.

use super::Rule;

pub const RULES: &[&Rule] = &[];
