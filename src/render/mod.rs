//! Values into text: for a terminal and for programs. Only this room knows what colours, tables and JSON look like.

pub mod answer;
pub mod document;
pub mod escape;
pub mod init;
pub mod json;
pub mod page;
