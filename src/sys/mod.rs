//! The only code that touches the world: files, clock, DNS, machine.

pub mod authorities;
pub mod client_stream;
pub mod clock;
pub mod control;
pub mod database;
pub mod dns;
pub mod fetch;
pub mod files;
pub mod folder;
pub mod host;
pub mod identity;
pub mod input;
pub mod listening;
pub mod log_file;
pub mod log_reading;
pub mod output;
pub mod public_address;
pub mod race;
pub mod runtime;
pub mod server_stream;
pub mod service;
pub mod signals;
pub mod spool;
pub mod terminal;
pub mod time_zone;
