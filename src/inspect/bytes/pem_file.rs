//! Files of PEM blocks: every block decoded, every oddity told with what it does to other programs.

use super::body::Fault;
use super::damage::{Damage, Damages, counted};
use super::markers::{Edge, Flaw};
use super::object::{self, Object, Problem};
use super::recognise::shell_word;
use super::scanner::{self, Block, Closing, Remark, Scan};
use super::text::{Encoding, Text};
use super::{Form, Item, Items, Kind, container, der_file};
use crate::model::diagnostic::Severity;
use crate::model::place::Place;

/// Reads every block of a text that has at least one marker.
pub(super) fn read(file: &str, text: &Text<'_>) -> Items {
    let scan = scanner::scan(text);
    let mut reader =
        Reader { file, text, items: Vec::new(), damages: Damages::default(), readable: 0, forms: Vec::new() };
    scan.blocks.iter().for_each(|block| reader.block(block));
    reader.remarks(&scan);
    reader.layout(&scan);
    reader.encoding();
    reader.labels(&scan);
    reader.account(&scan);
    let form = match reader.forms.as_slice() {
        [Form::Pkcs12] => Form::Pkcs12,
        [Form::Pkcs7] => Form::Pkcs7,
        _ => Form::Pem,
    };
    Items { file: file.to_owned(), form, items: reader.items, damages: reader.damages.finish(file) }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a Text<'a>,
    items: Vec<Item>,
    damages: Damages,
    /// Blocks that gave an item.
    readable: usize,
    forms: Vec<Form>,
}

