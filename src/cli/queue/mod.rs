//! The queue of messages that wait for their delivery.

pub mod drop;
pub mod flush;
pub mod hold;
pub mod list;
pub mod release;
mod selection_args;
pub mod show;
