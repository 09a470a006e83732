//! `cert new`.

use crate::app::cert_new::NewCertificate;
use crate::model::moment::date_and_distance;

use super::answer::Answer;
use super::names;
use super::page::Page;

impl Answer for NewCertificate {
    const SCHEMA: &'static str = "sealpost.cert-new/1";

    fn page(&self, page: &mut Page) {
        let until = date_and_distance(self.certificate.not_after(), self.now);
        let names = names::plain(&self.names);
        let what = format!("{}: self-signed for {names}, {}, valid until {until}", self.profile, self.key);
        match &self.revision {
            Some(revision) => page.say(&format!("committed revision {revision}, profile {what}")),
            None => page.say(&format!("staged profile {what}")),
        }
        match self.revision {
            Some(_) => page.next(&format!("sealpost cert request {0} --key-from {0}", self.profile)),
            None => page.next("sealpost change commit"),
        }
    }
}
