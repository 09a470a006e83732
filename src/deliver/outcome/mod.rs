//! What became of an attempt, and why.

mod reason;
mod recipient;
mod table;

pub use reason::{HandshakeFault, Reason, Refusal};
pub use recipient::{Ended, Outcome, Via, suspended};
pub use table::{Cause, Row, TABLE, TlsResult, known_code};
