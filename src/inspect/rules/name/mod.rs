//! Names in a certificate, and the names it shall cover.

mod arpa;
mod bad_san;
mod cn_not_in_san;
mod duplicate_san;
mod entry;
mod hostname_mismatch;
mod idna;
mod internal;
mod no_san;
mod reach;
mod san_critical;
mod san_not_critical_empty_subject;

mod underscore;
mod wildcard;
mod wildcard_public_suffix;

use super::Rule;

pub const RULES: &[&Rule] = &[
    &arpa::RULE,
    &bad_san::RULE,
    &cn_not_in_san::RULE,
    &duplicate_san::RULE,
    &hostname_mismatch::RULE,
    &idna::RULE,
    &internal::RULE,
    &no_san::RULE,
    &san_critical::RULE,
    &san_not_critical_empty_subject::RULE,
    &underscore::RULE,
    &wildcard::RULE,
    &wildcard_public_suffix::RULE,
];
