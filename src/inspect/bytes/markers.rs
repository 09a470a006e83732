//! BEGIN and END markers, also the ones that an editor, a mail or a terminal has spoilt.

use std::ops::Range;

use super::invisible;

/// Which side of a block a marker stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Begin,
    End,
}

/// What keeps other programs from seeing a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// En-dashes, em-dashes and their kin in place of hyphens.
    Dashes,
    /// Not five hyphens on a side. Holds how many there are, the side with fewer first.
    Count(usize),
    /// Lower case, a space beside the hyphens, or something else than single spaces between the words.
    Spelling,
}

/// One marker and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    pub edge: Edge,
    /// With its dashes. Of a run of ten between an END and a BEGIN each owns five.
    pub span: Range<usize>,
    pub label: Range<usize>,
    pub flaw: Option<Flaw>,
}

/// Hyphens on either side of a marker (RFC 7468 section 3).
const HYPHENS: usize = 5;
/// The longest label looked for; the longest in use has 26 characters.
const LABEL: usize = 40;

/// Labels by which a spoilt marker is told from a line of prose.
const LABELS: [&str; 24] = [
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "CERTIFICATE REQUEST",
    "NEW CERTIFICATE REQUEST",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "X509 CRL",
    "PKCS7",
    "PKCS #7 SIGNED DATA",
    "CMS",
    "PKCS12",
    "EC PARAMETERS",
    "DH PARAMETERS",
    "DSA PARAMETERS",
    "ATTRIBUTE CERTIFICATE",
    "OPENSSH PRIVATE KEY",
    "SSH2 PUBLIC KEY",
    "SSH2 ENCRYPTED PRIVATE KEY",
];

/// The next marker at or after `from`. Calling it again with the end of the last one costs time linear in the text altogether.
pub fn next(text: &[u8], from: usize) -> Option<Marker> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        at += rest.iter().position(|byte| matches!(byte, b'B' | b'b' | b'E' | b'e'))?;
        match marker_at(text, from, at) {
            Some(marker) => return Some(marker),
            None => at += 1,
        }
    }
}

/// The marker whose word begins at `at`.
fn marker_at(text: &[u8], from: usize, at: usize) -> Option<Marker> {
    let (edge, exact, word) = word_at(text, at)?;
    let spaced = at > from && text.get(at - 1) == Some(&b' ');
    let before = dashes_before(text, from, at - usize::from(spaced));
    if before.count == 0 {
        return None;
    }
    let label_from = at + word + invisible::run_on_line(text.get(at + word..).unwrap_or_default());
    let is_apart = text.get(at + word..label_from).is_some_and(|space| matches!(space, b"" | b" "));
    // A spoilt marker must have a label that is known, and those begin with a letter.
    if before.count < HYPHENS && !text.get(label_from).is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let (label, after) = label_and_dashes(text, label_from);
    let spelt = exact && !spaced && is_apart && (is_plain(text, &label) || !is_known(text, &label));
    let flaw = flaw(&before, &after, spelt);
    if flaw.is_some() && !is_known(text, &label) {
        return None;
    }
    let end = after.end;
    Some(Marker { edge, span: before.start..end, label, flaw })
}

/// A run of dashes.
struct Run {
    start: usize,
    end: usize,
    count: usize,
    hyphens: bool,
    /// The space before it.
    spaced: bool,
}

fn word_at(text: &[u8], at: usize) -> Option<(Edge, bool, usize)> {
    for (edge, word) in [(Edge::Begin, &b"BEGIN"[..]), (Edge::End, b"END")] {
        let found = text.get(at..at + word.len()).filter(|found| found.eq_ignore_ascii_case(word));
        if let Some(found) = found {
            let follows = text.get(at + word.len()).copied();
            // `ENDPOINT` is a word of its own.
            return (!follows.is_some_and(|byte| byte.is_ascii_alphanumeric())).then_some((
                edge,
                found == word,
                word.len(),
            ));
        }
    }
    None
}

/// Bytes that the dash character ending before `at` takes; zero when there is none.
fn dash_before(text: &[u8], from: usize, at: usize) -> usize {
    let before = text.get(from..at).unwrap_or_default();
    match before {
        [.., b'-'] => 1,
        [.., 0xe2, 0x80, 0x90..=0x95] | [.., 0xe2, 0x88, 0x92] => 3,
        [.., 0x96 | 0x97] => 1,
        _ => 0,
    }
}

/// Bytes of the dash character at `at`; zero when there is none.
fn dash_at(text: &[u8], at: usize) -> usize {
    match text.get(at..).unwrap_or_default() {
        [b'-' | 0x96 | 0x97, ..] => 1,
        [0xe2, 0x80, 0x90..=0x95, ..] | [0xe2, 0x88, 0x92, ..] => 3,
        _ => 0,
    }
}

fn dashes_before(text: &[u8], from: usize, at: usize) -> Run {
    let mut run = Run { start: at, end: at, count: 0, hyphens: true, spaced: false };
    loop {
        let width = dash_before(text, from, run.start);
        if width == 0 {
            return run;
        }
        run.start -= width;
        run.count += 1;
        run.hyphens &= text.get(run.start) == Some(&b'-');
    }
}

/// The dashes that close a marker. Where BEGIN or END follows at once, only this marker's share of them.
fn dashes_from(text: &[u8], start: usize, spaced: bool) -> Run {
    let mut run = Run { start, end: start, count: 0, hyphens: true, spaced };
    loop {
        let width = dash_at(text, run.end);
        if width == 0 {
            break;
        }
        run.hyphens &= text.get(run.end) == Some(&b'-');
        run.end += width;
        run.count += 1;
    }
    if run.count > 1 && word_at(text, run.end).is_some() {
        let own = if run.count >= 2 * HYPHENS { HYPHENS } else { run.count / 2 };
        run.end = start;
        for _ in 0..own {
            run.end += dash_at(text, run.end);
        }
        run.count = own;
    }
    run
}

