//! How the certificates of a file hang together.

mod aki_mismatch;
mod bad_signature;
mod ca_expires_first;
mod cross_signed;
mod dn_encoding;
mod duplicate;
mod eku_nesting;
mod expired_needless;
mod ku_no_certsign;
mod leaf_not_first;
mod misordered;
mod missing_intermediate;
mod multiple_leaves;
mod name_constraints;
mod no_leaf;
mod no_valid_path;
mod not_a_ca;
pub(super) mod path;
mod pathlen;
mod policy;
mod revocation_unknown;
mod revoked;
mod root_included;
mod same_subject_different_key;
mod self_signed_leaf;
mod store_differs;
mod tls_feature;
mod too_complex;
mod too_long;
mod unchecked_signature;
mod unfit_root;
mod unknown_root;
mod unrelated;
mod untrusted_root;
mod weak_crl;

use super::Rule;

/// Order and company first, then what makes the path fail, then what is odd about it.
pub const RULES: &[&Rule] = &[
    &no_leaf::RULE,
    &leaf_not_first::RULE,
    &misordered::RULE,
    &duplicate::RULE,
    &unrelated::RULE,
    &multiple_leaves::RULE,
    &missing_intermediate::RULE,
    &root_included::RULE,
    &unknown_root::RULE,
    &untrusted_root::RULE,
    &self_signed_leaf::RULE,
    &bad_signature::RULE,
    &unchecked_signature::RULE,
    &same_subject_different_key::RULE,
    &aki_mismatch::RULE,
    &dn_encoding::RULE,
    &not_a_ca::RULE,
    &ku_no_certsign::RULE,
    &eku_nesting::RULE,
    &unfit_root::RULE,
    &pathlen::RULE,
    &name_constraints::RULE,
    &policy::RULE,
    &tls_feature::RULE,
    &revoked::RULE,
    &revocation_unknown::RULE,
    &weak_crl::RULE,
    &cross_signed::RULE,
    &expired_needless::RULE,
    &ca_expires_first::RULE,
    &store_differs::RULE,
    &too_long::RULE,
    &too_complex::RULE,
    &no_valid_path::RULE,
];
