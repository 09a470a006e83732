//! `sealpost change clear`.

use crate::app::change_clear::Cleared;

use super::answer::Answer;
use super::page::Page;

impl Answer for Cleared {
    const SCHEMA: &'static str = "sealpost.change-clear/1";

    fn page(&self, page: &mut Page) {
        let mut what: Vec<String> = self.profiles.iter().map(|name| format!("profile {name}")).collect();
        if self.configuration {
            what.push("sealpost.toml".to_owned());
        }
        if self.authorities {
            what.push("the custom list of authorities".to_owned());
        }
        if self.unreadable {
            what.push("edits that could not be read".to_owned());
        }
        match what.as_slice() {
            [] => page.say(&format!("nothing was staged; revision {} runs", self.running)),
            what => page.say(&format!("cleared {}; revision {} runs", what.join(", "), self.running)),
        }
    }
}