impl Reader<'_> {
    fn place(&self, block: &Block) -> Place {
        self.text.place(self.file, Some(block.number), block.start)
    }

    fn at(&self, at: usize) -> Place {
        self.text.place(self.file, None, at)
    }

    fn block(&mut self, block: &Block) {
        let errors = self.damages.has_errors();
        self.closing(block);
        let decoded = match block.fault {
            // A wrong length of base64 leaves everything but the last bytes; DER will tell.
            None | Some(Fault::Length { .. }) => self.decode(block),
            Some(_) => false,
        };
        // The reason for a cut block is the cut, not what it did to the base64.
        let explained = block.closing == Closing::EndOfFile;
        if let Some(fault) = block.fault.filter(|fault| !explained || !matches!(fault, Fault::Length { .. })) {
            self.damages.add(Severity::Error, || fault_damage(self.file, self.text, block, fault));
        }
        self.readable += usize::from(decoded);
        debug_assert!(decoded || errors || self.damages.has_errors());
    }

    fn closing(&mut self, block: &Block) {
        let what = format!("block {} ({})", block.number, block.label);
        let (place, message, help) = match &block.closing {
            Closing::End => return,
            Closing::EndOfFile => (
                self.place(block),
                format!("{what} is truncated: the file ends before its END line"),
                "copy the whole file again from where it came",
            ),
            Closing::Begin { at } => (
                self.at(*at),
                format!("a BEGIN line stands inside {what}, which has no END line"),
                "put the END line back",
            ),
            Closing::OtherLabel { label, at } => (
                self.at(*at),
                format!("{what} is closed by an END line with the label {label}"),
                "make both labels the same",
            ),
        };
        self.damages.add(Severity::Error, || {
            let fact = "OpenSSL, Go and rustls programs ignore the block without a word, GnuTLS refuses the file";
            Damage::error("pem/malformed", place, message).fact(fact).help(help)
        });
    }

    /// True when the block gave at least one item.
    fn decode(&mut self, block: &Block) -> bool {
        let place = self.place(block);
        if let Some(kind) = foreign(&block.label) {
            self.foreign(kind, &place);
            return self.add(Ok(Object { form: Form::Pem, items: vec![item(place, Kind::Other(kind.into()))] }), block);
        }
        match container::legacy_key(&block.headers, &block.bytes, &place) {
            Some(Ok(locked)) => {
                let object = Object { form: Form::Pem, items: vec![item(place, Kind::Locked(locked))] };
                return self.add(Ok(object), block);
            }
            Some(Err(error)) => return self.add(Err(Problem::Malformed(error.to_string())), block),
            None => {}
        }
        let bytes = block.bytes.as_slice();
        if bytes.is_empty() {
            return self.add(Err(Problem::Malformed("it is empty".into())), block);
        }
        match object::extent(bytes) {
            Ok(total) => {
                let (der, rest) = bytes.split_at_checked(total).unwrap_or((bytes, &[]));
                if !rest.is_empty() {
                    self.after_der(block, rest.len(), total);
                }
                self.add(object::read(der, Some(&block.label), &place), block)
            }
            Err(problem) => self.add(Err(problem), block),
        }
    }

    fn add(&mut self, object: Result<Object, Problem>, block: &Block) -> bool {
        match object {
            Ok(object) => {
                if !self.forms.contains(&object.form) {
                    self.forms.push(object.form);
                }
                self.items.extend(object.items);
                true
            }
            Err(Problem::Unknown) if !is_known(&block.label) => {
                self.items.push(item(self.place(block), Kind::Other(block.label.clone())));
                true
            }
            Err(problem) => {
                // A block without END has been reported; what is missing in it is the same fault.
                let place = self.place(block);
                let what = format!("block {} ({})", block.number, block.label);
                self.damages.add(Severity::Error, || {
                    let damage = der_file::damage(&problem, &what, place);
                    let fact =
                        "OpenSSL, Go and rustls programs ignore the block without a word, GnuTLS refuses the file";
                    damage.fact(fact)
                });
                false
            }
        }
    }

    fn after_der(&mut self, block: &Block, count: usize, total: usize) {
        let place = self.place(block);
        let number = block.number;
        if block.label == "TRUSTED CERTIFICATE" {
            return;
        }
        self.damages.push(
            Damage::error(
                "pem/malformed",
                place,
                format!("{} follow the DER of block {number}, which ends at byte {total}", counted(count, "byte")),
            )
            .fact("OpenSSL and rustls programs ignore them, Go programs skip the block, GnuTLS refuses the file")
            .help(format!("sealpost convert {} --to pem --out mended.pem", shell_word(self.file))),
        );
    }

    /// Blocks of other worlds: what they are and what turns them into something of use.
    fn foreign(&mut self, kind: &str, place: &Place) {
        let name = shell_word(self.file);
        let help = match kind {
            "OpenSSH private key" => format!("on a copy of the file: ssh-keygen -p -m PKCS8 -f {name}"),
            "SSH public key" => format!("ssh-keygen -i -f {name} | ssh-keygen -e -m PKCS8 -f /dev/stdin"),
            _ => "name the file that holds the TLS certificate or key".into(),
        };
        let message = format!("this is an {kind}, which TLS programs do not read").replace("an PGP", "a PGP");
        self.damages.add(Severity::Warning, || Damage::warning("pem/foreign-block", place.clone(), message).help(help));
    }

    fn remarks(&mut self, scan: &Scan) {
        let mut outside: Option<(usize, usize)> = None;
        for remark in &scan.remarks {
            match remark {
                Remark::Outside { at, lines } => {
                    let (_, total) = outside.get_or_insert((*at, 0));
                    *total += lines;
                }
                // In an escaped text the quotes and names of JSON or shell stand before BEGIN.
                Remark::Glued { text: true, .. } if scan.escaped => {}
                remark => {
                    let damage = remark_damage(remark, self.file, self.text);
                    self.damages.push(damage);
                }
            }
        }
        if let Some((at, lines)) = outside.filter(|_| !scan.escaped) {
            let message = format!("{} of text outside the blocks", counted(lines, "line"));
            self.damages.push(
                Damage::note("pem/text-outside", self.at(at), message).fact("some appliances refuse such a file"),
            );
        }
        if scan.more_remarks > 0 {
            let message = format!("{} more oddities around markers are not listed", scan.more_remarks);
            self.damages.push(Damage::error("pem/malformed", Place::file(self.file), message));
        }
    }

    /// Oddities of layout: one damage for a file, at the first place.
    fn layout(&mut self, scan: &Scan) {
        let first = |pick: fn(&Block) -> Option<usize>| {
            let mut places = scan.blocks.iter().filter_map(pick);
            places.next().map(|at| (self.at(at), 1 + places.count()))
        };
        let mend = format!("sealpost convert {} --to pem --out mended.pem", shell_word(self.file));
        let found = [
            (
                first(|block| block.layout.escaped),
                "pem/escaped-newlines",
                Severity::Warning,
                r"line ends are written as the two characters \n, as JSON and environment variables do",
                "no other program finds anything in it",
            ),
            (
                first(|block| block.layout.quoted_printable),
                "pem/quoted-printable",
                Severity::Warning,
                "the base64 is quoted-printable, as copied from the source of a mail",
                "other programs refuse the blocks or skip them",
            ),
            (
                first(|block| block.layout.indented),
                "pem/indented",
                Severity::Warning,
                "the lines are indented",
                "OpenSSL, Go and rustls programs find nothing in it; GnuTLS reads it",
            ),
            (
                first(|block| block.layout.blank_line),
                "pem/blank-lines",
                Severity::Warning,
                "blank lines stand between lines of base64",
                "OpenSSL programs find nothing in it; GnuTLS, Go and rustls read it",
            ),
            (
                first(|block| block.layout.wrapping.filter(|_| block.layout.is_only_wrapping())),
                "pem/odd-wrapping",
                Severity::Note,
                "the lines of base64 are not 64 characters long",
                "strict parsers want 64 characters on every line but the last",
            ),
        ];
        for (place, rule, severity, message, fact) in found {
            let Some((place, blocks)) = place else { continue };
            let message = format!("{message} ({})", counted(blocks, "block"));
            self.damages.add(severity, || {
                let make = if severity == Severity::Note { Damage::note } else { Damage::warning };
                make(rule, place, message).fact(fact).help(mend.clone())
            });
        }
    }

    fn encoding(&mut self) {
        let start = || Place { line: Some(1), offset: Some(0), ..Place::file(self.file) };
        let name = shell_word(self.file);
        let mend = format!("sealpost convert {name} --to pem --out mended.pem");
        let lost = match self.items.first() {
            Some(first) => format!("Go and rustls programs will not see {}", describe(first)),
            None => "Go and rustls programs will not see the first block".into(),
        };
        match self.text.encoding() {
            Encoding::Utf8Mark => {
                let message = "the file begins with a byte order mark (EF BB BF)";
                let damage = Damage::warning("pem/bom", start(), message);
                self.damages.push(damage.fact(lost).fact("OpenSSL and GnuTLS read all").help(mend.clone()));
            }
            encoding @ (Encoding::Utf16Le | Encoding::Utf16Be) => {
                let order = if encoding == Encoding::Utf16Le { "little-endian" } else { "big-endian" };
                let message = format!("the file is UTF-16 ({order}), as some Windows editors save it");
                let damage = Damage::warning("pem/bom", start(), message).fact("no other program finds anything in it");
                self.damages.push(damage.help(mend.clone()));
            }
            Encoding::Plain => {}
        }
        let ends = self.text.line_ends();
        if ends.cr > 0 {
            let message = format!("{} with a carriage return alone, as old Mac programs did", lines_end(ends.cr));
            let fact = "OpenSSL and Go programs find nothing in it; GnuTLS and rustls read it";
            self.damages.push(Damage::warning("pem/cr-only", start(), message).fact(fact).help(mend));
        }
        if ends.crlf > 0 {
            let message = format!("{} with CRLF", lines_end(ends.crlf));
            self.damages.push(Damage::note("pem/crlf", start(), message).fact("every program reads it"));
        }
    }

    /// What labels say beside what the blocks hold.
    fn labels(&mut self, scan: &Scan) {
        let mut kinds = std::collections::BTreeMap::new();
        for item in &self.items {
            kinds.entry(item.place.offset).or_insert(&item.kind);
        }
        let has_certificate = self.items.iter().any(|item| matches!(item.kind, Kind::Certificate(_)));
        let mut damages = Vec::new();
        for block in &scan.blocks {
            let place = self.place(block);
            let Some(kind) = kinds.get(&place.offset) else { continue };
            damages.extend(super::pem_label::judge(block, kind, has_certificate, place));
        }
        damages.into_iter().for_each(|damage| self.damages.push(damage));
    }

    /// The last guard: a BEGIN that gave nothing must have left an error, whatever the reason.
    fn account(&mut self, scan: &Scan) {
        if scan.begins != self.readable && !self.damages.has_errors() {
            let message = format!("{} BEGIN lines, but only {} readable blocks", scan.begins, self.readable);
            self.damages.push(Damage::error("pem/malformed", Place::file(self.file), message));
        }
    }
}

