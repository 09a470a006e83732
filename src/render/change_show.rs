//! `sealpost change show`, and the differences that commit and rollback tell.

use crate::app::change_show::{Action, Changes, ProfileChange, RolePresents, Shown, Version};

use super::answer::Answer;
use super::page::{Page, Style};

impl Answer for Shown {
    const SCHEMA: &'static str = "sealpost.change-show/1";

    fn page(&self, page: &mut Page) {
        if self.empty {
            page.say(&format!("nothing is staged; revision {} runs", self.running));
            return;
        }
        changes(&self.changes, page);
        page.next(match self.base == self.running {
            true => "sealpost change commit \"why\"",
            false => "sealpost change commit --rebase \"why\"",
        });
    }
}

pub(super) fn changes(changes: &Changes, page: &mut Page) {
    for profile in &changes.profiles {
        profile_change(profile, page);
    }
    for change in &changes.roles {
        let what = format!("{} -> {}", presents(change.before.as_ref()), presents(change.after.as_ref()));
        page.painted_line(&format!("role {}: {}", page.paint(Style::Strong, &change.role), Page::plain(&what)));
    }
    for change in &changes.authorities {
        let action = if change.action == Action::Removed { "trusted no more" } else { "trusted" };
        let name = page.paint(Style::Strong, &change.name);
        page.painted_line(&format!("authority {name}: {action}"));
        page.line(&format!("  {:<12} {}", "expires", change.expires));
        page.line(&format!("  {:<12} {}", "certificate", short(&change.sha256)));
    }
    if !changes.configuration.is_empty() {
        page.line("sealpost.toml: changed");
        for line in &changes.configuration {
            let style = match line.chars().next() {
                Some('-') => Style::Error,
                Some('+') => Style::Good,
                _ => Style::Faint,
            };
            page.painted_line(&format!("  {}", page.paint(style, if line == "~" { "  …" } else { line })));
        }
    }
}

fn profile_change(change: &ProfileChange, page: &mut Page) {
    let action = match change.action {
        Action::Added => "new".to_owned(),
        Action::Changed => "changed".to_owned(),
        Action::Renamed => format!("renamed from {}", change.renamed_from.as_deref().unwrap_or_default()),
        Action::Removed if change.purge_key => "removed, its key destroyed in every revision".to_owned(),
        Action::Removed => "removed".to_owned(),
    };
    page.painted_line(&format!("profile {}: {}", page.paint(Style::Strong, &change.name), Page::plain(&action)));
    if !change.roles.is_empty() {
        page.line(&format!("  {:<12} {}", "roles", change.roles.join(", ")));
    }
    for (label, of) in ROWS {
        if let Some(text) = row(change.before.as_ref().map(of), change.after.as_ref().map(of)) {
            page.line(&format!("  {label:<12} {text}"));
        }
    }
}

/// In words: the profiles, or why there are none.
fn presents(presents: Option<&RolePresents>) -> String {
    match presents {
        None => "no such role".to_owned(),
        Some(presents) if presents.falls_back => "Demo (nothing bound)".to_owned(),
        Some(presents) if presents.profiles.is_empty() => "no certificate".to_owned(),
        Some(presents) => presents.profiles.join(" and "),
    }
}

type Row = (&'static str, fn(&Version) -> String);

const ROWS: [Row; 7] = [
    ("subject", |version| version.subject.clone()),
    ("names", |version| match version.names.is_empty() {
        true => "none".to_owned(),
        false => version.names.join(", "),
    }),
    ("issuer", |version| version.issuer.clone().unwrap_or_else(|| "none yet, request pending".to_owned())),
    ("expires", |version| version.expires.clone().unwrap_or_else(|| "no certificate".to_owned())),
    ("chain", |version| match version.certificates {
        1 => "1 certificate".to_owned(),
        count => format!("{count} certificates"),
    }),
    ("certificate", |version| version.sha256.as_deref().map_or("none".to_owned(), short)),
    ("key", |version| format!("{} {}", version.key_kind, short(&version.key_sha256))),
];

fn row(before: Option<String>, after: Option<String>) -> Option<String> {
    match (before, after) {
        (Some(before), Some(after)) if before == after => Some(format!("{after} (as before)")),
        (Some(before), Some(after)) => Some(format!("{before} -> {after}")),
        (Some(only), None) | (None, Some(only)) => Some(only),
        (None, None) => None,
    }
}

fn short(fingerprint: &str) -> String {
    fingerprint.chars().take(16).collect()
}

/// One line for what a commit did: `profile mx-2026 changed, sealpost.toml changed`.
pub(super) fn in_short(changes: &Changes) -> String {
    const MOST: usize = 4;
    let mut parts: Vec<String> = changes
        .profiles
        .iter()
        .take(MOST)
        .map(|change| match (change.action, &change.renamed_from) {
            (Action::Added, _) => format!("profile {} added", change.name),
            (Action::Removed, _) => format!("profile {} removed", change.name),
            (Action::Renamed, Some(old)) => format!("profile {old} renamed to {}", change.name),
            _ => format!("profile {} changed", change.name),
        })
        .collect();
    if changes.profiles.len() > MOST {
        parts.push(format!("{} more profiles", changes.profiles.len() - MOST));
    }
    parts.extend(changes.roles.iter().take(MOST).map(|change| {
        format!("{}: {} -> {}", change.role, presents(change.before.as_ref()), presents(change.after.as_ref()))
    }));
    if changes.roles.len() > MOST {
        parts.push(format!("{} more roles", changes.roles.len() - MOST));
    }
    if !changes.authorities.is_empty() {
        parts.push("authorities changed".to_owned());
    }
    if !changes.configuration.is_empty() {
        parts.push("sealpost.toml changed".to_owned());
    }
    if parts.is_empty() { "nothing differs".to_owned() } else { parts.join(", ") }
}
