//! Oddities of a PEM file's layout and encoding: one damage for a file each, at the first place, with what it does to other programs.

use super::Kind;
use super::damage::{Damage, counted};
use super::scanner::{Block, Closing, Scan};
use super::text::{Encoding, Text};
use crate::model::place::Place;
use crate::model::shell_word::shell_word;

/// An oddity of single blocks.
struct Oddity {
    rule: &'static str,
    message: &'static str,
    fact: &'static str,
    /// Where a block has it.
    find: fn(&Block) -> Option<usize>,
    is_note: bool,
}

const ODDITIES: [Oddity; 5] = [
    Oddity {
        rule: "pem/escaped-newlines",
        message: r"line ends are written as the two characters \n, as JSON and environment variables do",
        fact: "no other program finds anything in it",
        find: |block| block.layout.escaped,
        is_note: false,
    },
    Oddity {
        rule: "pem/quoted-printable",
        message: "the base64 is quoted-printable, as copied from the source of a mail",
        fact: "other programs refuse the blocks or skip them",
        find: |block| block.layout.quoted_printable,
        is_note: false,
    },
    Oddity {
        rule: "pem/indented",
        message: "the lines are indented",
        fact: "OpenSSL, Go and rustls programs find nothing in it; GnuTLS reads it",
        find: |block| block.layout.indented,
        is_note: false,
    },
    Oddity {
        rule: "pem/blank-lines",
        message: "blank lines stand between lines of base64",
        fact: "OpenSSL programs find nothing in it; GnuTLS, Go and rustls read it",
        find: |block| block.layout.blank_line,
        is_note: false,
    },
    Oddity {
        rule: "pem/odd-wrapping",
        message: "the lines of base64 are not 64 characters long",
        fact: "strict parsers want 64 characters on every line but the last",
        find: wrapping,
        is_note: true,
    },
];

/// Where a block's lines are oddly long, unless that comes from something else that is told.
fn wrapping(block: &Block) -> Option<usize> {
    block.layout.wrapping.filter(|_| block.layout.is_only_wrapping() && block.closing != Closing::EndOfFile)
}

/// All that is odd about the file as a whole. `first` is the first thing in it.
pub(super) fn judge(file: &str, text: &Text<'_>, scan: &Scan, first: Option<&Kind>) -> Vec<Damage> {
    let mend = format!("sealpost convert {} --to pem --out mended.pem", shell_word(file));
    let mut damages = oddities(file, text, scan, &mend);
    damages.extend(encoding(file, text, first, &mend));
    damages.extend(line_ends(file, text, &mend));
    damages
}

fn oddities(file: &str, text: &Text<'_>, scan: &Scan, mend: &str) -> Vec<Damage> {
    let mut found: [Option<(usize, usize)>; ODDITIES.len()] = [None; ODDITIES.len()];
    for block in scan.blocks.iter().filter(|block| super::pem_label::foreign(&block.label).is_none()) {
        for (oddity, seen) in ODDITIES.iter().zip(&mut found) {
            if let Some(at) = (oddity.find)(block) {
                seen.get_or_insert((at, 0)).1 += 1;
            }
        }
    }
    let told = ODDITIES.iter().zip(found).filter_map(|(oddity, seen)| {
        let (at, blocks) = seen?;
        let message = format!("{} ({})", oddity.message, counted(blocks, "block"));
        let make = if oddity.is_note { Damage::note } else { Damage::warning };
        Some(make(oddity.rule, text.place(file, None, at), message).fact(oddity.fact).help(mend))
    });
    told.collect()
}

fn start(file: &str) -> Place {
    Place { line: Some(1), offset: Some(0), ..Place::file(file) }
}

fn encoding(file: &str, text: &Text<'_>, first: Option<&Kind>, mend: &str) -> Option<Damage> {
    let damage = match text.encoding() {
        Encoding::Plain => return None,
        Encoding::Utf8Mark => {
            Damage::warning("pem/bom", start(file), "the file begins with a byte order mark (EF BB BF)")
                .fact(format!("Go and rustls programs will not see {}", described(first)))
                .fact("OpenSSL and GnuTLS read all")
        }
        encoding @ (Encoding::Utf16Le | Encoding::Utf16Be) => {
            let order = if encoding == Encoding::Utf16Le { "little-endian" } else { "big-endian" };
            let message = format!("the file is UTF-16 ({order}), as some Windows editors save it");
            Damage::warning("pem/bom", start(file), message).fact("no other program finds anything in it")
        }
    };
    Some(damage.help(mend))
}

/// An item in a sentence.
fn described(kind: Option<&Kind>) -> String {
    match kind {
        Some(Kind::Certificate(certificate)) => format!("the first certificate ({})", certificate.display_name()),
        Some(Kind::Key(_) | Kind::Locked(_) | Kind::UnusableKey(_)) => "the private key".into(),
        _ => "the first block".into(),
    }
}

fn line_ends(file: &str, text: &Text<'_>, mend: &str) -> Vec<Damage> {
    let lines_end = |count: usize| match count {
        1 => "1 line ends".into(),
        _ => format!("{count} lines end"),
    };
    let (mut damages, ends) = (Vec::new(), text.line_ends());
    if ends.cr > 0 {
        let message = format!("{} with a carriage return alone, as old Mac programs did", lines_end(ends.cr));
        let fact = "OpenSSL and Go programs find nothing in it; GnuTLS and rustls read it";
        damages.push(Damage::warning("pem/cr-only", start(file), message).fact(fact).help(mend));
    }
    if ends.crlf > 0 {
        let message = format!("{} with CRLF", lines_end(ends.crlf));
        damages.push(Damage::note("pem/crlf", start(file), message).fact("every program reads it"));
    }
    damages
}
