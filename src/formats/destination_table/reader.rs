//! Reads the file line by line, and goes on after a mistake, so that all of them are told at once.

use super::keys::{self, KEYS};
use super::{RecipientLimit, Row, Section, Table};

/// Mistakes that are kept; the others are counted.
const KEPT: usize = 1_000;
/// Characters of the file that a mistake quotes.
const QUOTED: usize = 80;

/// What was read, mistakes left out, and the mistakes. A table with mistakes is not to be used for anything but further checks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    pub table: Table,
    pub mistakes: Mistakes,
}

/// The first thousand mistakes in the order of their lines, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mistakes {
    pub first: Vec<Mistake>,
    pub count: usize,
}

/// A line, counted from 1, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub line: usize,
    pub kind: MistakeKind,
}

/// What is quoted from the file is cut to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MistakeKind {
    NotUtf8,
    /// No section, no `key = value`, no comment.
    NoEquals(String),
    /// A section that does not end in `]` or has nothing between the brackets.
    Brackets(String),
    /// A key above the first section.
    NoSection(String),
    UnknownKey {
        key: String,
        known: Vec<&'static str>,
    },
    /// A key of `[DEFAULT]` alone, in another section.
    OnlyInDefault {
        key: &'static str,
        domain: String,
    },
    KeyTwice {
        key: &'static str,
        first: usize,
    },
    DefaultTwice {
        first: usize,
    },
    /// A value that the key cannot have; `wanted` is what it can.
    Value {
        key: &'static str,
        given: String,
        wanted: String,
    },
    /// `recipient_limit` without `recipient_minutes`, or the other way round, neither here nor in `[DEFAULT]`.
    Alone {
        key: &'static str,
        missing: &'static str,
    },
}

impl Mistakes {
    fn push(&mut self, line: usize, kind: MistakeKind) {
        self.count += 1;
        if self.first.len() < KEPT {
            self.first.push(Mistake { line, kind });
        }
    }
}

/// Reads a file.
pub fn read(bytes: &[u8]) -> Reading {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = Reader::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        match std::str::from_utf8(line) {
            Ok(text) => reader.line(index + 1, text.trim()),
            Err(_) => reader.mistakes.push(index + 1, MistakeKind::NotUtf8),
        }
    }
    reader.finish()
}

/// The section that is being read, with the lines of its keys: those of `KEYS`, then the two of `[DEFAULT]`.
struct Open {
    section: Section,
    is_default: bool,
    lines: [usize; KEYS.len() + 2],
}

#[derive(Default)]
struct Reader {
    table: Table,
    mistakes: Mistakes,
    open: Option<Open>,
    /// A section whose brackets are wrong: its keys are not looked at.
    skips: bool,
    /// Sections with only one of the two keys of a recipient limit: the index, and where the one stands.
    halves: Vec<(usize, usize)>,
}

impl Reader {
    fn line(&mut self, number: usize, text: &str) {
        if text.is_empty() || text.starts_with(['#', ';']) {
            return;
        }
        if text.starts_with('[') {
            return self.begin(number, text);
        }
        let Some((key, value)) = text.split_once(['=', ':']) else {
            return self.mistakes.push(number, MistakeKind::NoEquals(quoted(text)));
        };
        let (key, value) = (key.trim(), value.trim());
        match &mut self.open {
            Some(open) => {
                if let Err(kind) = open.take(&mut self.table, number, key, value) {
                    self.mistakes.push(number, kind);
                }
            }
            None if self.skips => {}
            None => self.mistakes.push(number, MistakeKind::NoSection(quoted(key))),
        }
    }

    fn begin(&mut self, line: usize, text: &str) {
        self.close();
        let domain = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::trim);
        self.skips = true;
        let Some(domain) = domain.filter(|domain| !domain.is_empty()) else {
            return self.mistakes.push(line, MistakeKind::Brackets(quoted(text)));
        };
        let is_default = domain.eq_ignore_ascii_case("DEFAULT");
        if is_default && self.table.default.line != 0 {
            return self.mistakes.push(line, MistakeKind::DefaultTwice { first: self.table.default.line });
        }
        let section = Section { domain: domain.to_owned(), line, row: Row::default() };
        self.open = Some(Open { section, is_default, lines: [0; KEYS.len() + 2] });
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.is_default {
            self.table.default = open.section;
            return;
        }
        let Row { recipient_limit, recipient_minutes, .. } = open.section.row;
        let has_limit = matches!(recipient_limit, Some(RecipientLimit::Recipients(_)));
        if has_limit != recipient_minutes.is_some() && recipient_limit != Some(RecipientLimit::None) {
            self.halves.push((self.table.sections.len(), open.lines[if has_limit { LIMIT } else { MINUTES }]));
        }
        self.table.sections.push(open.section);
    }

    /// The other half of a recipient limit comes from `[DEFAULT]`, which may stand anywhere.
    fn finish(mut self) -> Reading {
        self.close();
        let default = self.table.default.row.clone();
        if matches!(default.recipient_limit, Some(RecipientLimit::Recipients(_))) && default.recipient_minutes.is_none()
        {
            self.mistakes.push(self.table.default.line, alone(LIMIT, MINUTES));
        }
        for (index, line) in self.halves {
            let Some(row) = self.table.sections.get_mut(index).map(|section| &mut section.row) else { continue };
            match (row.recipient_limit, row.recipient_minutes, default.recipient_limit, default.recipient_minutes) {
                (Some(_), None, _, Some(minutes)) => row.recipient_minutes = Some(minutes),
                (None, Some(_), Some(limit @ RecipientLimit::Recipients(_)), _) => row.recipient_limit = Some(limit),
                (Some(_), _, _, _) => self.mistakes.push(line, alone(LIMIT, MINUTES)),
                (None, _, _, _) => self.mistakes.push(line, alone(MINUTES, LIMIT)),
            }
        }
        self.mistakes.first.sort_by_key(|mistake| mistake.line);
        Reading { table: self.table, mistakes: self.mistakes }
    }
}

