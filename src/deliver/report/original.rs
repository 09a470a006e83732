//! What is returned of the message: its header, or on wish the whole of it when it is small.

use crate::deliver::envelope::Ret;

/// Octets of a message up to which it is returned whole when the sender asks for it; a larger one would double the traffic.
pub const RETURN_LIMIT: u64 = 50_000;
/// Octets of a header that are returned.
const HEADER_LIMIT: usize = 32 << 10;

/// The third part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Returned {
    bytes: Vec<u8>,
    whole: bool,
    /// The header may hold UTF-8 (RFC 6532).
    smtputf8: bool,
    message_id: Option<String>,
}

impl Returned {
    /// Of a message that begins with `bytes`; `size` is that of all of it. Cuts at what the sender wants and we are willing to send.
    pub fn of(bytes: &[u8], size: u64, ret: Option<Ret>, smtputf8: bool) -> Returned {
        let header = header(bytes);
        let whole = ret == Some(Ret::Full) && size <= RETURN_LIMIT && bytes.len() as u64 == size;
        let returned = if whole { bytes } else { header };
        Returned { bytes: returned.to_vec(), whole, smtputf8, message_id: message_id(header) }
    }

    pub(super) fn part(&self) -> Vec<u8> {
        let utf8_header = self.smtputf8 && !self.bytes.is_ascii();
        let kind = match (self.whole, utf8_header) {
            (true, false) => "message/rfc822",
            (true, true) => "message/global",
            (false, false) => "text/rfc822-headers",
            (false, true) => "message/global-headers",
        };
        let encoding = if self.is_eight_bit() { "Content-Transfer-Encoding: 8bit\r\n" } else { "" };
        let mut part = format!("Content-Type: {kind}\r\n{encoding}\r\n").into_bytes();
        part.extend_from_slice(&self.bytes);
        part
    }

    pub(super) fn words(&self) -> &'static str {
        if self.whole { "your message" } else { "the header of your message" }
    }

    pub(super) fn is_eight_bit(&self) -> bool {
        !self.bytes.is_ascii()
    }

    /// With its angle brackets.
    pub(super) fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }
}

/// The lines up to the first empty one, whole lines only.
fn header(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").map_or(bytes.len(), |at| at + 2);
    if end <= HEADER_LIMIT {
        return bytes.get(..end).unwrap_or_default();
    }
    let cut = bytes.get(..HEADER_LIMIT).unwrap_or_default();
    let lines = cut.windows(2).rposition(|window| window == b"\r\n").map_or(0, |at| at + 2);
    cut.get(..lines).unwrap_or_default()
}

/// `<...>` of the field Message-ID, when it is one line of printable ASCII.
fn message_id(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header);
    let line = text
        .split("\r\n")
        .find(|line| line.get(.."message-id:".len()).is_some_and(|name| name.eq_ignore_ascii_case("message-id:")))?;
    let value = line.split_once(':')?.1.trim();
    let is_id = value.len() <= 250 && value.starts_with('<') && value.ends_with('>');
    (is_id && value.bytes().all(|b| b.is_ascii_graphic())).then(|| value.to_owned())
}
