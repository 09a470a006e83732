//! `sealpost show`.

use crate::app::show::{ChainView, EntryView, FileView, IssuanceView, Shown, TlsaView, What};
use crate::app::views::certificate::Validity;
use crate::app::views::key::KeyView;

use super::answer::{Answer, Exit};
use super::page::{Page, Style};
use super::views::certificate::certificate;
use super::views::request::request;
use super::views::{field, list};

impl Answer for Shown {
    const SCHEMA: &'static str = "sealpost.show/1";

    fn page(&self, page: &mut Page) {
        for (index, shown) in self.files.iter().enumerate() {
            if index > 0 {
                page.line("");
            }
            file(page, shown);
        }
        tree(page, &self.issuance);
        if let Some(records) = &self.tlsa {
            tlsa(page, records);
        }
    }

    fn exit(&self) -> Exit {
        if self.incomplete { Exit::Failed } else { Exit::Done }
    }
}

fn file(page: &mut Page, view: &FileView) {
    let name = if view.file == "-" { "standard input" } else { &view.file };
    let title = format!("{}: {}", page.paint(Style::Strong, name), Page::plain(&summary(view)));
    page.painted_line(&title);
    for protection in view.protections.iter().filter(|protection| protection.opened) {
        page.line(&format!("protected by {}", protection.protection));
    }
    for shown in &view.entries {
        page.line("");
        entry(page, shown);
    }
    if let Some(view) = &view.chain {
        chain(page, view);
    }
}

/// `PEM, 3 certificates, 1 private key`.
fn summary(view: &FileView) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for entry in &view.entries {
        let noun = noun(&entry.what);
        match counts.iter_mut().find(|(other, _)| *other == noun) {
            Some((_, count)) => *count += 1,
            None => counts.push((noun, 1)),
        }
    }
    let counts = counts.into_iter().map(|(noun, count)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }));
    std::iter::once(view.form.clone()).chain(counts).collect::<Vec<_>>().join(", ")
}

fn noun(what: &What) -> &'static str {
    match what {
        What::Certificate { .. } => "certificate",
        What::Request(_) => "signing request",
        What::PrivateKey { .. } => "private key",
        What::UnusableKey { .. } => "unusable private key",
        What::PublicKey { .. } => "public key",
        What::Locked { .. } => "locked item",
        What::Other { .. } => "other item",
    }
}

fn entry(page: &mut Page, view: &EntryView) {
    let place = match (view.place.line, view.place.block) {
        (Some(line), _) => format!(", line {line}"),
        (None, Some(block)) => format!(", entry {block}"),
        (None, None) => String::new(),
    };
    let named = view.name.as_ref().map(|name| format!(", named `{name}`")).unwrap_or_default();
    let number = page.paint(Style::Strong, &format!("[{}]", view.number));
    let headline = |page: &mut Page, what: &str, which: &str| {
        page.painted_line(&format!("{number} {}", Page::plain(&format!("{what}{place}{named}{which}"))));
    };
    match &view.what {
        What::Certificate { repeats: Some(first), view } => {
            headline(page, "certificate", &format!(": {}, the same as [{first}]", view.display_name()));
        }
        What::Certificate { repeats: None, view } => {
            headline(page, "certificate", &format!(": {}", view.display_name()));
            certificate(page, view);
        }
        What::Request(view) => {
            headline(page, "signing request", "");
            request(page, view);
        }
        What::PrivateKey { key, belongs_to } => {
            headline(page, "private key", "");
            key_fields(page, key, belongs_to);
        }
        What::PublicKey { key, belongs_to } => {
            headline(page, "public key", "");
            key_fields(page, key, belongs_to);
        }
        What::UnusableKey { reason, key, belongs_to } => {
            headline(page, "private key that cannot be used", "");
            field(page, "reason", reason);
            if let Some(key) = key {
                key_fields(page, key, belongs_to);
            }
        }
        What::Locked { protection } => {
            headline(page, "locked, needs a password", "");
            field(page, "protection", protection);
        }
        What::Other { what } => headline(page, what, ""),
    }
}

