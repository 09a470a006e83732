//! TLSA records (RFC 6698 section 2): what DNS publishes about the certificate of a server.

use std::fmt;

use super::certificate::Certificate;
use super::fingerprint::hex;

/// What a record binds (RFC 7218 section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Usage {
    /// 0, PKIX-TA.
    AuthorityConstraint,
    /// 1, PKIX-EE.
    ServerConstraint,
    /// 2, DANE-TA: a trust anchor.
    TrustAnchor,
    /// 3, DANE-EE: the server's own certificate or key.
    Server,
}

/// How the data was made from what it is compared with (RFC 6698 section 2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Matching {
    Whole,
    Sha256,
    Sha512,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tlsa {
    /// `_25._tcp.mx1.example.com.`; `None` where only the data was given.
    pub owner: Option<String>,
    pub usage: Usage,
    /// The public key alone, not the whole certificate.
    of_key: bool,
    matching: Matching,
    data: Vec<u8>,
}

/// Why a line is no TLSA record. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TlsaError {
    pub line: usize,
    pub reason: String,
}

impl Tlsa {
    /// Reads the TLSA records of a zone file's text (RFC 1035 section 5.1): `_25._tcp.mx1.example.com. 3600 IN TLSA 3 1 1 HEX`, as
    /// `dig` prints them, over several lines within parentheses, or the four fields alone. Comments, blank lines and records of
    /// other types are left out.
    pub fn parse(text: &str) -> Result<Vec<Tlsa>, TlsaError> {
        let mut records = Vec::new();
        for (line, text) in entries(text)? {
            let words: Vec<&str> = text.split_whitespace().collect();
            let record = match words.iter().position(|word| word.eq_ignore_ascii_case("TLSA")) {
                Some(at) => {
                    let owner = words.first().filter(|_| at > 0).map(|owner| (*owner).to_owned());
                    read(owner, words.get(at + 1..).unwrap_or_default())
                }
                None if words.first().is_some_and(|word| word.bytes().all(|c| c.is_ascii_digit())) => {
                    read(None, &words)
                }
                None => continue,
            };
            records.push(record.map_err(|reason| TlsaError { line, reason })?);
        }
        Ok(records)
    }

    /// The record stands for this certificate, or for its key.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        let subject = if self.of_key { certificate.public_key().spki() } else { certificate.der() };
        let digest = |algorithm| aws_lc_rs::digest::digest(algorithm, subject).as_ref() == self.data;
        match self.matching {
            Matching::Whole => subject == self.data,
            Matching::Sha256 => digest(&aws_lc_rs::digest::SHA256),
            Matching::Sha512 => digest(&aws_lc_rs::digest::SHA512),
        }
    }
}

/// The entries of a zone file without comments and parentheses, each with the number of its first line.
fn entries(text: &str) -> Result<Vec<(usize, String)>, TlsaError> {
    let mut entries: Vec<(usize, String)> = Vec::new();
    // The line of the parenthesis that is open.
    let mut open = None;
    for (line, text) in (1..).zip(text.lines()) {
        if open.is_none() {
            entries.push((line, String::new()));
        }
        let Some((_, entry)) = entries.last_mut() else { continue };
        let mut is_quoted = false;
        for c in text.chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                _ if is_quoted => {}
                ';' => break,
                '(' => open = Some(line),
                ')' => open = None,
                _ => {
                    entry.push(c);
                    continue;
                }
            }
            entry.push(' ');
        }
        entry.push(' ');
    }
    match open {
        Some(line) => Err(TlsaError { line, reason: "a parenthesis is not closed".into() }),
        None => Ok(entries),
    }
}

