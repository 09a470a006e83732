//! Files of PEM blocks: every block decoded, every oddity told with what it does to other programs.

use super::body::Fault;
use super::claims::Claims;
use super::consumers::Deviation;
use super::damage::{Damage, Damages, counted};
use super::object::{self, Object, Problem};
use super::scanner::{self, Block, Closing, Remark, Scan};
use super::text::Text;
use super::trust_settings::{self, distrusted_for};
use super::{Form, Item, Items, Kind, container, der_file, pem_label, pem_layout, pem_wording};
use crate::model::diagnostic::Severity;
use crate::model::place::Place;
use crate::model::shell_word::shell_word;

/// Reads every block of a text that has at least one marker.
pub(super) fn read(file: &str, text: &Text<'_>) -> Items {
    let scan = scanner::scan(text);
    let claims = Claims::new(&scan);
    let mut reader = Reader {
        file,
        text,
        claims: &claims,
        items: Vec::new(),
        damages: Damages::default(),
        readable: 0,
        owners: Vec::new(),
        forms: Vec::new(),
        refused: Vec::new(),
    };
    scan.blocks.iter().for_each(|block| reader.block(block));
    reader.remarks(&scan);
    let layout = pem_layout::judge(file, text, &scan, &claims);
    layout.into_iter().for_each(|damage| reader.damages.push(damage));
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
    claims: &'a Claims,
    items: Vec<Item>,
    damages: Damages,
    /// Blocks that gave an item.
    readable: usize,
    /// The first item of each of them, the block it came from, both counted from 0, and what the block holds.
    owners: Vec<(usize, usize, Form)>,
    forms: Vec<Form>,
    /// The number of a block, and the use for which its trust settings refuse what it holds.
    refused: Vec<(usize, &'static str)>,
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
        if let Some(kind) = pem_label::foreign(&block.label) {
            // Its content is its own affair; PGP's armour is not even plain base64.
            self.readable += 1;
            return self.foreign(kind, block);
        }
        let decoded = match block.fault {
            // A wrong length of base64 leaves everything but the last bytes; DER will tell.
            None | Some(Fault::Length { .. }) => self.decode(block),
            Some(_) => false,
        };
        // The reason for a cut block is the cut, not what it did to the base64.
        let explained = block.closing == Closing::EndOfFile;
        if let Some(fault) = block.fault.filter(|fault| !explained || !matches!(fault, Fault::Length { .. })) {
            self.damages.add(Severity::Error, || pem_wording::fault(self.file, self.text, block, fault, self.claims));
        }
        self.readable += usize::from(decoded);
        debug_assert!(decoded || errors || self.damages.has_errors());
    }

    fn closing(&mut self, block: &Block) {
        if block.closing != Closing::End {
            self.damages.add(Severity::Error, || pem_wording::closing(self.file, self.text, block, self.claims));
        }
    }

    /// True when the block gave at least one item.
    fn decode(&mut self, block: &Block) -> bool {
        let bytes = block.bytes.as_slice();
        if bytes.is_empty() {
            return self.add(Err(Problem::Malformed("it is empty".into())), block);
        }
        let place = self.place(block);
        match container::legacy_key(&block.headers, &block.bytes, &place) {
            Some(Ok(locked)) => {
                let object = Object { form: Form::Pem, items: vec![item(place, Kind::Locked(locked))] };
                return self.add(Ok(object), block);
            }
            Some(Err(error)) => return self.add(Err(Problem::Malformed(error.to_string())), block),
            None => {}
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
                self.headers(block, &object);
                if !self.forms.contains(&object.form) {
                    self.forms.push(object.form);
                }
                self.owners.push((self.items.len(), block.number - 1, object.form));
                self.items.extend(object.items);
                true
            }
            Err(Problem::Unknown) if !pem_label::is_known(&block.label) => {
                self.items.push(item(self.place(block), Kind::Other(block.label.clone())));
                true
            }
            // The missing END has been reported, with how much of the block is there.
            Err(Problem::Truncated { .. }) if block.closing != Closing::End => false,
            Err(problem) => {
                let (file, text, claims) = (self.file, self.text, self.claims);
                self.damages.add(Severity::Error, || {
                    let what = format!("block {} ({})", block.number, block.label);
                    let damage = der_file::damage(&problem, &what, text.place(file, Some(block.number), block.start));
                    // Base64 that is not whole says its own.
                    damage
                        .facts(claims.block(Deviation::BrokenDer, block).filter(|_| block.fault.is_none()))
                        .help("copy the block again from where it came")
                });
                false
            }
        }
    }

    /// RFC 7468 section 2: headers belong to encrypted keys in OpenSSL's old form, and to nothing else.
    fn headers(&mut self, block: &Block, object: &Object) {
        let is_encrypted_key = matches!(object.items.first(), Some(Item { kind: Kind::Locked(_), .. }));
        let Some((name, _)) = block.headers.first().filter(|_| !is_encrypted_key) else { return };
        let message = format!("block {} ({}) has headers before its base64: `{name}:`", block.number, block.label);
        self.damages.push(
            Damage::warning("pem/headers", self.place(block), message)
                .facts(self.claims.block(Deviation::Headers, block))
                .help(format!("sealpost convert {} --to pem --out mended.pem", shell_word(self.file))),
        );
    }

    fn after_der(&mut self, block: &Block, count: usize, total: usize) {
        let place = self.place(block);
        let number = block.number;
        if block.label == "TRUSTED CERTIFICATE" {
            let settings = block.bytes.get(total..).unwrap_or_default();
            let refused = trust_settings::refused(settings);
            match trust_settings::judge(&refused, number, place) {
                Some(distrust) => self.damages.push(distrust),
                None => self.refused.extend(refused.into_iter().map(|usage| (number, usage))),
            }
            return;
        }
        self.damages.push(
            Damage::error(
                "pem/malformed",
                place,
                format!("{} follow the DER of block {number}, which ends at byte {total}", counted(count, "byte")),
            )
            .facts(self.claims.block(Deviation::BytesAfterDer, block))
            .help(format!("sealpost convert {} --to pem --out mended.pem", shell_word(self.file))),
        );
    }

    /// Blocks of other worlds: what they are and what turns them into something of use.
    fn foreign(&mut self, kind: &str, block: &Block) {
        let (place, at) = (self.place(block), block.start);
        self.items.push(item(place.clone(), Kind::Other(kind.into())));
        let name = shell_word(self.file);
        let help = match kind {
            "OpenSSH private key" => format!("on a copy of the file: ssh-keygen -p -m PKCS8 -f {name}"),
            "SSH public key" => format!("ssh-keygen -i -f {name} | ssh-keygen -e -m PKCS8 -f /dev/stdin"),
            _ => "name the file that holds the TLS certificate or key".into(),
        };
        let message = format!("this is an {kind}, which TLS programs do not read").replace("an PGP", "a PGP");
        let facts = kind.starts_with("PGP").then(|| self.claims.at(Deviation::PgpAmong, at)).flatten();
        self.damages
            .add(Severity::Warning, || Damage::warning("pem/foreign-block", place, message).facts(facts).help(help));
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
                Remark::Glued { text: true, .. } | Remark::TextAfterEnd { .. } if scan.escaped => {}
                remark => {
                    let damage = pem_wording::remark(remark, self.file, self.text, self.claims);
                    self.damages.push(damage);
                }
            }
        }
        if let Some((at, lines)) = outside.filter(|_| !scan.escaped) {
            let message = format!("{} of text outside the blocks", counted(lines, "line"));
            self.damages.push(
                Damage::note("pem/text-outside", self.at(at), message)
                    .facts(self.claims.at(Deviation::TextOutside, at))
                    .fact("some appliances refuse such a file"),
            );
        }
        if scan.more_remarks > 0 {
            let message = format!("{} more oddities around markers are not listed", scan.more_remarks);
            self.damages.push(Damage::error("pem/malformed", Place::file(self.file), message));
        }
    }

    /// What labels say beside what the blocks hold.
    fn labels(&mut self, scan: &Scan) {
        let owners = std::mem::take(&mut self.owners);
        let of = |(item, block, form): &(usize, usize, Form)| {
            Some((self.items.get(*item)?, scan.blocks.get(*block)?, *form))
        };
        let start =
            |(item, block, _): (&Item, &Block, Form)| matches!(item.kind, Kind::Certificate(_)).then_some(block.start);
        let claims = Claims::of(owners.iter().filter_map(of).filter_map(start));
        let judged = owners.iter().filter_map(of).filter_map(|(item, block, form)| {
            let damage = pem_label::judge(block, form, &item.kind, &claims, &item.place)?;
            let refused = self.refused.iter().filter(|(number, _)| *number == block.number);
            Some(refused.fold(damage, |damage, (_, usage)| damage.fact(distrusted_for(usage))))
        });
        let damages: Vec<Damage> = judged.collect();
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

fn item(place: Place, kind: Kind) -> Item {
    Item { place, name: None, kind }
}
