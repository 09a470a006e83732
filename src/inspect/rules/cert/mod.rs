//! What a certificate says of itself.

mod bad_time_encoding;
mod expired_ca;
mod expired_leaf;
mod expires_soon;
mod key_type;
mod not_yet_valid;
mod rsa_exponent;
mod serial;
mod sigalg_mismatch;
mod validity_order;
mod validity_too_long;
mod version;
mod weak_key;
mod weak_signature;

use super::Rule;

pub const RULES: &[&Rule] = &[
    &bad_time_encoding::RULE,
    &expired_ca::RULE,
    &expired_leaf::RULE,
    &expires_soon::RULE,
    &key_type::RULE,
    &not_yet_valid::RULE,
    &rsa_exponent::RULE,
    &serial::RULE,
    &sigalg_mismatch::RULE,
    &validity_order::RULE,
    &validity_too_long::RULE,
    &version::RULE,
    &weak_key::RULE,
    &weak_signature::RULE,
];
