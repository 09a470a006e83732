//! Values into text: for a terminal and for programs. Only this room knows what colours, tables and JSON look like.

pub mod answer;
pub mod cert_new;
pub mod cert_request;
pub mod document;
pub mod escape;
pub mod init;
pub mod json;
pub mod names;
pub mod page;
