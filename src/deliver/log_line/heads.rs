//! The numbers that a line is about, at the cost of a look at its first words: most lines of a large log are about something else.

use super::Level;
use crate::deliver::numbers::{Dcid, Icid, Mid};

/// Octets of a time as ctime(3) writes it, and the space behind it.
const TIME: usize = 24;

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    pub level: Level,
    /// Where the text behind time and level begins.
    pub text: usize,
    pub icid: Option<Icid>,
    pub mid: Option<Mid>,
    pub dcid: Option<Dcid>,
    /// The message that a generated one is about.
    pub of: Option<Mid>,
    /// It tells that a delivery connection was opened, or could not be.
    pub is_opening: bool,
}

/// Words in front of the numbers.
const FRONTS: &[&str] = &[
    "New SMTP ",
    "Start ",
    "Delivery start ",
    "Message done ",
    "Message finished ",
    "Message aborted ",
    "Delayed: ",
    "Bounced: ",
    "Connection Error: ",
];

/// Reads the head of a line of the text log; `None` when no line of ours begins like that.
pub fn head(line: &[u8]) -> Option<Head> {
    let time = line.get(..TIME)?;
    let is_time = [(3, b' '), (7, b' '), (10, b' '), (13, b':'), (16, b':'), (19, b' ')]
        .iter()
        .all(|(at, octet)| time.get(*at) == Some(octet));
    let rest = line.get(TIME..)?.strip_prefix(b" ").filter(|_| is_time)?;
    let levels = [(Level::Info, "Info: "), (Level::Warning, "Warning: "), (Level::Critical, "Critical: ")];
    let (level, rest) = levels.iter().find_map(|(level, word)| Some((*level, rest.strip_prefix(word.as_bytes())?)))?;
    let mut head = Head { level, text: line.len() - rest.len(), ..Head::default() };
    let front = FRONTS.iter().find_map(|front| Some((*front, rest.strip_prefix(front.as_bytes())?)));
    let mut rest = front.map_or(rest, |(_, rest)| rest);
    while let Some(behind) = head.take(rest) {
        rest = behind;
    }
    if let Some(behind) = rest.strip_prefix(b"was generated for MID ") {
        head.of = number(behind).map(|(number, _)| Mid(number));
    }
    head.is_opening = matches!(front, Some(("New SMTP " | "Connection Error: ", _))) && head.dcid.is_some();
    if head.is_opening {
        // The first: behind it stand values from outside.
        const DETAIL: &[u8] = b" mid=";
        let at = rest.windows(DETAIL.len()).position(|window| window == DETAIL);
        let value = at.and_then(|at| number(rest.get(at + DETAIL.len()..)?));
        head.mid = value.map(|(number, _)| Mid(number));
    }
    Some(head)
}

impl Head {
    /// A name and its number at the front of `rest`.
    fn take<'a>(&mut self, rest: &'a [u8]) -> Option<&'a [u8]> {
        let (slot, digits): (fn(&mut Head, u64), _) = match rest {
            [b'I', b'C', b'I', b'D', b' ', digits @ ..] => (|head, number| head.icid = Some(Icid(number)), digits),
            [b'D', b'C', b'I', b'D', b' ', digits @ ..] => (|head, number| head.dcid = Some(Dcid(number)), digits),
            [b'M', b'I', b'D', b' ', digits @ ..] => (|head, number| head.mid = Some(Mid(number)), digits),
            _ => return None,
        };
        let (number, rest) = number(digits)?;
        slot(self, number);
        Some(rest.strip_prefix(b" ").unwrap_or(rest))
    }
}

fn number(digits: &[u8]) -> Option<(u64, &[u8])> {
    let end = digits.iter().position(|octet| !octet.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(end)?;
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}