fn read(owner: Option<String>, words: &[&str]) -> Result<Tlsa, String> {
    let [usage, selector, matching, data @ ..] = words else {
        return Err("usage, selector, matching type and data are wanted".into());
    };
    let usage = match *usage {
        "0" => Usage::AuthorityConstraint,
        "1" => Usage::ServerConstraint,
        "2" => Usage::TrustAnchor,
        "3" => Usage::Server,
        other => return Err(format!("`{other}` is no certificate usage; there are 0 to 3")),
    };
    let of_key = match *selector {
        "0" => false,
        "1" => true,
        other => return Err(format!("`{other}` is no selector; there are 0 and 1")),
    };
    let (matching, length) = match *matching {
        "0" => (Matching::Whole, None),
        "1" => (Matching::Sha256, Some(32)),
        "2" => (Matching::Sha512, Some(64)),
        other => return Err(format!("`{other}` is no matching type; there are 0 to 2")),
    };
    let data = octets(&data.concat()).ok_or("the data is no hexadecimal")?;
    match length {
        Some(length) if length != data.len() => Err(format!("the data has {} bytes, not {length}", data.len())),
        _ if data.is_empty() => Err("the data is empty".into()),
        _ => Ok(Tlsa { owner, usage, of_key, matching, data }),
    }
}

fn octets(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = digits.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect())
}

/// `3 1 1 0d6fce3f…`: the data cut to what an eye compares.
impl fmt::Display for Tlsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usage = match self.usage {
            Usage::AuthorityConstraint => 0,
            Usage::ServerConstraint => 1,
            Usage::TrustAnchor => 2,
            Usage::Server => 3,
        };
        let matching = match self.matching {
            Matching::Whole => 0,
            Matching::Sha256 => 1,
            Matching::Sha512 => 2,
        };
        let data = hex(self.data.get(..8).unwrap_or(&self.data));
        write!(f, "{usage} {} {matching} {data}…", u8::from(self.of_key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_zone_files_and_dig_write_them() {
        let digest = "ab".repeat(32);
        let (head, tail) = digest.split_at(56);
        let text = format!(
            "; published 2026\n\n_25._tcp.mx1.example.com. 3600 IN TLSA 3 1 1 ( {head} {tail} )\n2 0 1 {digest}\n\
             mx1.example.com. IN A 192.0.2.1\n@ IN SOA a. b. (\n 1 ; serial\n 2 3 4 5 )\n@ IN TXT \"v=x; (\"\n\
             _25._tcp.mx2.example.com. IN TLSA ( 3 1 1\n  {head} ; half\n  {tail} )\n"
        );
        let records = Tlsa::parse(&text).unwrap();
        assert_eq!(records.len(), 3);
        assert_eq!(records[2].owner.as_deref(), Some("_25._tcp.mx2.example.com."));
        assert_eq!(records[0].owner.as_deref(), Some("_25._tcp.mx1.example.com."));
        assert_eq!((records[0].usage, records[1].usage), (Usage::Server, Usage::TrustAnchor));
        assert_eq!(records[0].to_string(), "3 1 1 abababababababab…");
    }

    #[test]
    fn what_is_wrong_with_a_record_is_told_with_its_line() {
        for (text, reason) in [
            ("\nx TLSA 4 1 1 ab", "line 2: `4` is no certificate usage; there are 0 to 3"),
            ("x TLSA 3 2 1 ab", "line 1: `2` is no selector; there are 0 and 1"),
            ("x TLSA 3 1 9 ab", "line 1: `9` is no matching type; there are 0 to 2"),
            ("x TLSA 3 1 1 abcd", "line 1: the data has 2 bytes, not 32"),
            ("x TLSA 3 1 0", "line 1: the data is empty"),
            ("x TLSA 3 1 0 abc", "line 1: the data is no hexadecimal"),
            ("\nx TLSA (3 1 1\n abcd )", "line 2: the data has 2 bytes, not 32"),
            ("\nx TLSA (3 1 1\n abcd", "line 2: a parenthesis is not closed"),
            ("x TLSA 3", "line 1: usage, selector, matching type and data are wanted"),
        ] {
            assert_eq!(Tlsa::parse(text).unwrap_err().to_string(), reason);
        }
    }
}
