//! What an import came to.

use crate::app::cert_import::CertImported;
use crate::model::moment::plural;

use super::answer::Answer;
use super::names;
use super::page::Page;

impl Answer for CertImported {
    const SCHEMA: &'static str = "sealpost.cert-import/1";

    fn page(&self, page: &mut Page) {
        for file in &self.files {
            page.say(&format!("{}: {}: {}", file.file, file.form, file.holds));
        }
        let days = plural(self.remaining_days.unsigned_abs(), "day");
        let distance = if self.remaining_days < 0 { format!("{days} ago") } else { days };
        let certificates = plural(self.chain.len() as u64, "certificate");
        let until = self.not_after.split('T').next().unwrap_or_default();
        let what = format!(
            "{}: {}, {certificates}, valid until {until} ({distance})",
            self.profile,
            names::plain(&self.names)
        );
        match (self.unchanged, self.dry_run, self.revision) {
            (true, ..) => page.say(&format!("unchanged profile {what}")),
            (_, true, _) => page.say(&format!("would stage profile {what}")),
            (_, _, Some(revision)) => page.say(&format!("committed revision {revision}, profile {what}")),
            _ => page.say(&format!("staged profile {what}")),
        }
        self.next(page);
    }
}

impl CertImported {
    fn next(&self, page: &mut Page) {
        if self.staged && self.revision.is_none() {
            page.next("sealpost change commit \"WHY\"");
        } else if !self.dry_run {
            page.next(&format!("sealpost cert export {} --to pkcs12 --out {}.p12", self.profile, self.profile));
        }
    }
}
