//! The operate flow: from what an operator wants to what runs.

pub mod making;
