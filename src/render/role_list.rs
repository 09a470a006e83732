//! `role list`.

use crate::app::role_list::{Binding, Health, ListedRole, RoleFinding, RoleList, RoleProfile};
use crate::model::diagnostic::Severity;

use super::answer::Answer;
use super::cert_list::days;
use super::page::Page;
use super::table;

const HEADING: [&str; 6] = ["Role", "Profile", "Names", "Remaining", "Health", "Staged"];

impl Answer for RoleList {
    const SCHEMA: &'static str = "sealpost.role-list/1";

    fn page(&self, page: &mut Page) {
        // The last column is there only when it says something.
        let columns = HEADING.len() - usize::from(self.roles.iter().all(|role| !role.staged));
        table::print(page, &HEADING[..columns], self.roles.iter().flat_map(|role| rows(role, columns)));
    }
}

/// One row for each profile.
fn rows(role: &ListedRole, columns: usize) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = role.profiles.iter().map(|profile| row(role, Some(profile))).collect();
    if rows.is_empty() {
        rows.push(row(role, None));
    }
    for (index, row) in rows.iter_mut().enumerate() {
        if index > 0 {
            row[0].clear();
            row[5].clear();
        }
        row.truncate(columns);
    }
    rows
}

fn row(role: &ListedRole, profile: Option<&RoleProfile>) -> Vec<String> {
    let dash = || "-".to_owned();
    vec![
        role.role.clone(),
        presented(role, profile),
        profile.filter(|profile| !profile.names.is_empty()).map_or_else(dash, |profile| names(&profile.names)),
        profile.and_then(|profile| profile.remaining_days).map_or_else(dash, days),
        health(role, profile),
        if role.staged { "changed" } else { "" }.to_owned(),
    ]
}

fn presented(role: &ListedRole, profile: Option<&RoleProfile>) -> String {
    let Some(profile) = profile else { return "(no certificate)".to_owned() };
    let name = &profile.profile;
    match (role.binding, &role.inherited_from) {
        (Binding::Demo, _) => format!("{name} (NOTHING BOUND)"),
        (Binding::Inherited, Some(wider)) => format!("{name} (from {wider})"),
        _ => name.to_string(),
    }
}

/// Names shown; a certificate may have thousands.
const SHOWN: usize = 3;

fn names(names: &[String]) -> String {
    match names.len().checked_sub(SHOWN) {
        Some(rest @ 1..) => format!("{} and {rest} more", names.get(..SHOWN).unwrap_or_default().join(", ")),
        _ => names.join(", "),
    }
}

/// `good`, or the worst of it: `error: cert/expired-leaf`.
fn health(role: &ListedRole, profile: Option<&RoleProfile>) -> String {
    let own = |finding: &&RoleFinding| profile.is_some_and(|profile| finding.profile == profile.profile);
    let mut open = role.findings.iter().filter(own).filter(|finding| finding.accepted.is_none());
    match (role.health, profile) {
        (Health::Nothing, _) => return "-".to_owned(),
        (_, Some(profile)) if profile.status.is_none() => return "error: there is no such profile".to_owned(),
        (_, Some(profile)) if profile.not_after.is_none() => return "error: it has no certificate".to_owned(),
        (_, None) => return "error: it presents nothing".to_owned(),
        _ => {}
    }
    let Some(worst) = open.next().filter(|finding| finding.severity != Severity::Note) else {
        return "good".to_owned();
    };
    let more = match open.filter(|finding| finding.severity != Severity::Note).count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}: {}{more}", worst.severity.as_str(), worst.rule)
}
