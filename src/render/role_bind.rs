//! `role bind` and `role unbind`.

use crate::app::binding::Bound;
use crate::model::profile_name::ProfileName;

use super::answer::Answer;
use super::names;
use super::page::Page;

impl Answer for Bound {
    const SCHEMA: &'static str = "sealpost.role-bind/1";

    fn page(&self, page: &mut Page) {
        let what = format!("{} presents {}", self.role, self.presented());
        let before = if self.before.is_empty() { "nothing".to_owned() } else { joined(&self.before) };
        match (self.unchanged, self.revision) {
            (true, _) => page.say(&format!("unchanged: {what}")),
            (false, Some(revision)) => page.say(&format!("committed revision {revision}: {what} (before: {before})")),
            (false, None) => page.say(&format!("staged: {what} (before: {before})")),
        }
        page.next(match (self.unchanged, self.revision) {
            (false, None) => "sealpost change commit \"WHY\"",
            _ => "sealpost role list",
        });
    }
}

impl Bound {
    /// `mx-2026: mx1.example.com, valid until 2027-02-14 (in 85 days)`.
    fn presented(&self) -> String {
        if self.profiles.is_empty() {
            return "no certificate".to_owned();
        }
        let falls_back = if self.falls_back { " (the built-in certificate, which proves nothing)" } else { "" };
        let until = self.until.as_ref().map(|until| format!(", valid until {until}")).unwrap_or_default();
        format!("{}{falls_back}: {}{until}", joined(&self.profiles), names::plain(&self.names))
    }
}

fn joined(profiles: &[ProfileName]) -> String {
    profiles.iter().map(ProfileName::as_str).collect::<Vec<_>>().join(" and ")
}
