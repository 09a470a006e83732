//! Replies (RFC 5321 section 4.2) with their enhanced status codes (RFC 2034).

use std::borrow::Cow;
use std::fmt;

use crate::deliver::status_code::StatusCode;

/// A reply of one line. Nothing that a peer said is ever repeated in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    /// None before EHLO, and in replies to it (RFC 2034 section 3).
    pub status: Option<StatusCode>,
    pub text: Cow<'static, str>,
}

impl Reply {
    /// A reply with a status of the class that its code has.
    pub fn new(code: u16, subject: u16, detail: u16, text: impl Into<Cow<'static, str>>) -> Reply {
        let class = u8::try_from(code / 100).unwrap_or(5);
        Reply { code, status: Some(StatusCode::new(class, subject, detail)), text: text.into() }
    }

    pub fn plain(code: u16, text: impl Into<Cow<'static, str>>) -> Reply {
        Reply { code, status: None, text: text.into() }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} {status} {}", self.code, self.text),
            None => write!(f, "{} {}", self.code, self.text),
        }
    }
}

pub fn ok() -> Reply {
    Reply::new(250, 0, 0, "Ok")
}

pub fn must_start_tls() -> Reply {
    Reply::new(530, 7, 0, "Must issue a STARTTLS command first")
}

pub fn bad_sequence(text: &'static str) -> Reply {
    Reply::new(503, 5, 1, text)
}

pub fn no_parameters() -> Reply {
    Reply::new(501, 5, 4, "Takes no parameters")
}

pub fn bare_line_end() -> Reply {
    Reply::new(500, 5, 2, "Lines end in CR LF, and neither stands alone")
}

/// The numbers are used up while the disk takes nothing.
pub fn no_number() -> Reply {
    Reply::new(451, 3, 0, "Local error in processing, try again later")
}
