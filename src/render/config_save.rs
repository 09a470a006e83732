//! `config save`.

use crate::app::config_save::{ConfigSaved, Secrecy};
use crate::model::moment::plural;
use crate::model::shell_word::shell_word;

use super::answer::Answer;
use super::page::Page;

impl Answer for ConfigSaved {
    const SCHEMA: &'static str = "sealpost.config-save/1";

    fn page(&self, page: &mut Page) {
        if let Some(content) = &self.content {
            page.raw(content.as_bytes());
        }
        let Some(file) = &self.file else { return };
        let secrets = match self.secrets {
            Secrecy::Masked => "keys and passwords are masked, so that it cannot be loaded",
            Secrecy::Encrypted => "encrypted with the passphrase (age), read back",
            Secrecy::Plain => "private keys are in it as they are",
        };
        let profiles = plural(self.profiles as u64, "profile");
        page.say(&format!("wrote {file}: revision {}, {profiles}; {secrets}", self.revision));
        page.next(&match self.secrets {
            Secrecy::Masked => "sealpost config save --encrypt --out FILE".to_owned(),
            Secrecy::Encrypted | Secrecy::Plain => format!("sealpost config load {}", shell_word(file)),
        });
    }
}
