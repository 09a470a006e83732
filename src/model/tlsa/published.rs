//! What a text with DNS records says about TLSA, and which of it is for a service.

use std::collections::{HashMap, HashSet};

use crate::formats::zone_file::{Aside, Name, Record, ZoneFile};

use super::Tlsa;

/// TLSA records by the names they stand at.
#[derive(Debug, Clone, Default)]
pub struct Published {
    records: Vec<Tlsa>,
    /// Records that were given without a name, as `dig +short` prints them: those of whatever service is asked about.
    nameless: Vec<usize>,
    by_name: HashMap<Name, Vec<usize>>,
    aliases: HashMap<Name, Name>,
    /// Every name there is, and what stands above it; empty without a wildcard, for which alone it matters.
    nodes: HashSet<Name>,
    faults: Vec<Fault>,
}

/// A line that should tell of TLSA and cannot be read. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Fault {
    pub line: usize,
    pub reason: String,
}

/// More aliases in a row are taken for a circle.
const LONGEST_CHAIN: usize = 16;

impl Published {
    /// Reads a zone file, signed or not, the output of `dig` and its kin, or the bare data of records, one a line. Records of other
    /// types are passed over.
    pub fn parse(text: &str) -> Published {
        let mut published = Published::default();
        for found in ZoneFile::new(text) {
            match found {
                Ok(record) => published.take(record),
                Err(Aside::OpenParenthesis { line }) => published.fault(line, "a parenthesis is not closed"),
                Err(Aside::Include { line, file }) => {
                    published.fault(line, format!("`{file}` is not read: give a zone without $INCLUDE"));
                }
            }
        }
        let is_wildcard = |name: &Name| name.text.starts_with("*.");
        if !published.by_name.keys().chain(published.aliases.keys()).any(is_wildcard) {
            published.nodes.clear();
        }
        published
    }

    fn fault(&mut self, line: usize, reason: impl Into<String>) {
        self.faults.push(Fault { line, reason: reason.into() });
    }

    fn take(&mut self, record: Record) {
        if let Some(owner) = &record.owner {
            let mut text = owner.text.as_str();
            while !text.is_empty() && self.nodes.insert(Name { text: text.to_owned(), ..*owner }) {
                text = text.split_once('.').map_or("", |(_, parent)| parent);
            }
        }
        match (record.kind.as_str(), &record.owner, record.data.first()) {
            ("CNAME", Some(owner), Some(target)) => {
                self.aliases.insert(owner.clone(), Name::parse(target, &record.origin));
            }
            ("TLSA" | "TYPE52", ..) | ("", None, _) => match Tlsa::read(&record) {
                Ok(tlsa) => {
                    let index = self.records.len();
                    self.records.push(tlsa);
                    match record.owner {
                        Some(owner) => self.by_name.entry(owner).or_default().push(index),
                        None => self.nameless.push(index),
                    }
                }
                Err(reason) => self.fault(record.line, reason),
            },
            _ => {}
        }
    }

    /// Every record, in the order of the text.
    pub fn records(&self) -> &[Tlsa] {
        &self.records
    }

    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Records without a name.
    pub fn nameless(&self) -> Vec<&Tlsa> {
        self.at_indices(&self.nameless)
    }

