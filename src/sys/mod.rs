//! The only code that touches the world: files, clock, machine.

pub mod authorities;
pub mod clock;
pub mod database;
pub mod files;
pub mod folder;
pub mod host;
pub mod identity;
pub mod input;
pub mod output;
pub mod spool;
pub mod terminal;
