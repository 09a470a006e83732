//! Resource records as text: zone files (RFC 1035 section 5.1, RFC 3597 section 5), signed or not, and what `dig`, `drill`, `kdig`
//! and `host` print.
//!
//! Lenient, because people paste parts: the data of a record is left to whoever asks for its type, and a zone without `$ORIGIN`
//! keeps its relative names. Nothing is read from other files.

use std::str::Lines;

/// A name as it stands in the text, in lower case and without the final dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// Empty for the root, and for an origin that the text does not name.
    pub text: String,
    /// It is complete. Otherwise an origin follows that the text does not name.
    pub is_absolute: bool,
}

impl Name {
    /// As it stands in a text whose origin is `origin`.
    pub fn parse(text: &str, origin: &Name) -> Name {
        if let Some(complete) = text.strip_suffix('.') {
            return Name { text: complete.to_ascii_lowercase(), is_absolute: true };
        }
        let text = match (text, origin.text.as_str()) {
            ("@", origin) => origin.to_owned(),
            (text, "") => text.to_ascii_lowercase(),
            (text, origin) => format!("{}.{origin}", text.to_ascii_lowercase()),
        };
        Name { text, is_absolute: origin.is_absolute }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line it begins at, counted from 1.
    pub line: usize,
    /// `None` where only the data is given, as `dig +short` prints it.
    pub owner: Option<Name>,
    /// In capitals: `TLSA`, `TYPE52`. Empty where only the data is given.
    pub kind: String,
    pub data: Vec<String>,
    /// What relative names in the data end with.
    pub origin: Name,
}

/// What is no record and yet matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aside {
    /// A parenthesis that is never closed, so that nobody knows where its record ends.
    OpenParenthesis { line: usize },
    /// `$INCLUDE`: records that stand in another file.
    Include { line: usize, file: String },
}

/// Reads a text record by record.
pub struct ZoneFile<'a> {
    lines: Lines<'a>,
    /// Lines read so far.
    line: usize,
    origin: Name,
    /// The owner of the record before, which one that begins with a blank shares.
    owner: Option<Name>,
}

/// A line, or several within parentheses, without comments.
struct Entry {
    line: usize,
    begins_blank: bool,
    words: Vec<String>,
}

impl<'a> ZoneFile<'a> {
    pub fn new(text: &'a str) -> ZoneFile<'a> {
        let origin = Name { text: String::new(), is_absolute: false };
        ZoneFile { lines: text.trim_start_matches('\u{feff}').lines(), line: 0, origin, owner: None }
    }

    fn entry(&mut self) -> Option<Result<Entry, Aside>> {
        let first = self.lines.next()?;
        self.line += 1;
        let mut entry = Entry { line: self.line, begins_blank: first.starts_with([' ', '\t']), words: Vec::new() };
        let mut depth = scan(first, 0, &mut entry.words);
        while depth > 0 {
            let Some(next) = self.lines.next() else {
                return Some(Err(Aside::OpenParenthesis { line: entry.line }));
            };
            self.line += 1;
            depth = scan(next, depth, &mut entry.words);
        }
        Some(Ok(entry))
    }

    /// `$ORIGIN`, `$INCLUDE`; the others change nothing that is asked about.
    fn control(&mut self, entry: &Entry) -> Option<Aside> {
        let (name, value) = (entry.words.first()?, entry.words.get(1)?);
        if name.eq_ignore_ascii_case("$ORIGIN") {
            self.origin = Name::parse(value, &self.origin);
        }
        let is_include = name.eq_ignore_ascii_case("$INCLUDE");
        is_include.then(|| Aside::Include { line: entry.line, file: value.clone() })
    }

    fn record(&mut self, entry: Entry) -> Option<Record> {
        let Entry { line, begins_blank, words } = entry;
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        // `NAME has TLSA record 3 1 1 …` and `NAME is an alias for OTHER.`
        let (owner, kind, data) = if word(1) == "has" && word(3) == "record" {
            (Some(0), word(2).to_owned(), 4)
        } else if (word(1), word(2), word(3), word(4)) == ("is", "an", "alias", "for") {
            (Some(0), "CNAME".to_owned(), 5)
        } else if is_bare(&words) {
            (None, String::new(), 0)
        } else {
            let without_owner = after_ttl_and_class(&words, 0);
            let is_without = match begins_blank {
                true => is_type(word(without_owner)),
                // `TLSA 3 1 1 …`, `IN TLSA 3 1 1 …`; a host may be called `mx` or `txt`.
                false => is_tlsa(word(without_owner)) && is_number(word(without_owner + 1)),
            };
            match is_without {
                true => (None, word(without_owner).to_owned(), without_owner + 1),
                false => {
                    let kind = after_ttl_and_class(&words, 1);
                    (Some(0), word(kind).to_owned(), kind + 1)
                }
            }
        };
        if let Some(at) = owner {
            self.owner = Some(Name::parse(word(at), &self.origin));
        }
        let shares = owner.is_some() || (begins_blank && !kind.is_empty());
        let owner = self.owner.clone().filter(|_| shares);
        let (kind, origin) = (kind.to_ascii_uppercase(), self.origin.clone());
        let data: Vec<String> = words.into_iter().skip(data).collect();
        // `dig +short +dnssec` prints the data of an RRSIG, which begins with the type it covers, without its owner.
        (owner.is_some() || !is_signature(&data)).then_some(Record { line, owner, kind, data, origin })
    }
}

impl Iterator for ZoneFile<'_> {
    type Item = Result<Record, Aside>;

