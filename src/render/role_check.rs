//! `role check`.

use unicode_width::UnicodeWidthStr;

use crate::app::role_check::{CheckedRole, Concluded, RolesChecked};
use crate::model::moment::plural;

use super::answer::{Answer, Exit};
use super::page::{Page, Style};

impl Answer for RolesChecked {
    const SCHEMA: &'static str = "sealpost.role-check/1";

    fn page(&self, page: &mut Page) {
        for (index, role) in self.roles.iter().enumerate() {
            if index > 0 {
                page.line("");
            }
            one(page, role);
        }
        let failing =
            self.roles.iter().filter(|role| role.peers.iter().any(|peer| peer.matters && !peer.accepts)).count();
        match failing {
            0 => page.say("every peer that matters accepts what it is shown"),
            _ => {
                page.say(&format!(
                    "{}: a peer that matters does not accept what it is shown",
                    plural(failing as u64, "role")
                ));
                page.next("sealpost role list");
            }
        }
    }

    fn exit(&self) -> Exit {
        if self.good { Exit::Done } else { Exit::No }
    }
}

fn one(page: &mut Page, role: &CheckedRole) {
    let presents = match (&role.profile, role.falls_back) {
        (None, _) => "no certificate".to_owned(),
        (Some(profile), true) => format!("{profile} (NOTHING BOUND)"),
        (Some(profile), false) => profile.clone(),
    };
    let until = role.until.as_ref().map(|until| format!(", valid until {until}")).unwrap_or_default();
    let title = page.paint(Style::Strong, &role.role);
    page.painted_line(&format!("{title}: {}", Page::plain(&format!("{presents}{until}"))));
    let width = role.agreement.iter().map(|row| row.what.width()).max().unwrap_or_default();
    for row in &role.agreement {
        page.line(&format!("  {}{} {}", row.what, " ".repeat(width - row.what.width()), row.value));
    }
    let rows: Vec<(String, &Concluded)> = folded(&role.peers);
    let width = rows.iter().map(|(who, _)| who.width()).max().unwrap_or_default();
    for (who, peer) in rows {
        let (verdict, style) = match (peer.accepts, peer.matters) {
            (true, _) => ("yes", Style::Good),
            (false, true) => ("NO ", Style::Error),
            (false, false) => ("no ", Style::Faint),
        };
        let verdict = page.paint(style, verdict);
        let pad = " ".repeat(width - who.width());
        page.painted_line(&format!("  {verdict}  {}{pad}  {}", Page::plain(&who), Page::plain(&peer.because)));
    }
}

/// One row for each kind of peer and conclusion; domains with the same one stand together.
fn folded(peers: &[Concluded]) -> Vec<(String, &Concluded)> {
    let mut rows: Vec<(Vec<&str>, &Concluded)> = Vec::new();
    for peer in peers {
        let same =
            |other: &Concluded| (other.peer, other.accepts, &other.because) == (peer.peer, peer.accepts, &peer.because);
        let domain = peer.domain.as_deref();
        match rows.iter_mut().find(|(_, other)| same(other)) {
            Some((domains, _)) => domains.extend(domain),
            None => rows.push((domain.into_iter().collect(), peer)),
        }
    }
    let who = |domains: Vec<&str>, peer: &Concluded| match domains.as_slice() {
        [] => peer.who.to_owned(),
        [one] => format!("{}, to {one}", peer.who),
        [first, rest @ ..] => format!("{}, to {first} and {}", peer.who, plural(rest.len() as u64, "other domain")),
    };
    rows.into_iter().map(|(domains, peer)| (who(domains, peer), peer)).collect()
}
