//! Enhanced status codes (RFC 3463): `4.7.5`.

use std::fmt;
use std::str::FromStr;

/// Class, subject and detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatusCode {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub class: u8,
    /// 0 to 999.
    pub subject: u16,
    /// 0 to 999.
    pub detail: u16,
}

/// The text is no status code of RFC 3463 section 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no status code such as 4.7.5")]
pub struct NoStatusCode(pub String);

impl StatusCode {
    pub const fn new(class: u8, subject: u16, detail: u16) -> StatusCode {
        StatusCode { class, subject, detail }
    }

    /// The same subject and detail in class 5: what a deferral has become when its time is over.
    pub const fn permanent(self) -> StatusCode {
        StatusCode { class: 5, ..self }
    }

    /// The code at the beginning of a reply's text, and the text behind it (RFC 2034 section 4).
    pub fn leading(text: &str) -> Option<(StatusCode, &str)> {
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        Some((first.parse().ok()?, rest))
    }
}

impl FromStr for StatusCode {
    type Err = NoStatusCode;

    fn from_str(text: &str) -> Result<StatusCode, NoStatusCode> {
        let wrong = || NoStatusCode(text.to_owned());
        let number = |part: Option<&str>| {
            let part = part.filter(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|part| part.parse::<u16>().ok()).ok_or_else(wrong)
        };
        let mut parts = text.split('.');
        let class = match parts.next() {
            Some("2") => 2,
            Some("4") => 4,
            Some("5") => 5,
            _ => return Err(wrong()),
        };
        let code = StatusCode { class, subject: number(parts.next())?, detail: number(parts.next())? };
        if parts.next().is_some() { Err(wrong()) } else { Ok(code) }
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl TryFrom<String> for StatusCode {
    type Error = NoStatusCode;

    fn try_from(text: String) -> Result<StatusCode, NoStatusCode> {
        text.parse()
    }
}

impl From<StatusCode> for String {
    fn from(code: StatusCode) -> String {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_strictly_and_written_as_read() {
        for text in ["4.7.5", "5.1.10", "2.0.0"] {
            assert_eq!(text.parse::<StatusCode>().unwrap().to_string(), text);
        }
        for text in ["", "3.0.0", "4.7", "4.7.5.1", "4..5", "4.7.1000", "4.+7.5", "550"] {
            assert!(text.parse::<StatusCode>().is_err(), "{text}");
        }
        assert_eq!(StatusCode::new(4, 7, 5).permanent(), StatusCode::new(5, 7, 5));
    }

    #[test]
    fn a_reply_may_begin_with_one() {
        assert_eq!(StatusCode::leading("5.1.1 no such user"), Some((StatusCode::new(5, 1, 1), "no such user")));
        assert_eq!(StatusCode::leading("no such user"), None);
    }
}