    fn next(&mut self) -> Option<Result<Record, Aside>> {
        loop {
            let entry = match self.entry()? {
                Ok(entry) => entry,
                Err(aside) => return Some(Err(aside)),
            };
            let found = match entry.words.first() {
                None => None,
                Some(first) if first.starts_with('$') => self.control(&entry).map(Err),
                Some(_) => self.record(entry).map(Ok),
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

/// Takes the words of a line, and gives how many parentheses are open at its end. A quoted text is one word, without its quotes.
fn scan(line: &str, mut depth: usize, words: &mut Vec<String>) -> usize {
    let mut word = String::new();
    let (mut is_quoted, mut is_word) = (false, false);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                word.push(c);
                word.extend(chars.next());
            }
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => word.push(c),
            ';' => break,
            '(' | ')' | ' ' | '\t' => {
                words.extend(is_word.then(|| std::mem::take(&mut word)));
                is_word = false;
                match c {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                continue;
            }
            _ => word.push(c),
        }
        is_word = true;
    }
    words.extend(is_word.then_some(word));
    depth
}

/// The data alone: usage, selector and matching type, or the unknown form of RFC 3597.
fn is_bare(words: &[String]) -> bool {
    let numbers = words.iter().take(3).filter(|word| is_number(word) && word.parse::<u8>().is_ok()).count();
    numbers == 3 || words.first().is_some_and(|word| word == "\\#")
}

/// What follows the type covered: algorithm, labels, time to live, expiration, inception, key tag, signer (RFC 4034 section 3.2).
fn is_signature(data: &[String]) -> bool {
    let is_time = |at: usize| data.get(at).is_some_and(|word| is_number(word) && matches!(word.len(), 10 | 14));
    is_time(3) && is_time(4) && data.get(6).is_some_and(|signer| signer.ends_with('.'))
}

/// The first word behind time to live and class, which come in either order.
fn after_ttl_and_class(words: &[String], from: usize) -> usize {
    let is_other = |word: &String| !is_ttl(word) && !is_class(word);
    words.iter().skip(from).take(2).position(is_other).map_or(words.len().min(from + 2), |at| from + at)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit())
}

/// `3600`, `1h30m`
fn is_ttl(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|c| c.is_ascii_digit() || b"smhdw".contains(&c.to_ascii_lowercase()))
}

fn is_class(word: &str) -> bool {
    let word = word.to_ascii_uppercase();
    matches!(word.as_str(), "IN" | "CH" | "HS" | "CS") || word.strip_prefix("CLASS").is_some_and(is_number)
}

fn is_tlsa(word: &str) -> bool {
    word.eq_ignore_ascii_case("TLSA") || word.eq_ignore_ascii_case("TYPE52")
}

