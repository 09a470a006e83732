//! The words for faults of PEM blocks and markers, with what each fault does to other programs.

use super::body::Fault;
use super::damage::{Damage, counted};
use super::markers::{Edge, Flaw};
use super::object::{self, Problem};
use super::scanner::{Block, Closing, Remark};
use super::text::Text;
use crate::model::place::Place;
use crate::model::shell_word::shell_word;

/// A block without its END.
pub(super) fn closing(file: &str, text: &Text<'_>, block: &Block) -> Damage {
    let what = format!("block {} ({})", block.number, block.label);
    let (at, message, help) = match &block.closing {
        Closing::End | Closing::EndOfFile => (
            block.start,
            format!("{what} is truncated: the file ends before its END line"),
            "copy the whole file again from where it came",
        ),
        Closing::Begin { at } => {
            (*at, format!("a BEGIN line stands inside {what}, which has no END line"), "put the END line back")
        }
        Closing::OtherLabel { label, at } => {
            (*at, format!("{what} is closed by an END line with the label {label}"), "make both labels the same")
        }
    };
    let mut damage = Damage::error("pem/malformed", text.place(file, Some(block.number), at), message).help(help);
    if let Err(Problem::Truncated { have, of: Some(of) }) = object::extent(&block.bytes) {
        damage = damage.fact(format!("{have} of {of} bytes of it are there"));
    }
    damage.fact("OpenSSL and Go programs ignore the block without a word, GnuTLS refuses the file")
}

/// Base64 that is not whole.
pub(super) fn fault(file: &str, text: &Text<'_>, block: &Block, fault: Fault) -> Damage {
    let what = format!("block {} ({})", block.number, block.label);
    let (at, reason) = match fault {
        Fault::Character { at, byte } => (at, format!("{} is no base64", shown(text, at, byte))),
        Fault::AfterPadding { at } => (at, "base64 goes on after the padding that ends it".into()),
        Fault::Length { characters } => {
            (block.start, format!("its {characters} characters of base64 are not a multiple of four"))
        }
    };
    let (line, column) = text.position(at);
    let message = match fault {
        Fault::Length { .. } => format!("{what} cannot be trusted: {reason}"),
        _ => format!("{what} cannot be read: line {line}, column {column}: {reason}"),
    };
    let place = Place { block: Some(block.number), ..text.place(file, None, at) };
    Damage::error("pem/malformed", place, message)
        .fact("OpenSSL, Go and rustls programs ignore the block without a word and go on with the next")
        .help("copy the block again from where it came")
}

/// A character for a message: quoted where it prints, else as hexadecimal.
fn shown(text: &Text<'_>, at: usize, byte: u8) -> String {
    let tail = text.bytes().get(at..).unwrap_or_default();
    let character = tail.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    match character {
        Some('`') => "the character \"`\"".into(),
        Some(character) if !character.is_control() && !character.is_whitespace() => {
            format!("the character `{character}`")
        }
        _ => format!("the byte 0x{byte:02X}"),
    }
}

/// Something about a marker, or between blocks.
pub(super) fn remark(remark: &Remark, file: &str, text: &Text<'_>) -> Damage {
    let at = |at: &usize| text.place(file, None, *at);
    let mend = format!("sealpost convert {} --to pem --out mended.pem", shell_word(file));
    match remark {
        Remark::StrayEnd { label, at: offset } => {
            Damage::error("pem/malformed", at(offset), format!("an END line ({label}) without a BEGIN line before it"))
                .fact("every program ignores the block that it ended")
                .help("put the BEGIN line back")
        }
        Remark::Glued { at: offset, text: false } => {
            Damage::warning("pem/glued-blocks", at(offset), "an END and a BEGIN marker stand on one line")
                .fact("OpenSSL and Go programs see neither of the two blocks, rustls programs only what stands before")
                .fact("GnuTLS reads all")
                .help(mend)
        }
        Remark::Glued { at: offset, text: true } => {
            Damage::warning("pem/glued-blocks", at(offset), "text and a BEGIN marker stand on one line")
                .fact("OpenSSL, Go and rustls programs will not see the block")
                .help(mend)
        }
        Remark::Spoilt { flaw, edge, at: offset, at_end_of_file } => {
            spoilt(*flaw, *edge, *at_end_of_file, at(offset), mend)
        }
        Remark::LooseBase64 { at: offset } => {
            Damage::error("pem/malformed", at(offset), "base64 of DER stands outside any block")
                .fact("every program ignores it")
                .help("put the BEGIN and END lines back around it")
        }
        Remark::CutMarker { at: offset } => {
            Damage::error("pem/malformed", at(offset), "the file ends within a BEGIN line")
                .help("copy the whole file again from where it came")
        }
        Remark::IndentedMarker { at: offset } => Damage::warning("pem/indented", at(offset), "a marker is indented")
            .fact("OpenSSL, Go and rustls programs will not see the block; GnuTLS reads it")
            .help(mend),
        // Summed up by the caller.
        Remark::Outside { at: offset, lines } => {
            Damage::note("pem/text-outside", at(offset), format!("{} of text", counted(*lines, "line")))
        }
    }
}

fn spoilt(flaw: Flaw, edge: Edge, at_end_of_file: bool, place: Place, mend: String) -> Damage {
    let word = match edge {
        Edge::Begin => "BEGIN",
        Edge::End => "END",
    };
    match flaw {
        Flaw::Count(count) if count < 5 && at_end_of_file => {
            Damage::error("pem/malformed", place, format!("the file ends within the {word} line"))
                .help("copy the whole file again from where it came")
        }
        Flaw::Count(count) => {
            let message = format!("the {word} marker has {count} hyphens on a side, five belong there");
            Damage::warning("pem/damaged-marker", place, message)
                .fact("other programs will not see the block")
                .help(mend)
        }
        Flaw::Dashes => {
            let message = format!(
                "the {word} marker has dashes in place of hyphens, as word processors and mail programs make them"
            );
            Damage::warning("pem/damaged-marker", place, message)
                .fact("other programs will not see the block")
                .help(mend)
        }
        Flaw::Spelling => {
            let message = format!(
                "the {word} marker is not written as other programs want it: capitals, no space at the hyphens"
            );
            Damage::warning("pem/damaged-marker", place, message)
                .fact("other programs will not see the block")
                .help(mend)
        }
    }
}
