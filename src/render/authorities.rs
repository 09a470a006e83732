//! The lists of authorities: listed, imported, exported, switched.

use crate::app::authorities::AuthorityList;
use crate::app::authority_export::AuthoritiesExported;
use crate::app::authority_import::AuthoritiesImported;
use crate::app::authority_list::{Authority, AuthorityLists, OneList};
use crate::app::authority_remove::AuthoritiesRemoved;
use crate::app::authority_switch::AuthoritiesSwitched;
use crate::model::configuration::Word;
use crate::model::moment::plural;

use super::answer::Answer;
use super::page::{Page, Style};
use super::table;

impl Answer for AuthorityLists {
    const SCHEMA: &'static str = "sealpost.authority-list/1";

    fn page(&self, page: &mut Page) {
        for list in &self.lists {
            headline(page, list);
            if self.is_one || list.list == AuthorityList::Custom {
                members(page, &list.authorities);
            }
        }
    }
}

/// `system: enabled, 142 authorities, /etc/ssl/certs/ca-certificates.crt`.
fn headline(page: &mut Page, list: &OneList) {
    let enabled = match list.enabled {
        true => page.paint(Style::Good, "enabled"),
        false => page.paint(Style::Warning, "disabled"),
    };
    let file = list.file.as_ref().map(|file| format!(", {file}")).unwrap_or_default();
    let count = authorities(list.authorities.len());
    let name = page.paint(Style::Strong, list.list.word());
    page.painted_line(&format!("{name}: {enabled}, {}", Page::plain(&format!("{count}{file}"))));
}

fn members(page: &mut Page, authorities: &[Authority]) {
    if authorities.is_empty() {
        return;
    }
    let row = |authority: &Authority| {
        let kind = if authority.root { "root" } else { "intermediate" };
        vec![authority.name.clone(), kind.to_owned(), authority.until.clone(), authority.sha256.short()]
    };
    table::print(page, &["Name", "Kind", "Valid until", "SHA-256"], authorities.iter().map(row));
}

fn authorities(count: usize) -> String {
    if count == 1 { "1 authority".to_owned() } else { format!("{count} authorities") }
}

impl Answer for AuthoritiesImported {
    const SCHEMA: &'static str = "sealpost.authority-import/1";

    fn page(&self, page: &mut Page) {
        for authority in &self.added {
            page.say(&format!(
                "trusted: {}, valid until {}, SHA-256 {}",
                authority.name, authority.until, authority.sha256
            ));
        }
        for authority in &self.removed {
            page.say(&format!("trusted no more: {}, SHA-256 {}", authority.name, authority.sha256));
        }
        let total = authorities(self.total);
        if self.added.is_empty() && self.removed.is_empty() {
            page.say(&format!("unchanged: the custom list holds {total}"));
            return;
        }
        match self.revision {
            Some(revision) => page.say(&format!("committed revision {revision}: the custom list holds {total}")),
            None => page.say(&format!("staged: the custom list holds {total}")),
        }
        page.next(if self.revision.is_some() { "sealpost authority list" } else { "sealpost change commit \"WHY\"" });
    }
}

impl Answer for AuthoritiesRemoved {
    const SCHEMA: &'static str = "sealpost.authority-remove/1";

    fn page(&self, page: &mut Page) {
        for authority in &self.removed {
            page.say(&format!("trusted no more: {}, SHA-256 {}", authority.name, authority.sha256));
        }
        let total = authorities(self.total);
        match self.revision {
            Some(revision) => page.say(&format!("committed revision {revision}: the custom list holds {total}")),
            None => page.say(&format!("staged: the custom list holds {total}")),
        }
        page.next(if self.revision.is_some() { "sealpost authority list" } else { "sealpost change commit \"WHY\"" });
    }
}

impl Answer for AuthoritiesExported {
    const SCHEMA: &'static str = "sealpost.authority-export/1";

    fn page(&self, page: &mut Page) {
        page.raw(self.pem.as_bytes());
        if let Some(file) = &self.file {
            let count = plural(self.certificates as u64, "certificate");
            page.say(&format!("wrote {file}: {count} of the {} list", self.list.word()));
            page.next(&format!("sealpost show {file}"));
        }
    }
}

impl Answer for AuthoritiesSwitched {
    const SCHEMA: &'static str = "sealpost.authority-switch/1";

    fn page(&self, page: &mut Page) {
        let state = if self.enabled { "trusted" } else { "not trusted" };
        let what = format!("the {} list of authorities is {state}", self.list.word());
        match (self.unchanged, self.revision) {
            (true, _) => page.say(&format!("unchanged: {what}")),
            (_, Some(revision)) => {
                page.say(&format!("committed revision {revision}: {what}"));
                page.next("sealpost authority list");
            }
            _ => {
                page.say(&format!("staged: {what}"));
                page.next("sealpost change commit \"WHY\"");
            }
        }
    }
}