fn lines_end(count: usize) -> String {
    if count == 1 { "1 line ends".into() } else { format!("{count} lines end") }
}

fn item(place: Place, kind: Kind) -> Item {
    Item { place, name: None, kind }
}

/// An item in a sentence.
fn describe(item: &Item) -> String {
    match &item.kind {
        Kind::Certificate(certificate) => format!("the first certificate ({})", certificate.display_name()),
        Kind::Key(_) | Kind::Locked(_) | Kind::UnusableKey(_) => "the private key".into(),
        _ => "the first block".into(),
    }
}

/// Labels of other worlds, whose content is not DER.
fn foreign(label: &str) -> Option<&'static str> {
    match label {
        "OPENSSH PRIVATE KEY" | "SSH2 ENCRYPTED PRIVATE KEY" => Some("OpenSSH private key"),
        "SSH2 PUBLIC KEY" => Some("SSH public key"),
        "PGP PUBLIC KEY BLOCK" => Some("PGP public key"),
        "PGP PRIVATE KEY BLOCK" => Some("PGP private key"),
        "PGP MESSAGE" | "PGP SIGNATURE" | "PGP SIGNED MESSAGE" => Some("PGP message"),
        "AGE ENCRYPTED FILE" => Some("age-encrypted file"),
        _ => None,
    }
}

/// Labels that promise something this program reads.
fn is_known(label: &str) -> bool {
    ["CERTIFICATE", "KEY", "REQUEST", "PKCS7", "PKCS12", "CMS", "CRL", "SIGNED DATA"]
        .iter()
        .any(|end| label.ends_with(end))
}

fn fault_damage(file: &str, text: &Text<'_>, block: &Block, fault: Fault) -> Damage {
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

fn remark_damage(remark: &Remark, file: &str, text: &Text<'_>) -> Damage {
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
                .fact("OpenSSL and Go programs find nothing in the file, rustls programs only what stands before")
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
