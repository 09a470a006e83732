//! What became of an attempt, and why.

mod reason;
mod table;

pub use reason::{HandshakeFault, Reason};
pub use table::{Cause, Row, TABLE, TlsResult};