/// The label from `start`, and the dashes that end it. Without dashes on the same line the run is empty.
fn label_and_dashes(text: &[u8], start: usize) -> (Range<usize>, Run) {
    let mut at = start;
    while at < start + LABEL {
        let width = dash_at(text, at);
        let closes = width > 1
            || (width == 1 && (dash_at(text, at + 1) > 0 || text.get(at + 1).is_none_or(u8::is_ascii_whitespace)));
        if closes {
            break;
        }
        match text.get(at) {
            Some(byte) if *byte == b'\t' || ((0x20..0x7f).contains(byte) && *byte != b'\\') => at += 1,
            _ => match invisible::width(text.get(at..).unwrap_or_default()) {
                0 => break,
                width => at += width,
            },
        }
    }
    let label = text.get(start..at).unwrap_or_default();
    let trimmed = start + label.trim_ascii_end().len();
    (start..trimmed, dashes_from(text, at, trimmed < at))
}

fn flaw(before: &Run, after: &Run, spelt: bool) -> Option<Flaw> {
    let fewest = before.count.min(after.count);
    if !(before.hyphens && after.hyphens) {
        Some(Flaw::Dashes)
    } else if fewest < HYPHENS {
        Some(Flaw::Count(fewest))
    } else if before.count > HYPHENS || after.count > HYPHENS {
        Some(Flaw::Count(before.count.max(after.count)))
    } else if !spelt || after.spaced {
        Some(Flaw::Spelling)
    } else {
        None
    }
}

/// The label as it should be written: in upper case, single spaces between its words.
pub(super) fn plain_label(label: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(label.len());
    let mut rest = label;
    while let Some(byte) = rest.first() {
        let space = invisible::run_on_line(rest);
        if space > 0 {
            plain.push(b' ');
        } else {
            plain.push(byte.to_ascii_uppercase());
        }
        rest = rest.get(space.max(1)..).unwrap_or_default();
    }
    plain
}

/// Nothing to be made plain.
fn is_plain(text: &[u8], label: &Range<usize>) -> bool {
    let label = text.get(label.clone()).unwrap_or_default();
    plain_label(label) == label
}

fn is_known(text: &[u8], label: &Range<usize>) -> bool {
    let label = plain_label(text.get(label.clone()).unwrap_or_default());
    LABELS.iter().any(|known| known.as_bytes() == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<(Edge, String, Option<Flaw>, Range<usize>)> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(marker) = next(text, from) {
            let label = String::from_utf8_lossy(&text[marker.label.clone()]).into_owned();
            found.push((marker.edge, label, marker.flaw, marker.span.clone()));
            assert!(marker.span.end > from);
            from = marker.span.end;
        }
        found
    }

    #[test]
    fn whole_markers_and_glued_ones() {
        let text = b"-----BEGIN A-B C-----\n-----END A-B C----------BEGIN CERTIFICATE-----";
        assert_eq!(
            all(text),
            [
                (Edge::Begin, "A-B C".into(), None, 0..21),
                (Edge::End, "A-B C".into(), None, 22..41),
                (Edge::Begin, "CERTIFICATE".into(), None, 41..68),
            ]
        );
    }

    #[test]
    fn spoilt_markers_are_seen_and_their_flaw_is_named() {
        for (text, flaw) in [
            ("----BEGIN CERTIFICATE-----", Flaw::Count(4)),
            ("-----BEGIN CERTIFICATE------", Flaw::Count(6)),
            ("-----BEGIN CERTIFICATE\n", Flaw::Count(0)),
            ("–––BEGIN CERTIFICATE–––", Flaw::Dashes),
            ("—–-BEGIN CERTIFICATE-----", Flaw::Dashes),
            ("-----begin certificate-----", Flaw::Spelling),
            ("----- BEGIN CERTIFICATE -----", Flaw::Spelling),
            ("---- BEGIN SSH2 PUBLIC KEY ----", Flaw::Count(4)),
            ("-----BEGIN  CERTIFICATE-----", Flaw::Spelling),
            ("-----BEGIN\tCERTIFICATE-----", Flaw::Spelling),
            ("-----BEGIN\u{a0}CERTIFICATE-----", Flaw::Spelling),
            ("-----BEGIN PRIVATE\u{2009}KEY-----", Flaw::Spelling),
            ("-----BEGIN PRIVATE\tKEY-----", Flaw::Spelling),
        ] {
            let found = all(text.as_bytes());
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(found[0].2, Some(flaw), "{text}");
        }
        assert_eq!(all(b"\x96\x96\x96BEGIN CERTIFICATE\x97\x97")[0].2, Some(Flaw::Dashes));
    }

    #[test]
    fn glued_markers_that_lost_hyphens_are_both_seen() {
        for joint in ["-----", "---------", "------------"] {
            let text = format!("-----END CERTIFICATE{joint}BEGIN CERTIFICATE-----");
            let found = all(text.as_bytes());
            assert_eq!(found.len(), 2, "{joint}: {found:?}");
            assert!(found.iter().any(|marker| marker.2.is_some()));
        }
    }

    #[test]
    fn prose_is_not_a_marker() {
        for text in
            ["--- end of certificates", "-- begin forwarded message --", "x-ENDPOINT", "- END -", "BEGIN CERTIFICATE"]
        {
            assert_eq!(all(text.as_bytes()), [], "{text}");
        }
    }
}
