//! A reply of an SMTP server (RFC 5321 section 4.2).

use std::fmt;

use crate::deliver::status_code::StatusCode;

/// Code and text, as the server sent them; the text may hold anything, so it is escaped wherever it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The text of each line without code and line end; bytes that are no UTF-8 are replaced.
    pub lines: Vec<String>,
}

/// One line of a reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReplyLine<'t> {
    pub code: u16,
    pub last: bool,
    pub text: &'t str,
}

impl Reply {
    pub fn is_success(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4yz: the same may work later.
    pub fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// 5yz: the same will not work later.
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// The server closes the connection after it (RFC 5321 section 3.8).
    pub fn closes(&self) -> bool {
        self.code == 421
    }

    /// The enhanced status code that its text begins with (RFC 2034); one of another class than the code is none.
    pub fn status(&self) -> Option<StatusCode> {
        let (status, _) = StatusCode::leading(self.lines.first()?)?;
        (u16::from(status.class) == self.code / 100).then_some(status)
    }
}

/// All lines as one, such as `250 2.0.0 queued`.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        self.lines.iter().filter(|line| !line.is_empty()).try_for_each(|line| write!(f, " {line}"))
    }
}

/// Reads `250-text`, `250 text` or `250`; `None` for anything else.
pub(super) fn read_line(line: &str) -> Option<ReplyLine<'_>> {
    let code = line.get(..3).filter(|code| code.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let rest = line.get(3..)?;
    let last = !rest.starts_with('-');
    let text = match rest.as_bytes().first() {
        None => "",
        Some(b' ' | b'-') => rest.get(1..)?,
        Some(_) => return None,
    };
    (200..600).contains(&code).then_some(ReplyLine { code, last, text: text.trim_end() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_servers_send_them() {
        let read = |line| read_line(line).map(|line| (line.code, line.last, line.text));
        assert_eq!(read("250-mx.example"), Some((250, false, "mx.example")));
        assert_eq!(read("250 OK "), Some((250, true, "OK")));
        assert_eq!(read("250"), Some((250, true, "")));
        assert_eq!(read("354 "), Some((354, true, "")));
        for bad in ["", "25", "2500", "250_x", "abc x", "199 x", "600 x", "²50 x", "SSH-2.0-OpenSSH"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_a_status_code_of_the_same_class_counts() {
        let reply = |code, text: &str| Reply { code, lines: vec![text.to_owned()] };
        assert_eq!(reply(550, "5.1.1 no such user").status(), Some(StatusCode::new(5, 1, 1)));
        assert_eq!(reply(250, "5.1.1 no such user").status(), None);
        assert_eq!(reply(550, "no such user").status(), None);
        let long = Reply { code: 250, lines: vec!["2.0.0 a".into(), String::new(), "b".into()] };
        assert_eq!(long.to_string(), "250 2.0.0 a b");
    }
}
