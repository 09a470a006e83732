//! What is told about certificates, requests and keys, wherever they were found. Times are text: RFC 3339 for programs, and a day
//! with its distance for people.

pub mod certificate;
pub mod destination;
pub mod extension;
pub mod key;
pub mod queued;
pub mod request;
