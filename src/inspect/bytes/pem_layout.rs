//! Oddities of a PEM file's layout and encoding: one damage for a file each, at the first place, with what it does to other programs.

use super::claims::{Claims, is_certificate};
use super::consumers::Deviation;
use super::damage::{Damage, counted};
use super::scanner::{Block, Closing, Scan};
use super::text::{Encoding, Text};
use crate::model::place::Place;
use crate::model::shell_word::shell_word;

/// An oddity of single blocks.
struct Oddity {
    rule: &'static str,
    message: &'static str,
    deviation: Deviation,
    /// Where a block has it.
    find: fn(&Block) -> Option<usize>,
    is_note: bool,
}

const ODDITIES: [Oddity; 12] = [
    Oddity {
        rule: "pem/escaped-newlines",
        message: r"line ends are written as the two characters \n, as JSON and environment variables do",
        deviation: Deviation::EscapedNewlines,
        find: |block| block.layout.escaped,
        is_note: false,
    },
    Oddity {
        rule: "pem/quoted-printable",
        message: "the base64 is quoted-printable, as copied from the source of a mail",
        deviation: Deviation::QuotedPrintable,
        find: |block| block.layout.quoted_printable,
        is_note: false,
    },
    Oddity {
        rule: "pem/quoted",
        message: "the lines begin with `>`, as copied from the answer to a mail",
        deviation: Deviation::MailQuoting,
        find: |block| block.layout.quoted,
        is_note: false,
    },
    Oddity {
        rule: "pem/invisible-characters",
        message: "no-break or zero-width spaces stand in the base64, as copied from a web page or a word processor",
        deviation: Deviation::InvisibleInBody,
        find: |block| block.layout.invisible,
        is_note: false,
    },
    Oddity {
        rule: "pem/invisible-characters",
        message: "no-break or zero-width spaces stand at ends of lines, as copied from a web page or a word processor",
        deviation: Deviation::InvisibleAtLineEnd,
        find: |block| block.layout.invisible_end.filter(|_| block.layout.invisible.is_none()),
        is_note: false,
    },
    Oddity {
        rule: "pem/glued-blocks",
        message: "base64 stands on the line of BEGIN",
        deviation: Deviation::BodyOnBeginLine,
        find: |block| block.layout.on_begin_line,
        is_note: false,
    },
    Oddity {
        rule: "pem/glued-blocks",
        message: "base64 stands on the line of END",
        deviation: Deviation::BodyOnEndLine,
        find: |block| block.layout.on_end_line.filter(|_| block.has_end() && block.layout.on_begin_line.is_none()),
        is_note: false,
    },
    Oddity {
        rule: "pem/indented",
        message: "the lines are indented",
        deviation: Deviation::IndentedBegin,
        find: |block| block.layout.begin_indented,
        is_note: false,
    },
    Oddity {
        rule: "pem/indented",
        message: "END is indented",
        deviation: Deviation::IndentedEnd,
        find: |block| block.layout.end_indented.filter(|_| block.has_end() && block.layout.begin_indented.is_none()),
        is_note: false,
    },
    Oddity {
        rule: "pem/blank-lines",
        message: "blank lines stand between lines of base64",
        deviation: Deviation::BlankLines,
        find: |block| block.layout.blank_line.filter(|_| block.has_end()),
        is_note: false,
    },
    Oddity {
        rule: "pem/odd-wrapping",
        message: "the lines of base64 are indented",
        deviation: Deviation::OddWrapping,
        find: |block| {
            block.layout.indented.filter(|_| block.layout.begin_indented.or(block.layout.end_indented).is_none())
        },
        is_note: true,
    },
    Oddity {
        rule: "pem/odd-wrapping",
        message: "the lines of base64 are not 64 characters long",
        deviation: Deviation::OddWrapping,
        find: wrapping,
        is_note: true,
    },
];

/// Where a block's lines are oddly long, unless that comes from something else that is reported.
fn wrapping(block: &Block) -> Option<usize> {
    block.layout.wrapping.filter(|_| block.layout.is_only_wrapping() && block.closing != Closing::EndOfFile)
}

