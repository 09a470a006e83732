//! The inspect flow: what files are, and what is wrong with them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod catalogue;
mod chain;
mod copied_forms;
mod damage;
mod damage_findings;
mod decoder;
mod diff;
#[allow(dead_code)]
#[path = "../deliver/fake_dns.rs"]
mod fake_dns;
mod fetching;
mod fix;
mod fuzz;
mod hostile;
mod hostile_bundles;
mod injected_faults;
mod input_unusable;
mod leaf;
mod like_openssl;
mod limbo;
mod lint_and_verify;
mod lint_command;
mod lint_many;
mod lint_oracle;
mod lint_pathological;
mod lint_scale;
mod material;
mod mend;
mod mx;
mod never_worse;
mod one_path;
mod passwords;
mod peer;
mod pki;
mod real_chains;
mod sarif;
mod scanner;
mod show;
mod signatures;
mod unknown_root;
mod verify;
mod verify_hostile;
mod verify_policy;
mod web;
