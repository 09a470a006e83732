//! Rules of the house: layers, the map, generated documents, the command line as a whole.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod dependencies;
mod documents;
mod layers;
mod library_errors;
mod readme;
mod schemas;
