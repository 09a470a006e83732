//! A message on the way out (RFC 5321 sections 2.3.8 and 4.5.2): every line ends in CRLF, every dot at the start of a line is
//! doubled, and neither CR nor LF leaves alone, so that no receiver can see the end of the message before its end.

/// Turns the octets of a message, piece by piece, into what follows the reply to DATA.
#[derive(Debug)]
pub(super) struct Content {
    at_line_start: bool,
    /// A CR was read whose LF may come with the next piece.
    after_cr: bool,
}

impl Content {
    pub fn new() -> Content {
        Content { at_line_start: true, after_cr: false }
    }

    /// Appends the next piece of the message to `out`.
    pub fn push(&mut self, mut piece: &[u8], out: &mut Vec<u8>) {
        if self.after_cr && !piece.is_empty() {
            self.after_cr = false;
            // The line end was written when its CR came.
            piece = piece.strip_prefix(b"\n").unwrap_or(piece);
        }
        while let Some(first) = piece.first() {
            if self.at_line_start && *first == b'.' {
                out.push(b'.');
            }
            let Some(at) = piece.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
                out.extend_from_slice(piece);
                self.at_line_start = false;
                return;
            };
            let (line, rest) = piece.split_at(at);
            out.extend_from_slice(line);
            out.extend_from_slice(b"\r\n");
            self.at_line_start = true;
            piece = match rest {
                [b'\r', b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, rest @ ..] => rest,
                [] => &[],
            };
        }
    }

    /// Appends the end of the message: a line end if the last line lacks one, and the dot.
    pub fn finish(self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.at_line_start { b".\r\n" } else { b"\r\n.\r\n" });
    }
}

/// Where octets beyond ASCII stand in a message: what decides between 7BIT, 8BITMIME and SMTPUTF8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Survey {
    pub header_is_eight_bit: bool,
    pub body_is_eight_bit: bool,
    in_body: bool,
    /// The piece before ended in a line end.
    at_line_end: bool,
}

impl Survey {
    /// Looks at a whole message.
    pub fn of(message: &[u8]) -> Survey {
        let mut survey = Survey::default();
        survey.push(message);
        survey
    }

    /// Looks at the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        if self.in_body {
            self.body_is_eight_bit |= !piece.is_ascii();
            return;
        }
        let body = self.end_of_header(piece);
        let (header, body) = piece.split_at(body.unwrap_or(piece.len()));
        self.header_is_eight_bit |= !header.is_ascii();
        self.body_is_eight_bit |= !body.is_ascii();
    }

    /// Where the body begins, if it does: behind an empty line.
    fn end_of_header(&mut self, piece: &[u8]) -> Option<usize> {
        for (at, byte) in piece.iter().enumerate() {
            match byte {
                b'\n' if self.at_line_end => {
                    self.in_body = true;
                    return Some(at + 1);
                }
                b'\n' => self.at_line_end = true,
                b'\r' => {}
                _ => self.at_line_end = false,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pieces: &[&[u8]]) -> Vec<u8> {
        let mut content = Content::new();
        let mut out = Vec::new();
        for piece in pieces {
            content.push(piece, &mut out);
        }
        content.finish(&mut out);
        out
    }

    #[test]
    fn lines_end_in_crlf_and_dots_are_doubled() {
        for (given, expected) in [
            ("", ".\r\n"),
            ("a", "a\r\n.\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("..a\r\n.b", "...a\r\n..b\r\n.\r\n"),
            ("a.b\r\n", "a.b\r\n.\r\n"),
            ("\r\n", "\r\n.\r\n"),
        ] {
            assert_eq!(String::from_utf8(sent(&[given.as_bytes()])).unwrap(), expected, "{given:?}");
        }
    }

    /// S7: what some receiver takes for the end of the message, and for the beginning of the next.
    #[test]
    fn nothing_in_a_message_ends_it() {
        for end in
            ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\n", "\r\n\0.\r\n", "\r\r\n.\r\r\n", "\r\n.\r\n"]
        {
            let message = format!("Subject: a\r\n\r\nbody{end}MAIL FROM:<evil@example.com>\r\n");
            let whole = sent(&[message.as_bytes()]);
            check(&whole, end);
            // The same wherever the pieces are cut.
            for cut in 0..=message.len() {
                let (one, two) = message.as_bytes().split_at(cut);
                assert_eq!(sent(&[one, two]), whole, "{end:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn eight_bit_octets_are_found_where_they_are() {
        for (message, header, body) in [
            ("Subject: a\r\n\r\nplain\r\n", false, false),
            ("Subject: a\r\n\r\ngrün\r\n", false, true),
            ("Subject: grün\r\n\r\nplain\r\n", true, false),
            ("Subject: grün\n\ngrün", true, true),
            ("Subject: grün", true, false),
        ] {
            for cut in 0..=message.len() {
                let (one, two) = message.as_bytes().split_at(cut);
                let mut survey = Survey::default();
                survey.push(one);
                survey.push(two);
                assert_eq!(
                    (survey.header_is_eight_bit, survey.body_is_eight_bit),
                    (header, body),
                    "{message:?} at {cut}"
                );
            }
        }
    }

    fn check(sent: &[u8], end: &str) {
        let text = String::from_utf8_lossy(sent);
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF left: {end:?}");
        let inner = text.strip_suffix("\r\n.\r\n").unwrap();
        assert!(inner.split("\r\n").all(|line| line != "." && line != "\0."[1..].to_owned()), "{end:?}: {text:?}");
    }
}
