//! The header of a message as it passes by: how many hops it has made, what it calls itself, and where its body begins.

/// Octets of a field that are looked at.
const LOOKED_AT: usize = 512;

/// What the header says so far.
#[derive(Debug, Default)]
pub struct Header {
    /// `Received` fields (RFC 5321 section 6.3).
    pub hops: u32,
    /// The first Message-ID with its angle brackets.
    pub message_id: Option<String>,
    in_body: bool,
    /// The front of the current field, without line ends.
    field: Vec<u8>,
    at_line_start: bool,
}

impl Header {
    pub fn new() -> Header {
        Header { at_line_start: true, ..Header::default() }
    }

    /// Takes the next octets of the message, and gives those of them that belong to the body.
    pub fn push<'a>(&mut self, piece: &'a [u8]) -> &'a [u8] {
        if self.in_body {
            return piece;
        }
        for (at, octet) in piece.iter().enumerate() {
            match octet {
                b'\n' if self.at_line_start => {
                    self.finish_field();
                    self.in_body = true;
                    return piece.get(at + 1..).unwrap_or_default();
                }
                b'\n' => self.at_line_start = true,
                // A CR in front of the LF does not make a line of it.
                b'\r' => {}
                _ => {
                    if self.at_line_start && !matches!(octet, b' ' | b'\t') {
                        self.finish_field();
                    }
                    self.at_line_start = false;
                    if self.field.len() < LOOKED_AT {
                        self.field.push(*octet);
                    }
                }
            }
        }
        b""
    }

    fn finish_field(&mut self) {
        let colon = self.field.iter().position(|octet| *octet == b':').unwrap_or_default();
        let (name, value) = self.field.split_at(colon);
        let name = name.trim_ascii_end();
        if name.eq_ignore_ascii_case(b"Received") {
            self.hops += 1;
        } else if name.eq_ignore_ascii_case(b"Message-ID") && self.message_id.is_none() {
            let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii();
            self.message_id = Some(String::from_utf8_lossy(value).into_owned());
        }
        self.field.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_whatever_the_pieces() {
        let message = b"Received: from a\r\n\tby b\r\nreceived : x\r\nX-Received: y\r\nMessage-ID:\r\n <1@a>\r\n\r\nReceived: no\r\n\r\nx";
        for size in 1..message.len() {
            let mut header = Header::new();
            let body: Vec<u8> = message.chunks(size).flat_map(|piece| header.push(piece).to_vec()).collect();
            assert_eq!((header.hops, header.message_id.as_deref()), (2, Some("<1@a>")), "{size}");
            assert_eq!(body, b"Received: no\r\n\r\nx", "{size}");
        }
    }

    #[test]
    fn a_message_without_a_body_has_a_header() {
        let mut header = Header::new();
        assert_eq!(header.push(b"Received: a\r\nReceived: b\r\n"), b"");
        // The last field is known to be whole only by what follows it.
        assert_eq!(header.push(b"\r\n"), b"");
        assert_eq!(header.hops, 2);
        let mut long = Header::new();
        long.push(&[b'x'; 100_000]);
        assert!(long.field.len() <= LOOKED_AT);
    }
}
