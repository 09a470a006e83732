//! `service list` and `service show`.

use crate::app::services::{ServiceList, ServiceShown};

use super::answer::Answer;
use super::entry_table::{self, Column};
use super::page::Page;
use super::views::field;

const COLUMNS: [Column<ServiceShown>; 6] = [
    ("Name", |shown| shown.name.clone()),
    ("Host", |shown| shown.host.clone()),
    ("Port", |shown| shown.port.to_string()),
    ("TLS", |shown| shown.tls.clone()),
    ("Our Certificate", |shown| asked(shown).to_owned()),
    ("Role", |shown| shown.role.clone()),
];

impl Answer for ServiceList {
    const SCHEMA: &'static str = "sealpost.service-list/1";

    fn page(&self, page: &mut Page) {
        match self.services.is_empty() {
            true => page.say("there are no services beside those that are settings (ldap, urlfilter)"),
            false => entry_table::print(page, &COLUMNS, &self.services, |shown| shown.staged),
        }
    }
}

impl Answer for ServiceShown {
    const SCHEMA: &'static str = "sealpost.service-show/1";

    fn page(&self, page: &mut Page) {
        entry_table::headline(page, "service", &self.name, self.staged);
        field(page, "server", &format!("{} port {}", self.host, self.port));
        field(page, "TLS", &self.tls);
        field(page, "our certificate", asked(self));
        field(page, "role", &self.role);
    }
}

fn asked(shown: &ServiceShown) -> &'static str {
    if shown.client_certificate_required { "required" } else { "if bound" }
}
