//! `sealpost init`.

use crate::app::init::Initialised;

use super::answer::Answer;
use super::page::Page;

impl Answer for Initialised {
    const SCHEMA: &'static str = "sealpost.init/1";

    fn page(&self, page: &mut Page) {
        let hostname = self.hostname.as_deref().unwrap_or("no host name");
        if self.created {
            page.say(&format!("made home {} for {hostname}: Demo certificate, revision {}", self.home, self.revision));
            page.next("sealpost cert request NAME --for listener:IncomingMail");
        } else {
            page.say(&format!("home {} is there already: {hostname}, revision {}", self.home, self.revision));
            page.next("sealpost cert list");
        }
    }
}
