//! Mail in and out over the certificates that are bound:
//! `Message ──queue──▶ Queued ──policy──▶ Planned ──connection──▶ Attempt ──outcome──▶ Outcome ──▶ LogLine`.
//!
//! One revision gives a `Gateway`; `live` compiles it into a `Live`, which is swapped whole: a connection keeps the one it began with.

pub mod gateway;
pub mod live;
pub mod log_line;
pub mod mail_log;
pub mod numbers;
pub mod sink;
pub mod tls_words;
pub mod wire;
