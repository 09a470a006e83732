//! sealpost looks after the TLS certificates of a mail gateway, from the key to the wire. This is the map.
//!
//! Flows, each a chain of values; the label of an arrow is the file that does the step:
//!
//! ```text
//! inspect   bytes ──bytes──▶ Items ──certificates──▶ Certificates ──chain──▶ Chain ──findings──▶ Report
//! operate   Intent ──intent──▶ Staged ──admission──▶ Admitted ──commit──▶ Revision ──running──▶ Running
//! deliver   Message ──queue──▶ Queued ──policy──▶ Planned ──connection──▶ Attempt ──outcome──▶ Outcome ──▶ LogLine
//! ```
//!
//! All three ask one quiet room below them, `trust`: may this chain be believed, for this name, use and time, and why not.
//!
//! Floors, top to bottom. Imports point down; rooms on one floor do not know each other (`tests/house/layers.rs` holds this):
//!
//! ```text
//! cli                        commands: a folder is a noun, a file is a verb; menu/ holds the question-and-answer dialogues
//! render                     values into text: terminal, JSON, SARIF, JUnit
//! app                        one file per thing a person can want; where the flows meet, and where operators' words are chosen
//! inspect  operate  deliver  what a file is and how its certificates hang together; what is staged, committed, running; mail
//! trust                      the one judge of chains: builds paths to an anchor, says which hold and why the others do not; pure
//! model                      certificate, key, profile, role, configuration, place, diagnostic: values without input or output
//! formats  sys               PEM, PKCS#7, PKCS#8, PKCS#12, JKS, destination table, saved configuration; files, clock, machine, network
//! ```
//!
//! To add a command, a format, a lint rule or a question, see CONTRIBUTING.md.

pub mod app;
pub mod cli;
pub mod deliver;
pub mod formats;
pub mod inspect;
pub mod model;
pub mod operate;
pub mod render;
pub mod sys;
pub mod trust;
