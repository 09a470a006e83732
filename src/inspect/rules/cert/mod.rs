//! What a certificate says of itself.

mod aki_ski;
mod bad_subject;
mod bad_time_encoding;
mod bc_not_critical;
mod ca_eku;
mod ca_empty_subject;
mod ca_no_ku;
mod duplicate_ext;
mod eku;
mod eku_client_auth;
mod eku_critical;
mod eku_in_root;
mod eku_servers_only;
mod empty_list;
mod encoded_name;
mod encoding;
mod expired_ca;
mod expired_leaf;
mod expires_soon;
mod key_type;
mod ku_algorithm;
mod ku_eku_inconsistent;
mod ku_empty;
mod ku_leaf;
mod ku_leaf_certsign;
mod ku_not_critical;
mod leaf_is_ca;
mod malformed;
mod malformed_ext;
mod must_staple;
mod nc_malformed;
mod nc_not_critical;
mod nc_not_in_ca;
mod netscape_type;
mod no_aia_issuer;
mod no_eku;
mod no_revocation_info;
mod not_yet_valid;
mod pathlen_misplaced;
mod pc_not_critical;
mod precert_poison;
mod rsa_exponent;
mod rsa_modulus;
mod serial;
mod sigalg_mismatch;
mod sigalg_parameters;
mod unknown_critical_ext;
mod validity_order;
mod validity_too_long;
mod version;
mod weak_key;
mod weak_signature;

use super::Rule;

/// Findings of one rule on one certificate. The next ones would say the same again.
const TOLD: usize = 20;

/// id-RSASSA-PSS (1.2.840.113549.1.1.10), as encoded.
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];

pub const RULES: &[&Rule] = &[
    &aki_ski::RULE,
    &bad_subject::RULE,
    &bad_time_encoding::RULE,
    &bc_not_critical::RULE,
    &ca_empty_subject::RULE,
    &ca_eku::RULE,
    &ca_no_ku::RULE,
    &duplicate_ext::RULE,
    &eku::RULE,
    &eku_client_auth::RULE,
    &netscape_type::RULE,
    &eku_critical::RULE,
    &eku_in_root::RULE,
    &eku_servers_only::RULE,
    &expired_ca::RULE,
    &expired_leaf::RULE,
    &expires_soon::RULE,
    &key_type::RULE,
    &ku_algorithm::RULE,
    &ku_eku_inconsistent::RULE,
    &ku_empty::RULE,
    &ku_leaf::RULE,
    &ku_leaf_certsign::RULE,
    &ku_not_critical::RULE,
    &leaf_is_ca::RULE,
    &malformed::RULE,
    &malformed_ext::RULE,
    &must_staple::RULE,
    &nc_malformed::RULE,
    &nc_not_critical::RULE,
    &nc_not_in_ca::RULE,
    &no_aia_issuer::RULE,
    &no_eku::RULE,
    &no_revocation_info::RULE,
    &not_yet_valid::RULE,
    &pathlen_misplaced::RULE,
    &pc_not_critical::RULE,
    &precert_poison::RULE,
    &rsa_exponent::RULE,
    &rsa_modulus::RULE,
    &serial::RULE,
    &sigalg_mismatch::RULE,
    &sigalg_parameters::RULE,
    &unknown_critical_ext::RULE,
    &validity_order::RULE,
    &validity_too_long::RULE,
    &version::RULE,
    &weak_key::RULE,
    &weak_signature::RULE,
];
