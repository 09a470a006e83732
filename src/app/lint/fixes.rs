//! What an editor shows of a finding: the stretch of the file it is about, and what `--fix` would do about it, as a replacement.

use std::sync::Arc;

use crate::inspect::bundle::Bundle;
use crate::inspect::bytes::{Form, Item, Kind};
use crate::inspect::mend::{self, Change, ChangeKind};
use crate::inspect::question::Question;
use crate::model::finding::Finding;
use crate::model::place::Place;

use super::file_answer::Marks;
use super::regions::{Region, Regions};

/// A way to mend a finding.
#[derive(Debug, Clone)]
pub struct ProposedFix {
    /// What it does, for the menu of an editor.
    pub description: &'static str,
    pub region: Region,
    /// What stands there afterwards.
    pub text: Arc<str>,
}

/// Regions and fixes of one file.
pub(super) struct Fixes<'a> {
    file: String,
    regions: Regions<'a>,
    /// The whole of what `--fix` would do.
    whole: Option<ProposedFix>,
    /// Numbers of the blocks that it would leave out.
    dropped: Vec<usize>,
}

/// Rules whose finding stands at the block that has to go; for others the file as a whole is to be written anew.
const ABOUT_ONE_BLOCK: &[&str] = &[
    "chain/duplicate",
    "chain/unrelated",
    "chain/multiple-leaves",
    "chain/root-included",
    "chain/expired-needless",
    "pem/foreign-block",
];

/// A mended chain that is longer is not repeated with every finding. What a server sends has less than 16 KiB.
const LONGEST: usize = 64 << 10;

impl<'a> Fixes<'a> {
    /// Nothing is proposed where a key, or what may be one, would have to be repeated: it would end in a report that others read.
    pub(super) fn of(bytes: &'a [u8], bundle: &Bundle<'_>, question: &Question) -> Option<Fixes<'a>> {
        if bundle.items.form != Form::Pem {
            return None;
        }
        let regions = Regions::of(bytes);
        let mended = mend::mend(bytes, bundle, question).ok().filter(|_| !regions.is_utf16());
        let (whole, dropped) = match &mended {
            None => (None, Vec::new()),
            Some(mended) => {
                let is_secret = |item: &Item| !matches!(item.kind, Kind::Certificate(_) | Kind::Request(_));
                let may_repeat = mended.text.len() <= LONGEST && !bundle.items.items.iter().any(is_secret);
                let whole = may_repeat.then(|| difference(bytes, &mended.text, &regions)).flatten();
                (whole, mended.changes.iter().filter_map(dropped_block).collect())
            }
        };
        Some(Fixes { file: bundle.items.file.clone(), regions, whole, dropped })
    }

    pub(super) fn marks(&self, finding: &Finding) -> Marks {
        // A key and other things that the file is held against stand in files of their own.
        let region = |place: &Place| self.regions.at(place).filter(|_| place.file == self.file);
        Marks {
            region: region(&finding.place),
            related: finding.related.iter().map(|note| region(&note.place)).collect(),
            fix: finding.fixable.then(|| self.fix(finding)).flatten(),
        }
    }

    fn fix(&self, finding: &Finding) -> Option<ProposedFix> {
        let number = finding.place.block.filter(|number| self.dropped.contains(number));
        match number.filter(|_| ABOUT_ONE_BLOCK.contains(&finding.rule)) {
            Some(number) => Some(ProposedFix {
                description: "remove this block",
                region: self.regions.whole_lines_of(number)?,
                text: "".into(),
            }),
            None => self.whole.clone(),
        }
    }
}

fn dropped_block(change: &Change) -> Option<usize> {
    change.place.as_ref().filter(|_| change.kind == ChangeKind::Dropped)?.block
}

/// The lines that differ between the file and the mended one, as one replacement.
fn difference(old: &[u8], new: &[u8], regions: &Regions<'_>) -> Option<ProposedFix> {
    let description = "write the chain as `sealpost lint --fix` does";
    let new = std::str::from_utf8(new).ok()?;
    if old == new.as_bytes() {
        return None;
    }
    if !regions.is_plain() {
        return Some(ProposedFix { description, region: regions.whole_file(), text: new.into() });
    }
    let lines = |text| <[u8]>::split_inclusive(text, |byte| *byte == b'\n');
    let same = |(a, b): &(&[u8], &[u8])| a == b;
    let length = |(line, _): (&[u8], &[u8])| line.len();
    let before: usize = lines(old).zip(lines(new.as_bytes())).take_while(same).map(length).sum();
    let (old_rest, new_rest) = (old.get(before..)?, new.get(before..)?);
    let after: usize = lines(old_rest).rev().zip(lines(new_rest.as_bytes()).rev()).take_while(same).map(length).sum();
    let text = new_rest.get(..new_rest.len() - after)?;
    Some(ProposedFix { description, region: regions.region(before..old.len() - after), text: text.into() })
}
