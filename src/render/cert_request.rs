//! `cert request`.

use crate::app::cert_request::SigningRequest;

use super::answer::Answer;
use super::names;
use super::page::Page;

impl Answer for SigningRequest {
    const SCHEMA: &'static str = "sealpost.cert-request/1";

    fn page(&self, page: &mut Page) {
        if self.file.is_none() {
            page.raw(self.pem.as_bytes());
        }
        let key = match &self.key_from {
            Some(other) => format!("{} key of {other}", self.key),
            None => format!("new {} key", self.key),
        };
        let what = format!("{}: request for {}, {key}", self.profile, names::plain(&self.names));
        let place = self.file.as_ref().map(|file| format!(", in {file}")).unwrap_or_default();
        match &self.revision {
            Some(revision) => page.say(&format!("committed revision {revision}, profile {what}{place}")),
            None => page.say(&format!("staged profile {what}{place}")),
        }
        let purposes = self.purposes.join(" and ");
        page.say(&format!(
            "ask the authority for {purposes}, and for the full chain with its intermediates as PEM or PKCS#7"
        ));
        page.next(&format!("sealpost cert import {} signed.pem", self.profile));
    }
}
