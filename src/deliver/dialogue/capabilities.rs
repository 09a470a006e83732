//! What a server says it can do, in its reply to EHLO (RFC 5321 section 4.1.1.1).

use super::reply::Reply;

/// The extensions that matter to a client that sends mail. Those from before TLS are forgotten when TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    pub starttls: bool,
    /// The word stands on the greeting line, where it means nothing: `250-STARTTLS` in place of the server's name.
    pub starttls_on_greeting_line: bool,
    /// RFC 2920.
    pub pipelining: bool,
    /// RFC 1870: the limit in octets, if it names one.
    pub size: Option<Option<u64>>,
    /// RFC 6152.
    pub eight_bit_mime: bool,
    /// RFC 6531.
    pub smtputf8: bool,
    /// RFC 3461.
    pub dsn: bool,
    /// RFC 2034.
    pub enhanced_status_codes: bool,
}

impl Capabilities {
    pub fn of(reply: &Reply) -> Capabilities {
        let mut found = Capabilities::default();
        let greeting = reply.lines.first().and_then(|line| line.split_whitespace().next()).unwrap_or_default();
        found.starttls_on_greeting_line = greeting.eq_ignore_ascii_case("STARTTLS");
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split_whitespace();
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "STARTTLS" => found.starttls = true,
                "PIPELINING" => found.pipelining = true,
                "8BITMIME" => found.eight_bit_mime = true,
                "SMTPUTF8" => found.smtputf8 = true,
                "DSN" => found.dsn = true,
                "ENHANCEDSTATUSCODES" => found.enhanced_status_codes = true,
                // Zero is no limit (RFC 1870 section 4).
                "SIZE" => found.size = Some(words.next().and_then(|word| word.parse().ok()).filter(|limit| *limit > 0)),
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Capabilities {
        Capabilities::of(&Reply { code: 250, lines: lines.iter().map(|line| (*line).to_owned()).collect() })
    }

    #[test]
    fn keywords_are_read_in_any_case_and_with_their_values() {
        let found =
            of(&["mx.example greets you", "starttls", "SIZE 1000", "8bitmime", "PIPELINING", "DSN", "X-WHATEVER"]);
        assert!(found.starttls && found.eight_bit_mime && found.pipelining && found.dsn && !found.smtputf8);
        assert_eq!(found.size, Some(Some(1000)));
        assert_eq!(of(&["a", "SIZE"]).size, Some(None));
        assert_eq!(of(&["a", "SIZE 0"]).size, Some(None));
        assert_eq!(of(&["a", "SIZE x"]).size, Some(None));
    }

    #[test]
    fn a_keyword_on_the_greeting_line_is_none() {
        let found = of(&["STARTTLS", "PIPELINING"]);
        assert!(!found.starttls && found.starttls_on_greeting_line && found.pipelining);
    }
}
