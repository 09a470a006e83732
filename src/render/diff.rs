//! `sealpost diff`.

use crate::app::diff::{Compared, DifferenceView, Likeness, Side};
use crate::inspect::difference::Aspect;

use super::answer::{Answer, Exit};
use super::page::{Page, Style};

impl Answer for Compared {
    const SCHEMA: &'static str = "sealpost.diff/1";

    fn page(&self, page: &mut Page) {
        let (style, verdict) = match self.verdict {
            Likeness::Same => (Style::Good, "same chain"),
            Likeness::RoutineRenewal => (Style::Good, "routine renewal"),
            Likeness::MaterialChange => (Style::Warning, "material change"),
        };
        let sides = format!(": {} -> {}", side(&self.old), side(&self.new));
        page.painted_line(&format!("{}{}", page.paint(style, verdict), Page::plain(&sides)));
        for difference in &self.differences {
            line(difference, page);
        }
    }

    fn exit(&self) -> Exit {
        match self.verdict {
            Likeness::Same | Likeness::RoutineRenewal => Exit::Done,
            Likeness::MaterialChange => Exit::No,
        }
    }
}

fn side(side: &Side) -> String {
    let file = if side.file == "-" { "standard input" } else { &side.file };
    format!("{} ({file})", side.name)
}

fn line(difference: &DifferenceView, page: &mut Page) {
    let what = match difference.aspect {
        Aspect::Subject => "subject",
        Aspect::Name => "name",
        Aspect::Key => "key",
        Aspect::KeyType => "kind of key",
        Aspect::Issuer => "issuer",
        Aspect::Usage => "usage",
        Aspect::Signature => "signature",
        Aspect::Intermediate => "intermediate",
        Aspect::Root => "root",
        Aspect::NotAfter => "valid until",
        Aspect::Lifetime => "valid for",
        Aspect::Serial => "serial number",
    };
    let text = match (&difference.old, &difference.new) {
        (Some(old), Some(new)) if difference.aspect == Aspect::Key => {
            format!("new ({} -> {})", short(old), short(new))
        }
        (Some(old), Some(new)) => format!("{old} -> {new}"),
        (Some(old), None) => format!("removed {old}"),
        (None, Some(new)) => format!("added {new}"),
        (None, None) => return,
    };
    let label = match difference.material {
        true => page.paint(Style::Warning, &format!("{what}:")),
        false => format!("{what}:"),
    };
    let blanks = " ".repeat(14_usize.saturating_sub(what.len()));
    let mark = if difference.material { "!" } else { " " };
    page.painted_line(&format!("{mark} {label}{blanks}{}", Page::plain(&text)));
}

/// Enough of a fingerprint to tell two apart.
fn short(fingerprint: &str) -> &str {
    fingerprint.get(..16).unwrap_or(fingerprint)
}
