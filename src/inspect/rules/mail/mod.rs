//! What mail needs of a chain: MX hosts, DANE, appliances.

mod appliance_order;
pub mod coverage;
mod dane;
mod dane_ee_mismatch;
mod dane_ta_chain;
mod dane_unusable;
mod domain_not_covered;
mod mx_not_covered;

use super::Rule;

pub const RULES: &[&Rule] = &[
    &mx_not_covered::RULE,
    &domain_not_covered::RULE,
    &dane_ta_chain::RULE,
    &dane_ee_mismatch::RULE,
    &dane_unusable::RULE,
    &appliance_order::RULE,
];
