//! Certificates, requests and keys as blocks of labelled lines.

pub mod certificate;
pub mod queued;
pub mod request;

use crate::app::views::extension::ExtensionView;

use super::page::Page;

/// Columns before a value.
const INDENT: usize = 4;
const LABEL: usize = 14;

/// Columns after which a list goes on in the next line.
const WIDTH: usize = 100;

/// One labelled line.
pub fn field(page: &mut Page, label: &str, value: &str) {
    painted_field(page, label, &Page::plain(value));
}

/// One labelled line whose value was painted.
pub fn painted_field(page: &mut Page, label: &str, value: &str) {
    page.painted_line(&format!("{:INDENT$}{label:<LABEL$}{value}", ""));
}

/// A labelled list, in as many lines as it needs; nothing when it is empty.
pub fn list(page: &mut Page, label: &str, values: &[String]) {
    let mut label = label;
    let mut line = String::new();
    for (index, value) in values.iter().enumerate() {
        if !line.is_empty() && INDENT + LABEL + line.len() + value.len() > WIDTH {
            field(page, label, &line);
            (label, line) = ("", String::new());
        }
        line.push_str(value);
        line.push_str(if index + 1 < values.len() { ", " } else { "" });
    }
    if !line.is_empty() {
        field(page, label, line.trim_end());
    }
}

/// Every extension, with `--full`.
pub fn extensions(page: &mut Page, extensions: &[ExtensionView]) {
    for extension in extensions {
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        let critical = if extension.critical { " (critical)" } else { "" };
        page.line(&format!("{:INDENT$}extension {name}{critical}", ""));
        for line in &extension.value {
            page.line(&format!("{:INDENT$}{:LABEL$}{line}", "", ""));
        }
    }
}
