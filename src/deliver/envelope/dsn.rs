//! What a sender asks about delivery reports (RFC 3461): NOTIFY and ORCPT of a recipient, RET and ENVID of a message.

use std::fmt;
use std::str::FromStr;

/// Octets of ENVID as written (RFC 3461 section 4.4).
const ENVID_LIMIT: usize = 100;
/// Octets of ORCPT as written (RFC 3461 section 4.2).
const ORCPT_LIMIT: usize = 500;

/// NOTIFY (RFC 3461 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Notify {
    /// Not given: failures are reported, and delays if we care to.
    #[default]
    Unstated,
    Never,
    Upon {
        success: bool,
        failure: bool,
        delay: bool,
    },
}

/// The value of NOTIFY is neither NEVER nor a list of SUCCESS, FAILURE, DELAY.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("NOTIFY is NEVER, or SUCCESS, FAILURE and DELAY with commas between them")]
pub struct NotifyError;

impl Notify {
    pub fn success(self) -> bool {
        matches!(self, Notify::Upon { success: true, .. })
    }

    pub fn failure(self) -> bool {
        matches!(self, Notify::Unstated | Notify::Upon { failure: true, .. })
    }

    pub fn delay(self) -> bool {
        matches!(self, Notify::Unstated | Notify::Upon { delay: true, .. })
    }
}

impl FromStr for Notify {
    type Err = NotifyError;

    fn from_str(text: &str) -> Result<Notify, NotifyError> {
        if text.eq_ignore_ascii_case("NEVER") {
            return Ok(Notify::Never);
        }
        let (mut success, mut failure, mut delay) = (false, false, false);
        for word in text.split(',') {
            let flag = match word.to_ascii_uppercase().as_str() {
                "SUCCESS" => &mut success,
                "FAILURE" => &mut failure,
                "DELAY" => &mut delay,
                _ => return Err(NotifyError),
            };
            *flag = true;
        }
        Ok(Notify::Upon { success, failure, delay })
    }
}

/// As the value of the parameter; nothing when it was not given.
impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Notify::Upon { success, failure, delay } = *self else {
            return f.write_str(if *self == Notify::Never { "NEVER" } else { "" });
        };
        let words = [(success, "SUCCESS"), (failure, "FAILURE"), (delay, "DELAY")];
        let words: Vec<&str> = words.into_iter().filter_map(|(wanted, word)| wanted.then_some(word)).collect();
        f.write_str(&words.join(","))
    }
}

/// RET (RFC 3461 section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ret {
    Full,
    Headers,
}

impl Ret {
    pub fn read(text: &str) -> Option<Ret> {
        match text {
            _ if text.eq_ignore_ascii_case("FULL") => Some(Ret::Full),
            _ if text.eq_ignore_ascii_case("HDRS") => Some(Ret::Headers),
            _ => None,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Ret::Full => "FULL",
            Ret::Headers => "HDRS",
        }
    }
}

/// Why an ENVID or ORCPT was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XtextError {
    #[error("it is longer than {0} octets")]
    TooLong(usize),
    #[error("it is empty")]
    Empty,
    #[error("it is no xtext (RFC 3461 section 4)")]
    Xtext,
    #[error("its text holds a control character")]
    Control,
    #[error("it has no address type in front of a semicolon")]
    NoType,
}

/// ENVID: the sender's own name for the message, repeated in reports. Printable, without line ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnvelopeId(String);

impl EnvelopeId {
    /// Without xtext encoding.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl FromStr for EnvelopeId {
    type Err = XtextError;

    fn from_str(text: &str) -> Result<EnvelopeId, XtextError> {
        decode(text, ENVID_LIMIT).map(EnvelopeId)
    }
}

/// As xtext.
impl fmt::Display for EnvelopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(&self.0))
    }
}

/// ORCPT: the recipient as the sender knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginalRecipient {
    /// `rfc822`, `utf-8` (RFC 6533) or another atom.
    kind: String,
    text: String,
}

impl OriginalRecipient {
    /// The address type, such as `rfc822`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The address without xtext encoding.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for OriginalRecipient {
    type Err = XtextError;

