//! The only code that touches the world: files, clock, machine.

pub mod authorities;
pub mod clock;
pub mod host;
pub mod input;
pub mod output;
