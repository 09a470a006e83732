//! The catalogue: a folder is a family, a file is a rule.
//!
//! To add a rule: a file with its constant, and its line in the slice of its family (`FAMILY/mod.rs`); its cases in
//! `testdata/rules/FAMILY/NAME/`.

pub mod cert;
pub mod chain;
mod factors;
pub mod input;
pub mod key;
pub mod mail;
pub mod name;
pub mod pem;
mod rule;

pub use rule::{Check, Outcome, Rule, Said};

/// The families, in the order in which their findings are told.
pub const FAMILIES: &[&[&Rule]] =
    &[input::RULES, pem::RULES, key::RULES, chain::RULES, cert::RULES, name::RULES, mail::RULES];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