    fn from_str(text: &str) -> Result<OriginalRecipient, XtextError> {
        if text.len() > ORCPT_LIMIT {
            return Err(XtextError::TooLong(ORCPT_LIMIT));
        }
        let (kind, address) = text.split_once(';').ok_or(XtextError::NoType)?;
        let is_atom = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !is_atom {
            return Err(XtextError::NoType);
        }
        Ok(OriginalRecipient { kind: kind.to_owned(), text: decode(address, ORCPT_LIMIT)? })
    }
}

/// The type, a semicolon, and xtext.
impl fmt::Display for OriginalRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};{}", self.kind, encode(&self.text))
    }
}

/// RFC 3461 section 4: `+` and two capital hexadecimal digits stand for a character. UTF-8 may stand as it is (RFC 6533).
fn decode(text: &str, limit: usize) -> Result<String, XtextError> {
    if text.len() > limit {
        return Err(XtextError::TooLong(limit));
    }
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'+' => match (rest.next().and_then(hexadecimal), rest.next().and_then(hexadecimal)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(XtextError::Xtext),
            },
            b'!'..=b'<' | b'>'..=b'~' | 0x80.. => octet,
            _ => return Err(XtextError::Xtext),
        });
    }
    let text = String::from_utf8(octets).map_err(|_| XtextError::Xtext)?;
    match text.chars().any(char::is_control) {
        _ if text.is_empty() => Err(XtextError::Empty),
        true => Err(XtextError::Control),
        false => Ok(text),
    }
}

/// Small letters too: some senders write them.
fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '+' | '=' | ' ' => encoded.push_str(&format!("+{:02X}", u32::from(character))),
            _ => encoded.push(character),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notify_is_read_and_written() {
        let both: Notify = "success,FAILURE".parse().unwrap();
        assert_eq!(both, Notify::Upon { success: true, failure: true, delay: false });
        assert_eq!(both.to_string(), "SUCCESS,FAILURE");
        assert_eq!("never".parse(), Ok(Notify::Never));
        for text in ["", "NEVER,SUCCESS", "SUCCESS,", "ALWAYS"] {
            assert_eq!(text.parse::<Notify>(), Err(NotifyError), "{text:?}");
        }
        assert!(Notify::Unstated.failure() && !Notify::Unstated.success() && !Notify::Never.failure());
    }

    #[test]
    fn xtext_is_decoded_once_and_written_back() {
        let envid: EnvelopeId = "QQ+2B314+3D159".parse().unwrap();
        assert_eq!((envid.text(), envid.to_string().as_str()), ("QQ+314=159", "QQ+2B314+3D159"));
        let orcpt: OriginalRecipient = "rfc822;Bob+2Btag@example.com".parse().unwrap();
        assert_eq!((orcpt.kind(), orcpt.text()), ("rfc822", "Bob+tag@example.com"));
        assert_eq!(orcpt.to_string(), "rfc822;Bob+2Btag@example.com");
    }

    #[test]
    fn nothing_that_could_forge_a_header_line_is_taken() {
        assert_eq!("a+0D+0AX:y".parse::<EnvelopeId>(), Err(XtextError::Control));
        assert_eq!("rfc822;a+0Ab".parse::<OriginalRecipient>(), Err(XtextError::Control));
        assert_eq!("a=b".parse::<EnvelopeId>(), Err(XtextError::Xtext));
        assert_eq!("a+4".parse::<EnvelopeId>(), Err(XtextError::Xtext));
        assert_eq!("a+FFb".parse::<EnvelopeId>(), Err(XtextError::Xtext));
        assert_eq!("bob@example.com".parse::<OriginalRecipient>(), Err(XtextError::NoType));
        assert_eq!("rfc\n;bob".parse::<OriginalRecipient>(), Err(XtextError::NoType));
        assert_eq!("a".repeat(101).parse::<EnvelopeId>(), Err(XtextError::TooLong(100)));
        assert_eq!("rfc822;".parse::<OriginalRecipient>(), Err(XtextError::Empty));
    }
}