/// Mnemonics that stand in zones (IANA, DNS parameters), so that a record without an owner is told from an indented one with it.
const TYPES: &[&str] = &[
    "A",
    "AAAA",
    "AFSDB",
    "APL",
    "CAA",
    "CDNSKEY",
    "CDS",
    "CERT",
    "CNAME",
    "CSYNC",
    "DHCID",
    "DLV",
    "DNAME",
    "DNSKEY",
    "DS",
    "EUI48",
    "EUI64",
    "HINFO",
    "HIP",
    "HTTPS",
    "IPSECKEY",
    "KEY",
    "KX",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "OPENPGPKEY",
    "PTR",
    "RP",
    "RRSIG",
    "SIG",
    "SMIMEA",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "URI",
    "ZONEMD",
];

fn is_type(word: &str) -> bool {
    let word = word.to_ascii_uppercase();
    TYPES.contains(&word.as_str()) || word.strip_prefix("TYPE").is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `owner kind data`, a line for each record; a relative owner ends in `?`.
    fn read(text: &str) -> Vec<String> {
        let told = |record: Record| {
            let owner = record.owner.map_or("-".into(), |owner| match owner.is_absolute {
                true => format!("{}.", owner.text),
                false => format!("{}?", owner.text),
            });
            format!("{owner} {} {}", record.kind, record.data.join(" "))
        };
        ZoneFile::new(text).filter_map(Result::ok).map(told).collect()
    }

    #[test]
    fn owners_are_completed_by_the_origin_and_kept_for_the_next_record() {
        let text = "$TTL 3600\n$origin Example.com.\n@ IN SOA ns1 hostmaster (\n 1 ; serial\n 2 3 4 5 )\n\tNS ns1\n\
                    _25._tcp.MX1 1h IN TLSA 3 1 1 00\n IN 60 TLSA 3 1 1 01\n$ORIGIN sub\nwww A 192.0.2.1\n$ORIGIN .\nx.test AAAA ::1\n";
        assert_eq!(
            read(text),
            [
                "example.com. SOA ns1 hostmaster 1 2 3 4 5",
                "example.com. NS ns1",
                "_25._tcp.mx1.example.com. TLSA 3 1 1 00",
                "_25._tcp.mx1.example.com. TLSA 3 1 1 01",
                "www.sub.example.com. A 192.0.2.1",
                "x.test. AAAA ::1",
            ]
        );
    }

    #[test]
    fn what_tools_print_is_read_as_records() {
        for (text, wanted) in [
            ("; <<>> DiG <<>>\n;x. IN TLSA\nx. 300 IN TLSA 3 1 1 AB CD\n", "x. TLSA 3 1 1 AB CD"),
            ("x. 300 IN TLSA ( 3 1 1 AB\n\t\t\t\tCD ) ; note\n", "x. TLSA 3 1 1 AB CD"),
            ("x has TLSA record 3 1 1 AB CD\n", "x? TLSA 3 1 1 AB CD"),
            ("x is an alias for y.example.\n", "x? CNAME y.example."),
            ("x. TYPE52 \\# 5 030101AB CD\n", "x. TYPE52 \\# 5 030101AB CD"),
            ("3 1 1 AB CD\n", "-  3 1 1 AB CD"),
            ("\\# 4 030101AB\n", "-  \\# 4 030101AB"),
            ("IN TLSA 3 1 1 AB\n", "- TLSA 3 1 1 AB"),
            ("tlsa 3 1 1 AB\n", "- TLSA 3 1 1 AB"),
            ("  x.example. IN TLSA 3 1 1 AB\n", "x.example. TLSA 3 1 1 AB"),
            ("x IN TXT \"a; \\\" (b\" c\n", "x? TXT a; \\\" (b c"),
        ] {
            assert_eq!(read(text), [wanted], "{text}");
        }
        let short = "TLSA 13 5 60 20270101000000 20261101000000 12345 example.com. abcd==\n3 1 1 AB\n";
        assert_eq!(read(short), ["-  3 1 1 AB"]);
        assert_eq!(read("25 IN PTR mx.example.\n"), ["25? PTR mx.example."]);
    }

    #[test]
    fn what_stands_elsewhere_or_never_ends_is_reported() {
        let asides: Vec<Aside> =
            ZoneFile::new("$INCLUDE other.zone\nx TLSA (3 1 1\nab\n").filter_map(Result::err).collect();
        let include = Aside::Include { line: 1, file: "other.zone".into() };
        assert_eq!(asides, [include, Aside::OpenParenthesis { line: 2 }]);
    }
}
