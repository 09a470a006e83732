//! Mail in and out over the certificates that are bound:
//! `Message ──queue──▶ Queued ──policy──▶ Planned ──connection──▶ Attempt ──outcome──▶ Outcome ──▶ LogLine`.
//!
//! ```text
//! envelope, numbers   what came with a message, and what it is called
//! queue               durable before the 250; what is due is claimed from it and settled
//! ```

pub mod envelope;
pub mod numbers;
pub mod queue;
pub mod schedule;
pub mod status_code;
