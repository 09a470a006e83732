//! `route list` and `route show`.

use crate::app::routes::{RouteList, RouteShown};

use super::answer::Answer;
use super::entry_table::{self, Column};
use super::page::Page;

const COLUMNS: [Column<RouteShown>; 2] = [("Domain", |shown| shown.domain.clone()), ("Hosts", hosts)];

impl Answer for RouteList {
    const SCHEMA: &'static str = "sealpost.route-list/1";

    fn page(&self, page: &mut Page) {
        match self.routes.is_empty() {
            true => page.say("there are no SMTP routes; mail goes to the MX hosts of its domain"),
            false => entry_table::print(page, &COLUMNS, &self.routes, |shown| shown.staged),
        }
    }
}

impl Answer for RouteShown {
    const SCHEMA: &'static str = "sealpost.route-show/1";

    fn page(&self, page: &mut Page) {
        entry_table::headline(page, "route", &self.domain, self.staged);
        if self.hosts.is_empty() {
            page.line("  mail is bounced");
        }
        for host in &self.hosts {
            page.line(&format!("  {} port {}, priority {}", host.host, host.port, host.priority));
        }
    }
}

fn hosts(shown: &RouteShown) -> String {
    let hosts: Vec<&str> = shown.hosts.iter().map(|host| host.text.as_str()).collect();
    if hosts.is_empty() { "(bounce)".to_owned() } else { hosts.join(", ") }
}