fn key_fields(page: &mut Page, key: &KeyView, belongs_to: &[usize]) {
    field(page, "key", &key.algorithm);
    field(page, "key sha256", &key.sha256.to_string());
    match belongs_to {
        [] => field(page, "belongs to", "nothing in these files"),
        numbers => list(page, "belongs to", &bracketed(numbers)),
    }
}

fn bracketed(numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| format!("[{number}]")).collect()
}

/// What is not as a server should send it. Nothing when all is.
fn chain(page: &mut Page, view: &ChainView) {
    let mut lines: Vec<(&str, String)> = Vec::new();
    if !view.was_in_order {
        let mut found = view.path.clone();
        found.sort_unstable();
        lines.push(("found as", bracketed(&found).join(" ")));
        lines.push(("should be", bracketed(&view.path).join(" ")));
    }
    let lists = [
        ("repeated", &view.repeats),
        ("on another path", &view.alternatives),
        ("other servers", &view.other_leaves),
        ("unrelated", &view.strangers),
    ];
    lines.extend(
        lists.iter().filter(|(_, list)| !list.is_empty()).map(|(label, list)| (*label, bracketed(list).join(" "))),
    );
    if lines.is_empty() {
        return;
    }
    page.line("");
    let title = page.paint(Style::Strong, "chain");
    page.painted_line(&title);
    for (label, value) in lines {
        page.line(&format!("    {label:<17} {value}"));
    }
}

/// Roots on top, as signatures go.
fn tree(page: &mut Page, lines: &[IssuanceView]) {
    if lines.is_empty() {
        return;
    }
    page.line("");
    let title = page.paint(Style::Strong, "who issued whom");
    page.painted_line(&title);
    let last = last_siblings(lines);
    // For each depth, whether the line at that depth has siblings still to come.
    let mut open: Vec<bool> = Vec::new();
    for (line, is_last) in lines.iter().zip(last) {
        open.truncate(line.depth);
        let stems: String = open.iter().skip(1).map(|open| if *open { "│  " } else { "   " }).collect();
        let branch = match (line.depth, is_last) {
            (0, _) => "",
            (_, true) => "└─ ",
            (_, false) => "├─ ",
        };
        open.resize(line.depth, false);
        open.push(!is_last);
        let label = label(page, line);
        page.painted_line(&format!("    {stems}{branch}{label}"));
    }
}

fn label(page: &Page, line: &IssuanceView) -> String {
    match line.number {
        None => format!("{} {}", Page::plain(&line.name), page.paint(Style::Warning, "is missing")),
        Some(number) => {
            let own = if line.issuer == Some(number) { ", self-signed" } else { "" };
            let mut label = Page::plain(&format!("{} [{number}]{own}", line.name));
            if let Some(other) = line.validity.filter(|validity| *validity != Validity::Valid) {
                label.push_str(&format!(", {}", page.paint(Style::Error, other.as_str())));
            }
            if let Some(why) = &line.unchecked {
                let unchecked = format!("its signature cannot be checked: {why}");
                label.push_str(&format!(", {}", page.paint(Style::Warning, &unchecked)));
            }
            label
        }
    }
}

/// Whether each line is the last below its issuer.
fn last_siblings(lines: &[IssuanceView]) -> Vec<bool> {
    let mut seen: Vec<bool> = Vec::new();
    let mut last: Vec<bool> = lines
        .iter()
        .rev()
        .map(|line| {
            seen.resize(line.depth + 1, false);
            !std::mem::replace(&mut seen[line.depth], true)
        })
        .collect();
    last.reverse();
    last
}

fn tlsa(page: &mut Page, records: &[TlsaView]) {
    page.line("");
    let title = page.paint(Style::Strong, "TLSA records for DANE");
    page.painted_line(&title);
    for record in records {
        let owner = record.owner.as_deref().unwrap_or("_25._tcp.NAME.");
        let (usage, selector, matching) = (record.usage, record.selector, record.matching_type);
        page.line(&format!("{owner} IN TLSA {usage} {selector} {matching} {}", record.data));
    }
}