/// Places of the two keys in `KEYS`.
const MINUTES: usize = 3;
const LIMIT: usize = 4;

fn alone(key: usize, missing: usize) -> MistakeKind {
    MistakeKind::Alone { key: KEYS[key].name, missing: KEYS[missing].name }
}

impl Open {
    fn take(&mut self, table: &mut Table, line: usize, key: &str, value: &str) -> Result<(), MistakeKind> {
        let known = KEYS.iter().map(|key| key.name).chain([keys::ALERT, keys::CERTIFICATE]);
        let found = known.clone().enumerate().find(|(_, name)| name.eq_ignore_ascii_case(key));
        let Some((index, name)) = found else {
            return Err(MistakeKind::UnknownKey { key: quoted(key), known: known.collect() });
        };
        if index >= KEYS.len() && !self.is_default {
            return Err(MistakeKind::OnlyInDefault { key: name, domain: quoted(&self.section.domain) });
        }
        let first = std::mem::replace(&mut self.lines[index], line);
        if first != 0 {
            self.lines[index] = first;
            return Err(MistakeKind::KeyTwice { key: name, first });
        }
        let read = match KEYS.get(index) {
            Some(key) => (key.read)(&mut self.section.row, value),
            None if name == keys::ALERT => {
                keys::word(&keys::SWITCH, value).map(|on| table.send_tls_req_alert = Some(on))
            }
            None => keys::name(value).map(|name| table.certificate = Some(name)),
        };
        read.map_err(|wanted| MistakeKind::Value { key: name, given: quoted(value), wanted })
    }
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LimitType, TableTls};
    use super::*;

    fn mistakes(text: &str) -> Vec<(usize, MistakeKind)> {
        read(text.as_bytes()).mistakes.first.into_iter().map(|mistake| (mistake.line, mistake.kind)).collect()
    }

    #[test]
    fn numbers_and_words_are_read_in_any_case() {
        let text = "\u{feff}; a comment\r\n[Default]\r\nTABLE_TLS = 5\r\nlimit_type: mxip\r\n\r\n[a.example]\ntable_tls=REQUIRED\n";
        let Reading { table, mistakes } = read(text.as_bytes());
        assert_eq!(mistakes.count, 0, "{mistakes:?}");
        assert_eq!(table.default.row.table_tls, Some(TableTls::RequireVerifyHosted));
        assert_eq!(table.default.row.limit_type, Some(LimitType::MxIp));
        assert_eq!((table.sections[0].domain.as_str(), table.sections[0].line), ("a.example", 6));
        assert_eq!(table.sections[0].row.table_tls, Some(TableTls::Required));
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let text = "table_tls = on\n[a.example]\nmax_host_concurrency = 1001\nmax_host_concurrencies = 1\nnonsense\ntable_tls = 6\n\
                    table_tls = on\ncertificate = x\n[b.example\ntable_tls = 9\n[DEFAULT]\n[DEFAULT]\n[]\n[c.example]\nip_sort_pref = 0\n";
        let found = mistakes(text);
        let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15], "{found:#?}");
        let wanted = "a number from 1 to 1000".to_owned();
        assert_eq!(found[1].1, MistakeKind::Value { key: "max_host_concurrency", given: "1001".into(), wanted });
        assert_eq!(found[5].1, MistakeKind::KeyTwice { key: "table_tls", first: 6 });
        assert_eq!(found[8].1, MistakeKind::DefaultTwice { first: 11 });
    }

    #[test]
    fn half_a_recipient_limit_takes_the_other_half_from_the_default() {
        let text = "[a.example]\nrecipient_limit = 9\n[b.example]\nrecipient_minutes = 1\n";
        assert_eq!(mistakes(text), [(2, alone(LIMIT, MINUTES)), (4, alone(MINUTES, LIMIT))]);
        let text = format!("{text}[DEFAULT]\nrecipient_limit = 100\nrecipient_minutes = 60\n");
        let table = read(text.as_bytes()).table;
        let rows: Vec<_> =
            table.sections.iter().map(|one| (one.row.recipient_limit, one.row.recipient_minutes)).collect();
        let limit = |count| Some(RecipientLimit::Recipients(count));
        assert_eq!(rows, [(limit(9), Some(60)), (limit(100), Some(1))]);
        assert_eq!(mistakes("[a.example]\nrecipient_limit = none\n"), []);
    }

    #[test]
    fn mistakes_beyond_number_are_counted() {
        let text = "[a.example]\n".to_owned() + &"x\n".repeat(5_000);
        let found = read(text.as_bytes()).mistakes;
        assert_eq!((found.first.len(), found.count), (1_000, 5_000));
        assert_eq!(mistakes("[a.example]\n\u{e4}\n"), [(2, MistakeKind::NoEquals("ä".into()))]);
        assert_eq!(read(b"[a.example]\n\xe4\n").mistakes.first[0].kind, MistakeKind::NotUtf8);
        let long = "y".repeat(1 << 20);
        assert!(matches!(&mistakes(&long)[0].1, MistakeKind::NoEquals(text) if text.len() < 100));
    }
}