    /// Names at which records stand, in the order of the text, without the final dot.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<(&Vec<usize>, &str)> =
            self.by_name.iter().map(|(name, indices)| (indices, name.text.as_str())).collect();
        names.sort();
        names.into_iter().map(|(_, name)| name).collect()
    }

    /// The records that stand at one of `names`.
    pub fn exactly_at(&self, name: &str) -> Vec<&Tlsa> {
        self.find(&self.by_name, name).map_or_else(Vec::new, |indices| self.at_indices(indices))
    }

    /// The records of `port` at a host: those of the name that the host is an alias of, if there are any (RFC 7671 section 7), else
    /// its own.
    pub fn of_service(&self, port: u16, host: &str) -> Vec<&Tlsa> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let at = |host: &str| self.at(&format!("_{port}._tcp.{host}"));
        let canonical = self.canonical(&host);
        let found = if canonical == host { Vec::new() } else { at(&canonical) };
        if found.is_empty() { at(&host) } else { found }
    }

    /// The records at a name, an alias followed, or at the wildcard that stands for it (RFC 4592 section 3.3.1).
    fn at(&self, name: &str) -> Vec<&Tlsa> {
        let name = self.canonical(name);
        let own = self.find(&self.by_name, &name);
        let found = own.or_else(|| self.find(&self.by_name, &self.wildcard(&name)?));
        found.map_or_else(Vec::new, |indices| self.at_indices(indices))
    }

    /// Where the aliases lead.
    pub fn canonical(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for _ in 0..LONGEST_CHAIN {
            let own = self.find(&self.aliases, &name);
            let target = own.or_else(|| self.find(&self.aliases, &self.wildcard(&name)?));
            match target {
                Some(target) => name.clone_from(&target.text),
                None => break,
            }
        }
        name
    }

    /// The wildcard below the closest name that there is; `None` where the name itself is there.
    fn wildcard(&self, name: &str) -> Option<String> {
        if self.nodes.is_empty() || self.is_there(name) {
            return None;
        }
        let mut above = name;
        while let Some((_, parent)) = above.split_once('.') {
            if self.is_there(parent) {
                return Some(format!("*.{parent}"));
            }
            above = parent;
        }
        None
    }

    fn is_there(&self, name: &str) -> bool {
        forms(name).any(|form| self.nodes.contains(&form))
    }

    fn find<'a, T>(&self, map: &'a HashMap<Name, T>, name: &str) -> Option<&'a T> {
        forms(name).find_map(|form| map.get(&form))
    }

    fn at_indices(&self, indices: &[usize]) -> Vec<&Tlsa> {
        indices.iter().filter_map(|index| self.records.get(*index)).collect()
    }
}