/// All that is odd about the file as a whole.
pub(super) fn judge(file: &str, text: &Text<'_>, scan: &Scan, claims: &Claims) -> Vec<Damage> {
    let fix = format!("sealpost convert {} --to pem --out mended.pem", shell_word(file));
    let mut damages = oddities(file, text, scan, claims, &fix);
    damages.extend(encoding(file, text, scan, claims, &fix));
    damages.extend(line_ends(file, text, scan, claims, &fix));
    damages
}

fn oddities(file: &str, text: &Text<'_>, scan: &Scan, claims: &Claims, fix: &str) -> Vec<Damage> {
    let mut found: [Found; ODDITIES.len()] = Default::default();
    for block in scan.blocks.iter().filter(|block| super::pem_label::foreign(&block.label).is_none()) {
        for (oddity, seen) in ODDITIES.iter().zip(&mut found) {
            if let Some(at) = (oddity.find)(block) {
                seen.first.get_or_insert(at);
                seen.blocks += 1;
                seen.certificates.extend(is_certificate(&block.label).then_some(block.start));
            }
        }
    }
    let damages = ODDITIES.iter().zip(found).filter_map(|(oddity, seen)| {
        let message = format!("{} ({})", oddity.message, counted(seen.blocks, "block"));
        let make = if oddity.is_note { Damage::note } else { Damage::warning };
        let damage = make(oddity.rule, text.place(file, None, seen.first?), message).help(fix);
        Some(damage.facts(claims.among(oddity.deviation, &seen.certificates)))
    });
    damages.collect()
}

/// The blocks with one oddity.
#[derive(Debug, Default)]
struct Found {
    /// Where the first of them has it.
    first: Option<usize>,
    blocks: usize,
    /// Where those of them begin that are certificates.
    certificates: Vec<usize>,
}

fn start(file: &str) -> Place {
    Place { line: Some(1), offset: Some(0), ..Place::file(file) }
}

fn encoding(file: &str, text: &Text<'_>, scan: &Scan, claims: &Claims, fix: &str) -> Option<Damage> {
    let damage = match text.encoding() {
        Encoding::Plain => return None,
        Encoding::Utf8Mark => {
            // Behind a line of text the mark hides nothing.
            let hidden = scan.blocks.first().filter(|block| block.start == 0);
            Damage::warning("pem/bom", start(file), "the file begins with a byte order mark (EF BB BF)")
                .facts(hidden.and_then(|block| claims.block(Deviation::ByteOrderMark, block)))
        }
        encoding @ (Encoding::Utf16Le | Encoding::Utf16Be) => {
            let order = if encoding == Encoding::Utf16Le { "little-endian" } else { "big-endian" };
            let message = format!("the file is UTF-16 ({order}), as some Windows editors save it");
            Damage::warning("pem/utf-16", start(file), message).facts(claims.whole(Deviation::Utf16))
        }
    };
    Some(damage.help(fix))
}

fn line_ends(file: &str, text: &Text<'_>, scan: &Scan, claims: &Claims, fix: &str) -> Vec<Damage> {
    let lines_end = |count: usize| match count {
        1 => "1 line ends".into(),
        _ => format!("{count} lines end"),
    };
    let (mut damages, ends) = (Vec::new(), text.line_ends());
    if ends.cr > 0 {
        let message = format!("{} with a carriage return alone, as old Mac programs did", lines_end(ends.cr));
        let blocks = scan.blocks.iter().filter(|block| is_certificate(&block.label) && has_bare_cr(text, block));
        let starts: Vec<usize> = blocks.map(|block| block.start).collect();
        damages.push(
            Damage::warning("pem/cr-only", start(file), message)
                .facts(claims.among(Deviation::CrOnly, &starts))
                .help(fix),
        );
    }
    if ends.crlf > 0 {
        let message = format!("{} with CRLF", lines_end(ends.crlf));
        damages.push(Damage::note("pem/crlf", start(file), message).facts(claims.whole(Deviation::Crlf)));
    }
    damages
}

fn has_bare_cr(text: &Text<'_>, block: &Block) -> bool {
    let bytes = text.bytes().get(block.start..block.end).unwrap_or_default();
    bytes.windows(2).any(|pair| matches!(pair, [b'\r', after] if *after != b'\n'))
}
