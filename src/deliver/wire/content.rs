//! What follows DATA, freed of its dots (RFC 5321 section 4.5.2) while it arrives.
//!
//! It ends at CR LF `.` CR LF and at nothing else: whoever sees an end in less lets one message carry another inside (CVE-2023-51764).

/// What stands in a message where a line end should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// A CR or LF by itself, that was left as it was.
    pub bare_line_end: bool,
    pub nul: bool,
}

/// One step through the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Octets of the message.
    Piece(&'a [u8]),
    /// The message is whole; the rest of the input does not belong to it.
    End,
    /// More input is needed.
    More,
}

/// Where in the content we are. What may belong to the end is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    Text,
    Cr,
    Dot,
    DotCr,
}

/// Reads content piece by piece. With `normalize`, a bare CR or LF becomes a line end of the message, but never its end.
#[derive(Debug)]
pub struct Content {
    state: State,
    normalize: bool,
    /// What DATA brings is dot-stuffed and ends itself; what BDAT brings is neither.
    dots: bool,
    pub faults: Faults,
}

impl Content {
    pub fn of_data(normalize: bool) -> Content {
        Content { state: State::LineStart, normalize, dots: true, faults: Faults::default() }
    }

    pub fn of_bdat(normalize: bool) -> Content {
        Content { dots: false, ..Content::of_data(normalize) }
    }

    /// Whether the last line is whole; what BDAT brings may stop anywhere.
    pub fn at_line_start(&self) -> bool {
        self.state == State::LineStart
    }

