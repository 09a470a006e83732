//! Keys beside the certificates.

mod encrypted;
mod file_mode;
mod malformed;
mod mismatch;
mod reused;
mod weak;

use super::Rule;

pub const RULES: &[&Rule] =
    &[&malformed::RULE, &mismatch::RULE, &weak::RULE, &reused::RULE, &encrypted::RULE, &file_mode::RULE];
