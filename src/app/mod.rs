//! One file per thing a person can want. The three flows meet here and nowhere else; what operators read is worded here.

pub mod committing;
pub mod context;
pub mod home;
pub mod init;
pub mod reading;
pub mod secrets;
mod unlocking;
