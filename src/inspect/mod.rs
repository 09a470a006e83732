//! The inspect flow: what a file is, what is in it, how its certificates hang together.

pub mod bytes;
pub mod certificates;
pub mod chain;
pub mod issuers;
pub mod tree;
