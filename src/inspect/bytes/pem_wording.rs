//! The words for faults of PEM blocks and markers, with what each fault does to other programs.

use super::body::Fault;
use super::claims::Claims;
use super::consumers::Deviation;
use super::damage::{Damage, counted};
use super::markers::{Edge, Flaw};
use super::object::{self, Problem};
use super::scanner::{Block, Closing, Remark};
use super::text::Text;
use crate::model::place::Place;
use crate::model::shell_word::shell_word;

/// A block without its END.
pub(super) fn closing(file: &str, text: &Text<'_>, block: &Block, claims: &Claims) -> Damage {
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
    let is_whole = object::extent(&block.bytes).is_ok() && block.fault.is_none();
    let deviation = match &block.closing {
        Closing::Begin { at } if !stands_alone(text, *at) => return damage,
        Closing::Begin { .. } if is_whole => Deviation::EndMissing,
        Closing::Begin { .. } => Deviation::CutOff,
        Closing::OtherLabel { .. } if block.label == "CERTIFICATE" => Deviation::EndLabelDiffers,
        Closing::OtherLabel { label, .. } if label == "CERTIFICATE" => {
            return damage.facts(claims.at(Deviation::BeginLabelDiffers, block.start));
        }
        Closing::OtherLabel { .. } => return damage,
        Closing::End | Closing::EndOfFile => Deviation::FileCut,
    };
    damage.facts(claims.block(deviation, block))
}

/// At the start of a line.
fn stands_alone(text: &Text<'_>, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| text.bytes().get(before) == Some(&b'\n'))
}

/// Base64 that is not whole.
pub(super) fn fault(file: &str, text: &Text<'_>, block: &Block, fault: Fault, claims: &Claims) -> Damage {
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
    let deviation = match fault {
        Fault::Length { .. } => Deviation::LostCharacter,
        Fault::Character { .. } | Fault::AfterPadding { .. } => Deviation::BadCharacter,
    };
    // A block that is cut or wrongly closed says its own.
    let facts = claims.block(deviation, block).filter(|_| block.closing == Closing::End);
    Damage::error("pem/malformed", place, message).facts(facts).help("copy the block again from where it came")
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
pub(super) fn remark(remark: &Remark, file: &str, text: &Text<'_>, claims: &Claims) -> Damage {
    let at = |at: &usize| text.place(file, None, *at);
    let fix = format!("sealpost convert {} --to pem --out mended.pem", shell_word(file));
    let fixable = |rule, offset: &usize, message: &str, deviation| {
        Damage::warning(rule, at(offset), message).facts(claims.at(deviation, *offset)).help(fix.clone())
    };
    match remark {
        Remark::StrayEnd { label, at: offset } => {
            Damage::error("pem/malformed", at(offset), format!("an END line ({label}) without a BEGIN line before it"))
                .facts(claims.at(Deviation::StrayEnd, *offset))
                .help("put the BEGIN line back")
        }
        Remark::Glued { at: offset, text: false } => {
            let message = "an END and a BEGIN marker stand on one line";
            fixable("pem/glued-blocks", offset, message, Deviation::GluedBlocks)
        }
        Remark::Glued { at: offset, text: true } => {
            let message = "text and a BEGIN marker stand on one line";
            fixable("pem/glued-blocks", offset, message, Deviation::TextBeforeBegin)
        }
        Remark::TextAfterEnd { at: offset } => {
            fixable("pem/glued-blocks", offset, "text stands behind an END marker", Deviation::TextAfterEnd)
        }
        Remark::Invisible { at: offset, edge } => {
            let (message, deviation) = match edge {
                Edge::Begin => ("no-break or zero-width spaces stand before BEGIN", Deviation::InvisibleBeforeBegin),
                Edge::End => ("no-break or zero-width spaces stand behind END", Deviation::InvisibleAfterEnd),
            };
            fixable("pem/invisible-characters", offset, message, deviation)
        }
        Remark::ByteOrderMark { at: offset } => {
            let message = "a byte order mark (EF BB BF) stands before BEGIN, from a file that was appended";
            fixable("pem/bom", offset, message, Deviation::ByteOrderMark)
        }
        Remark::Spoilt { flaw, edge, at: offset, at_end_of_file } => {
            let deviation = if *edge == Edge::Begin { Deviation::DamagedBegin } else { Deviation::DamagedEnd };
            spoilt(*flaw, *edge, *at_end_of_file, at(offset), &fix).facts(claims.at(deviation, *offset))
        }
        Remark::LooseBase64 { at: offset } => {
            Damage::error("pem/malformed", at(offset), "base64 of DER stands outside any block")
                .facts(claims.at(Deviation::LooseBase64, *offset))
                .help("put the BEGIN and END lines back around it")
        }
        Remark::CutMarker { at: offset } => {
            Damage::error("pem/malformed", at(offset), "the file ends within a BEGIN line")
                .facts(claims.at(Deviation::MarkerCut, *offset))
                .help("copy the whole file again from where it came")
        }
        // Summed up by the caller.
        Remark::Outside { at: offset, lines } => {
            Damage::note("pem/text-outside", at(offset), format!("{} of text", counted(*lines, "line")))
        }
    }
}

fn spoilt(flaw: Flaw, edge: Edge, at_end_of_file: bool, place: Place, fix: &str) -> Damage {
    let word = match edge {
        Edge::Begin => "BEGIN",
        Edge::End => "END",
    };
    let message = match flaw {
        Flaw::Count(count) if count < 5 && at_end_of_file => {
            return Damage::error("pem/malformed", place, format!("the file ends within the {word} line"))
                .help("copy the whole file again from where it came");
        }
        Flaw::Count(count) => format!("the {word} marker has {count} hyphens on a side, five belong there"),
        Flaw::Dashes => {
            format!("the {word} marker has dashes in place of hyphens, as word processors and mail programs make them")
        }
        Flaw::Spelling => {
            format!("the {word} marker is not written as it should be: capitals, single spaces, none at the hyphens")
        }
    };
    Damage::warning("pem/damaged-marker", place, message).help(fix)
}
