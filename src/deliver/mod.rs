//! Mail in and out over the certificates that are bound:
//! `Message ──queue──▶ Queued ──policy──▶ Planned ──connection──▶ Attempt ──outcome──▶ Outcome ──▶ LogLine`.
//!
//! One revision gives a `Gateway`; `live` compiles it into a `Live`, which is swapped whole: a connection keeps the one it began with.
//!
//! ```text
//! envelope, numbers, status_code   what comes with a message, and what it and its replies are called
//! engine, ports, control           what runs, swapped whole; the sockets of its listeners; what it is asked while it runs
//! queue                            durable before the 250; what is due is claimed from it and settled
//! bounce_verification              tags that tell the bounces of our own mail from others
//! report                           what a sender is told about a message that failed or waits
//! schedule                         when an attempt that failed is repeated, and when no more
//! wire, sink                       the server's end of SMTP as octets; a server for tests
//! log_line, mail_log               what happened, in the appliance's words; the file it goes to
//! metrics                          the same, counted for monitoring
//! tracking                         the story of a message, read back from the log
//! dialogue                         the client's side of SMTP
//! outcome                          why an attempt failed, in one table for lint, TLS reports and SMTP
//! policy                           where mail to a domain goes, and what its connections must reach
//! connection                       a host that mail may go through, or why not
//! parcel, attempt, pool            a message at every host of its plan in turn, over connections that are used again
//! dispatch, alert                  takes what is due and has it delivered; tells people when required TLS fails
//! identity                         who a peer is, and what its certificate is worth for a destination
//! ```

pub mod alert;
pub mod attempt;
pub mod bounce_verification;
pub mod connection;
pub mod control;
pub mod dialogue;
pub mod dispatch;
pub mod engine;
pub mod envelope;
pub mod gateway;
pub mod identity;
pub mod listener;
pub mod live;
pub mod log_line;
pub mod mail_log;
pub mod metrics;
pub mod numbers;
pub mod outcome;
pub mod parcel;
pub mod policy;
pub mod pool;
pub mod ports;
pub mod queue;
pub mod report;
pub mod schedule;
pub mod sink;
pub mod status_code;
pub use crate::sys::tls_words;
pub mod tracking;
pub mod wire;