/// How a text may write a name: in full, or up to an origin that it does not name.
fn forms(name: &str) -> impl Iterator<Item = Name> + '_ {
    let ends = std::iter::once(name.len()).chain(name.rmatch_indices('.').map(|(at, _)| at));
    let full = Name { text: name.to_owned(), is_absolute: true };
    let open = ends.filter_map(|end| Some(Name { text: name.get(..end)?.to_owned(), is_absolute: false }));
    std::iter::once(full).chain(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Usage and first byte of the data of each.
    fn at(text: &str, host: &str) -> Vec<String> {
        Published::parse(text).of_service(25, host).into_iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_record_is_for_one_port_of_one_host() {
        let zone = "$ORIGIN example.com.\n_25._tcp.mx1 IN TLSA 3 1 1 01\n_443._tcp.mx1 IN TLSA 3 1 1 02\n_25._tcp.mx2 IN TLSA 3 1 1 03\n\
                    _25._udp.mx1 IN TLSA 3 1 1 04\n\tIN RRSIG TLSA 13 5 60 20270101000000 20261101000000 1 example.com. abcd==\n";
        assert_eq!(at(zone, "mx1.example.com"), ["3 1 1 01"]);
        assert_eq!(at(zone, "MX2.example.com."), ["3 1 1 03"]);
        assert!(at(zone, "mx1.example.net").is_empty());
        assert!(at(zone, "example.com").is_empty());
    }

    #[test]
    fn a_zone_that_does_not_name_its_origin_is_held_against_any() {
        for owner in ["_25._tcp.mx1", "_25._tcp.mx1.example", "_25._tcp.mx1.example.com", "_25._TCP.MX1.Example.com."] {
            assert_eq!(at(&format!("{owner} IN TLSA 3 1 1 01"), "mx1.example.com"), ["3 1 1 01"], "{owner}");
        }
        assert!(at("_25._tcp.mx IN TLSA 3 1 1 01", "mx1.example.com").is_empty());
        // The final dot was forgotten, and the zone says what that makes.
        assert!(at("$ORIGIN example.com.\n_25._tcp.mx1.example.com IN TLSA 3 1 1 01", "mx1.example.com").is_empty());
    }

    #[test]
    fn aliases_are_followed_and_wildcards_stand_for_names_that_are_not_there() {
        let alias =
            "$ORIGIN example.com.\n_25._tcp.mx1 CNAME _dane\n_dane TLSA 2 0 1 01\nmx2 CNAME mx1\nloop CNAME loop\n";
        assert_eq!(at(alias, "mx1.example.com"), ["2 0 1 01"]);
        assert_eq!(at(alias, "mx2.example.com"), ["2 0 1 01"]);
        assert!(at(alias, "loop.example.com").is_empty());
        let wildcard =
            "$ORIGIN example.com.\n*._tcp.mx1 TLSA 3 1 1 01\n_443._tcp.mx1 TLSA 3 1 1 02\n*.mx3 CNAME _25._tcp.mx1\n";
        assert_eq!(at(wildcard, "mx1.example.com"), ["3 1 1 01"]);
        assert_eq!(at(wildcard, "mx3.example.com"), ["3 1 1 01"]);
        assert!(at(&format!("{wildcard}_25._tcp.mx1 NSEC x. RRSIG\n"), "mx1.example.com").is_empty());
        assert_eq!(at("*._tcp.mx1 TLSA 3 1 1 01", "mx1.example.com"), ["3 1 1 01"]);
    }

    #[test]
    fn both_forms_of_the_data_say_the_same() {
        let digest = "ab".repeat(32);
        let wanted = ["3 1 1 abababababababab…"];
        for text in [
            format!("TYPE52 \\# 35 030101{digest}"),
            format!("type52 \\# 35 ( 03 01 01\n {digest} )"),
            format!("TLSA 03 01 01 {digest}"),
        ] {
            assert_eq!(at(&format!("_25._tcp.mx1.example.com. 60 IN {text}"), "mx1.example.com"), wanted);
        }
        let bare = Published::parse(&format!("3 1 1 {digest}\n\\# 35 030101{digest}\n"));
        assert_eq!(bare.nameless().len(), 2);
        assert_eq!(bare.records().iter().map(|one| one.unusable(true)).collect::<Vec<_>>(), [None, None]);
    }

    #[test]
    fn what_is_wrong_with_a_record_is_reported_with_its_line_and_the_others_are_kept() {
        for (text, reason) in [
            ("x TLSA 3 1 0", "line 2: the data is empty"),
            ("x TLSA 3 1 0 abc", "line 2: the data has an odd number of hexadecimal digits"),
            ("x TLSA 3 1 0 xyz", "line 2: the data is no hexadecimal"),
            ("x TLSA 3 1 1 (abcd", "line 2: a parenthesis is not closed"),
            ("x TLSA 3", "line 2: usage, selector, matching type and data are wanted"),
            ("x TLSA 3 1 999 ab", "line 2: usage, selector and matching type are numbers up to 255, not `999`"),
            ("x TYPE52 \\# 3 030101", "line 2: a TLSA record has at least 4 bytes, not 3"),
            ("x TYPE52 \\# 35 030101ab", "line 2: the data has 4 bytes, and 35 are announced"),
            ("x TYPE52 \\#", "line 2: a length is wanted behind `\\#`"),
            ("$INCLUDE b.zone", "line 2: `b.zone` is not read: give a zone without $INCLUDE"),
        ] {
            let published = Published::parse(&format!("_25._tcp.a. TLSA 3 1 1 01\n{text}"));
            assert_eq!(published.faults().iter().map(ToString::to_string).collect::<Vec<_>>(), [reason]);
            assert_eq!(published.records().len(), 1);
        }
    }

    #[test]
    fn a_record_that_no_client_can_use_says_why() {
        for (data, for_mail, wanted) in [
            ("4 1 1 ab", true, "there is no certificate usage 4"),
            ("3 2 1 ab", true, "there is no selector 2"),
            ("3 1 9 ab", true, "there is no matching type 9"),
            ("3 1 1 abcd", true, "its digest has 2 bytes, not 32"),
            ("3 1 2 abcd", true, "its digest has 2 bytes, not 64"),
            ("3 0 0 abcd", true, "its data is no certificate"),
            ("3 1 0 abcd", true, "its data is no public key"),
            ("1 1 1 abcd", true, "mail servers do not use certificate usage 1"),
            ("1 1 1 abcd", false, "its digest has 2 bytes, not 32"),
        ] {
            let published = Published::parse(data);
            assert_eq!(
                published.records()[0].unusable(for_mail).map(|why| why.to_string()).as_deref(),
                Some(wanted),
                "{data}"
            );
        }
    }
}
