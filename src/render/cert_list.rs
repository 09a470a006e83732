//! `cert list`.

use crate::app::cert_list::{ListedProfile, ProfileList, StagedAs};
use crate::model::moment::plural;

use super::answer::Answer;
use super::page::Page;
use super::table;

const HEADING: [&str; 7] = ["Name", "Common Name", "Issued By", "Status", "Remaining", "Roles", "Staged"];

impl Answer for ProfileList {
    const SCHEMA: &'static str = "sealpost.cert-list/1";

    fn page(&self, page: &mut Page) {
        // The last column is there only when it says something.
        let columns = HEADING.len() - usize::from(self.profiles.iter().all(|profile| profile.staged.is_none()));
        table::print(page, &HEADING[..columns], self.profiles.iter().map(|profile| row(profile, columns)));
    }
}

fn row(profile: &ListedProfile, columns: usize) -> Vec<String> {
    let issued_by = if profile.self_signed { Some("(self-signed)") } else { profile.issued_by.as_deref() };
    let mut row = vec![
        profile.name.to_string(),
        profile.common_name.clone().unwrap_or_else(|| "-".into()),
        issued_by.unwrap_or("-").to_owned(),
        profile.status.as_str().to_owned(),
        profile.remaining_days.map_or_else(|| "-".into(), days),
        roles(&profile.roles),
        profile.staged.map_or("", staged).to_owned(),
    ];
    row.truncate(columns);
    row
}

/// More than three are counted: a certificate for everything would push the table off the screen.
fn roles(roles: &[String]) -> String {
    const SHOWN: usize = 3;
    match roles {
        [] => "-".to_owned(),
        roles if roles.len() > SHOWN => {
            format!("{} and {} more", roles.get(..SHOWN).unwrap_or_default().join(", "), roles.len() - SHOWN)
        }
        roles => roles.join(", "),
    }
}

pub(super) fn days(count: i64) -> String {
    let sign = if count < 0 { "-" } else { "" };
    format!("{sign}{}", plural(count.unsigned_abs(), "day"))
}

pub(super) fn staged(change: StagedAs) -> &'static str {
    match change {
        StagedAs::New => "new",
        StagedAs::Changed => "changed",
        StagedAs::Removed => "removed",
    }
}