    /// The next step; `input` loses what it was made of.
    pub fn step<'a>(&mut self, input: &mut &'a [u8]) -> Step<'a> {
        while let Some((first, rest)) = input.split_first() {
            let held = match (self.state, first) {
                (State::LineStart, b'.') if self.dots => {
                    self.state = State::Dot;
                    *input = rest;
                    continue;
                }
                (State::LineStart, _) => {
                    self.state = State::Text;
                    continue;
                }
                (State::Dot, b'\r') => {
                    self.state = State::DotCr;
                    *input = rest;
                    continue;
                }
                // The dot was put there for us to take away.
                (State::Dot, _) => {
                    self.state = State::Text;
                    continue;
                }
                (State::DotCr, b'\n') => {
                    *input = rest;
                    return Step::End;
                }
                (State::Cr, b'\n') => {
                    self.state = State::LineStart;
                    *input = rest;
                    b"\r\n".as_slice()
                }
                (State::Cr | State::DotCr, _) => self.bare(b"\r"),
                (State::Text, _) => match self.text(input) {
                    b"" => continue,
                    piece => piece,
                },
            };
            return Step::Piece(held);
        }
        Step::More
    }

    /// At the end of what BDAT brought: what was held back.
    pub fn rest(&mut self) -> &'static [u8] {
        match self.state {
            State::Cr => self.bare(b"\r"),
            _ => b"",
        }
    }

    fn bare(&mut self, octet: &'static [u8]) -> &'static [u8] {
        // What was made whole is no fault any more.
        self.faults.bare_line_end |= !self.normalize;
        // A dot behind it was not put there for us, so this is not the start of a line.
        self.state = State::Text;
        if self.normalize { b"\r\n" } else { octet }
    }

    /// Text up to where something has to be decided; whole lines go on within one piece.
    fn text<'a>(&mut self, input: &mut &'a [u8]) -> &'a [u8] {
        let octets = *input;
        let mut at = 0;
        loop {
            let rest = octets.get(at..).unwrap_or_default();
            let Some(next) = rest.iter().position(|octet| matches!(octet, b'\r' | b'\n' | 0)) else {
                return self.up_to(input, octets.len(), 0);
            };
            at += next;
            match octets.get(at..).unwrap_or_default() {
                [0, ..] => {
                    self.faults.nul = true;
                    at += 1;
                }
                [b'\r', b'\n'] => {
                    self.state = State::LineStart;
                    return self.up_to(input, at + 2, 0);
                }
                [b'\r', b'\n', b'.', ..] if self.dots => {
                    self.state = State::LineStart;
                    return self.up_to(input, at + 2, 0);
                }
                [b'\r', b'\n', ..] => at += 2,
                [b'\r', ..] => {
                    self.state = State::Cr;
                    return self.up_to(input, at, 1);
                }
                // A bare LF, alone at the front or behind a piece that goes first.
                _ if at == 0 => {
                    *input = octets.get(1..).unwrap_or_default();
                    return self.bare(b"\n");
                }
                _ => return self.up_to(input, at, 0),
            }
        }
    }

    /// The first `length` octets of the input, which loses them and `held` more.
    fn up_to<'a>(&self, input: &mut &'a [u8], length: usize, held: usize) -> &'a [u8] {
        let (piece, rest) = input.split_at(length.min(input.len()));
        *input = rest.get(held..).unwrap_or_default();
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message, whether it ended, and what was left; read in pieces of `size`.
    fn read(mut content: Content, input: &[u8], size: usize) -> (Vec<u8>, bool, Vec<u8>, Faults) {
        let mut message = Vec::new();
        for (at, chunk) in input.chunks(size).enumerate() {
            let mut rest = chunk;
            loop {
                match content.step(&mut rest) {
                    Step::Piece(piece) => message.extend_from_slice(piece),
                    Step::More => break,
                    Step::End => {
                        let left = [rest, &input[((at + 1) * size).min(input.len())..]].concat();
                        return (message, true, left, content.faults);
                    }
                }
            }
        }
        (message, false, Vec::new(), content.faults)
    }

    /// The same whatever the pieces.
    fn data(input: &[u8], normalize: bool) -> (Vec<u8>, bool, Vec<u8>, Faults) {
        let whole = read(Content::of_data(normalize), input, input.len().max(1));
        for size in 1..input.len() {
            assert_eq!(read(Content::of_data(normalize), input, size), whole, "in pieces of {size}: {input:?}");
        }
        whole
    }

    #[test]
    fn dots_are_taken_away_and_the_end_is_found() {
        let clean = Faults::default();
        type Case = (&'static [u8], &'static [u8], bool, &'static [u8]);
        let cases: [Case; 7] = [
            (b"a\r\n.\r\nQUIT\r\n", b"a\r\n", true, b"QUIT\r\n"),
            (b".\r\n", b"", true, b""),
            (b"..\r\n.\r\n", b".\r\n", true, b""),
            (b"..a\r\n...b\r\nc.d\r\n.\r\n", b".a\r\n..b\r\nc.d\r\n", true, b""),
            (b".a\r\n.\r\n", b"a\r\n", true, b""),
            (b"a\r\n\r\n\r\n.\r\n", b"a\r\n\r\n\r\n", true, b""),
            (b"a\r\nb", b"a\r\nb", false, b""),
        ];
        for (input, message, ended, left) in cases {
            assert_eq!(data(input, false), (message.to_vec(), ended, left.to_vec(), clean), "{input:?}");
        }
    }

    #[test]
    fn nothing_but_a_dot_between_two_crlf_ends_a_message() {
        for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r\r\n.\r\r\n"] {
            for normalize in [false, true] {
                let input = format!("a{end}MAIL FROM:<x@y>\r\n.\r\nNOOP");
                let (message, ended, left, faults) = data(input.as_bytes(), normalize);
                let expected = Faults { bare_line_end: !normalize, nul: false };
                assert!(ended && left == b"NOOP" && faults == expected, "{end:?}: {left:?} {faults:?}");
                let text = String::from_utf8(message).unwrap();
                assert!(text.contains("MAIL FROM"), "{end:?}: {text:?}");
                assert!(!normalize || !text.replace("\r\n", "").contains(['\r', '\n']), "{end:?}: {text:?}");
            }
        }
        let (_, ended, left, faults) = data(b"a\r\n\0.\r\nMAIL\r\n.\r\n", false);
        assert!(ended && left.is_empty() && faults == Faults { bare_line_end: false, nul: true });
    }

    #[test]
    fn a_bare_line_end_is_made_whole_when_asked_for() {
        assert_eq!(data(b"a\nb\rc\r\n.\r\n", true).0, b"a\r\nb\r\nc\r\n");
        assert_eq!(data(b"a\n.b\r\n.\r\n", true).0, b"a\r\n.b\r\n");
        assert_eq!(data(b"a\nb\rc\r\n.\r\n", false).0, b"a\nb\rc\r\n");
    }

    #[test]
    fn chunks_keep_their_dots() {
        let (message, ended, _, faults) = read(Content::of_bdat(false), b".a\r\n.\r\n..\r\n", 3);
        assert_eq!((message, ended, faults), (b".a\r\n.\r\n..\r\n".to_vec(), false, Faults::default()));
        let mut content = Content::of_bdat(false);
        let mut input = b"a\r".as_slice();
        assert_eq!(content.step(&mut input), Step::Piece(b"a"));
        assert_eq!((content.step(&mut input), content.rest()), (Step::More, b"\r".as_slice()));
        assert!(content.faults.bare_line_end);
    }
}
