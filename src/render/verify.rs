//! `sealpost verify`: the path drawn from leaf to anchor, and for each path that fails the reasons at their depth.

use unicode_width::UnicodeWidthStr;

use crate::app::verify::{PathCertificate, PathReason, Role, Validity, Verified, VerifiedPath};
use crate::model::fingerprint::Fingerprint;

use super::answer::{Answer, Exit};
use super::fetched::fetched;
use super::page::{Page, Style};

/// Paths that are printed; the JSON has all.
const SHOWN: usize = 5;

impl Answer for Verified {
    const SCHEMA: &'static str = "sealpost.verify/1";

    fn page(&self, page: &mut Page) {
        page.painted_line(&headline(self, page));
        fetched(page, &self.fetched);
        let mut told = Vec::new();
        for (index, path) in self.paths.iter().take(SHOWN).enumerate() {
            page.line("");
            draw(path, &format!("path {} of {}", index + 1, self.paths.len()), &mut told, page);
        }
        if self.paths.len() > SHOWN {
            page.line("");
            page.line(&format!("{} more paths: --format json", self.paths.len() - SHOWN));
        }
        if let Some(gave_up) = &self.gave_up {
            page.line("");
            page.painted_line(&format!(
                "{}: {}",
                page.paint(Style::Warning, "not everything was tried"),
                Page::plain(gave_up)
            ));
        }
    }

    fn exit(&self) -> Exit {
        match self.verdict {
            Validity::Valid => Exit::Done,
            Validity::Invalid => Exit::No,
        }
    }
}

/// `valid for mx1.example.com as serverAuth at 2026-11-21T12:00:00Z (rfc5280)`.
fn headline(answer: &Verified, page: &Page) -> String {
    let verdict = match answer.verdict {
        Validity::Valid => page.paint(Style::Good, "valid"),
        Validity::Invalid => page.paint(Style::Error, "not valid"),
    };
    let names = if answer.names.is_empty() { String::new() } else { format!(" for {}", answer.names.join(", ")) };
    let purposes =
        if answer.purposes.is_empty() { String::new() } else { format!(" as {}", answer.purposes.join(", ")) };
    let anchors = if answer.anchors == 0 { ", without any trust anchor" } else { "" };
    let rest = format!("{names}{purposes} at {} ({}{anchors})", answer.at, answer.ruleset);
    format!("{verdict}{}", Page::plain(&rest))
}

/// `told` are the reasons that stand on the page already.
fn draw<'a>(path: &'a VerifiedPath, title: &str, told: &mut Vec<(Fingerprint, &'a str)>, page: &mut Page) {
    let state = match (path.verdict, path.anchored) {
        (Validity::Valid, _) => format!("holds until {}", path.holds_until),
        (Validity::Invalid, true) => "reaches a trust anchor, but does not hold".into(),
        (Validity::Invalid, false) => "reaches no trust anchor".into(),
    };
    page.painted_line(&format!("{}: {}", page.paint(Style::Strong, title), Page::plain(&state)));
    let width = path.certificates.iter().map(|certificate| label(certificate).width()).max().unwrap_or(0);
    for certificate in &path.certificates {
        line(certificate, path, width, page);
        for reason in path.reasons.iter().filter(|reason| reason.depth == certificate.depth) {
            let key = (certificate.sha256, reason.message.as_str());
            tell(reason, told.contains(&key), page);
            told.push(key);
        }
    }
    if let Some(missing) = &path.missing_issuer {
        let branch = branch(path.certificates.len());
        let is_root = path.reasons.iter().any(|reason| reason.code == "chain/unknown-root");
        let label = if is_root { "unknown root:" } else { "missing:" };
        page.painted_line(&format!("  {branch}{} {}", page.paint(Style::Error, label), Page::plain(missing)));
    }
}

/// `└─ ` under the name above, one step further in for each certificate.
fn branch(depth: usize) -> String {
    match depth {
        0 => String::new(),
        _ => format!("{}└─ ", "   ".repeat(depth - 1)),
    }
}

fn label(certificate: &PathCertificate) -> String {
    format!("{}{}", branch(certificate.depth), Page::plain(&certificate.short))
}

fn line(certificate: &PathCertificate, path: &VerifiedPath, width: usize, page: &mut Page) {
    let label = label(certificate);
    let blanks = " ".repeat(width.saturating_sub(label.width()));
    let failed = path.reasons.iter().any(|reason| reason.depth == certificate.depth);
    let label = match failed {
        true => page.paint(Style::Error, &label),
        false => label,
    };
    let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
    let dates = format!("{} to {}", day(&certificate.not_before), day(&certificate.not_after));
    let place = certificate.place.to_string();
    let source = match (certificate.role, certificate.store.as_str()) {
        (Role::Anchor, store) if !store.is_empty() && store != certificate.place.file => {
            format!("anchor, {store}: {place}")
        }
        (Role::Anchor, _) => format!("anchor, {place}"),
        _ => place,
    };
    page.painted_line(&format!("  {label}{blanks}  {dates}  {}", page.paint(Style::Faint, &source)));
}

/// What was told once is named only.
fn tell(reason: &PathReason, again: bool, page: &mut Page) {
    let indent = " ".repeat(2 + 3 * reason.depth);
    let code = page.paint(Style::Error, &format!("error[{}]", reason.code));
    page.painted_line(&format!("{indent}{code}: {}", Page::plain(&reason.message)));
    if again {
        return;
    }
    for fact in &reason.facts {
        page.line(&format!("{indent} = {fact}"));
    }
    if let Some(help) = &reason.help {
        let label = page.paint(Style::Strong, "help:");
        page.painted_line(&format!("{indent} {label} {}", Page::plain(help)));
    }
}
