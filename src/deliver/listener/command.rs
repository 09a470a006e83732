//! A line as a command: the verb and what stands behind it, or why it is none.

/// The verbs (RFC 5321 section 4.1.1, RFC 3207, RFC 3030).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Ehlo,
    Helo,
    StartTls,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Vrfy,
    Expn,
    Help,
    Quit,
}

const VERBS: [(&str, Verb); 13] = [
    ("EHLO", Verb::Ehlo),
    ("HELO", Verb::Helo),
    ("STARTTLS", Verb::StartTls),
    ("MAIL", Verb::Mail),
    ("RCPT", Verb::Rcpt),
    ("DATA", Verb::Data),
    ("BDAT", Verb::Bdat),
    ("RSET", Verb::Rset),
    ("NOOP", Verb::Noop),
    ("VRFY", Verb::Vrfy),
    ("EXPN", Verb::Expn),
    ("HELP", Verb::Help),
    ("QUIT", Verb::Quit),
];

/// What a web browser says to a mail server that somebody else made it talk to (ALPACA).
const WEB_VERBS: [&str; 10] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "PRI"];

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCommand {
    Unknown,
    /// A control character, a bare CR, or octets that no argument has.
    Octets,
    /// A web browser speaks.
    Web,
    /// A TLS handshake begins, where clear text is spoken first.
    Tls,
}

/// The verb of a line, and its argument without the spaces around it.
pub fn parse(line: &[u8]) -> Result<(Verb, &str), NoCommand> {
    if line.starts_with(&[22, 3]) {
        return Err(NoCommand::Tls);
    }
    let text = std::str::from_utf8(line).map_err(|_| NoCommand::Octets)?;
    if text.bytes().any(|octet| octet.is_ascii_control() && octet != b'\t') {
        return Err(NoCommand::Octets);
    }
    let (word, argument) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    if WEB_VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb)) {
        return Err(NoCommand::Web);
    }
    let known = VERBS.iter().find(|(verb, _)| word.eq_ignore_ascii_case(verb));
    let (_, verb) = known.ok_or(if text.is_ascii() { NoCommand::Unknown } else { NoCommand::Octets })?;
    // Addresses alone may be UTF-8 (RFC 6531 section 3.3).
    match verb {
        Verb::Mail | Verb::Rcpt | Verb::Vrfy | Verb::Expn => {}
        _ if argument.is_ascii() => {}
        _ => return Err(NoCommand::Octets),
    }
    Ok((*verb, argument.trim_matches([' ', '\t'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_or_it_is_known_why_not() {
        assert_eq!(parse(b"ehlo  a.example "), Ok((Verb::Ehlo, "a.example")));
        assert_eq!(parse(b"MAIL FROM:<a@b> SIZE=1"), Ok((Verb::Mail, "FROM:<a@b> SIZE=1")));
        assert_eq!(parse("RCPT TO:<ä@b>".as_bytes()), Ok((Verb::Rcpt, "TO:<ä@b>")));
        for (line, why) in [
            (b"".as_slice(), NoCommand::Unknown),
            (b"MAILFROM:<a>", NoCommand::Unknown),
            (b"GET / HTTP/1.1", NoCommand::Web),
            (b"post /", NoCommand::Web),
            (b"EHLO a\0b", NoCommand::Octets),
            (b"EHLO a\rb", NoCommand::Octets),
            (b"EHLO \xff", NoCommand::Octets),
            ("EHLO ä".as_bytes(), NoCommand::Octets),
            ("ÄHLO".as_bytes(), NoCommand::Octets),
            (b"EHLO \x1b[2J", NoCommand::Octets),
            (b"\x16\x03\x01\x02", NoCommand::Tls),
        ] {
            assert_eq!(parse(line), Err(why), "{line:?}");
        }
    }
}
