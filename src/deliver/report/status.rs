//! The part for programs: the fields of RFC 3464 section 2, one block for the message and one for each recipient.

use std::fmt::Write;

use crate::deliver::envelope::Address;
use crate::deliver::queue::{Trouble, Waiting};

use super::text::{clean, date};
use super::{Action, Report};

/// Octets after which a long value goes on in the next line.
const FOLD: usize = 76;
/// Octets of a reply that are repeated: what a peer may send in one line and some more.
const REPLY_LIMIT: usize = 2_000;

impl Report<'_> {
    pub(super) fn status(&self) -> Vec<u8> {
        let mut fields = Fields(String::from("Content-Type: message/delivery-status\r\n\r\n"));
        fields.add("Reporting-MTA", &format!("dns; {}", self.reporting_mta.as_str()));
        if let Some(envid) = &self.message.envid {
            fields.add("Original-Envelope-Id", &utf8_xtext(envid.text()));
        }
        if !self.message.received.helo.is_empty() {
            fields.add("Received-From-MTA", &format!("dns; {}", utf8_xtext(&self.message.received.helo)));
        }
        fields.add("Arrival-Date", &date(self.message.received.at));
        for (waiting, why) in &self.recipients {
            fields.end_block();
            self.recipient_fields(&mut fields, waiting, why);
        }
        fields.0.into_bytes()
    }

    fn recipient_fields(&self, fields: &mut Fields, waiting: &Waiting, why: &Trouble) {
        if let Some(original) = &waiting.recipient.orcpt {
            fields.add("Original-Recipient", &format!("{}; {}", original.kind(), utf8_xtext(original.text())));
        }
        fields.add("Final-Recipient", &final_recipient(&waiting.recipient.address));
        fields.add("Action", self.action.word());
        fields.add("Status", &why.status.to_string());
        if let Some(host) = &why.remote_mta {
            fields.add("Remote-MTA", &format!("dns; {}", utf8_xtext(host)));
        }
        match &why.reply {
            Some(reply) => {
                let reply: String = reply.chars().take(REPLY_LIMIT).collect();
                fields.add("Diagnostic-Code", &format!("smtp; {}", utf8_xtext(&reply)));
            }
            // RFC 3464 section 2.3.6 registers no other type; an X- type is for people who read this part.
            None if self.action != Action::Relayed => {
                fields.add("Diagnostic-Code", &format!("x-sealpost; {}", utf8_xtext(&why.sentence)));
            }
            None => {}
        }
        fields.add("Last-Attempt-Date", &date(self.now));
        if let Some(until) = self.until {
            fields.add("Will-Retry-Until", &date(until));
        }
    }
}

/// RFC 3464 section 2.3.2, and RFC 6533 section 3 for addresses beyond ASCII.
fn final_recipient(address: &Address) -> String {
    let kind = if address.is_ascii() { "rfc822" } else { "utf-8" };
    format!("{kind}; {}", utf8_xtext(&address.to_string()))
}

/// ASCII as it is; beyond it `\x{HEX}` (RFC 6533 section 3, utf-8-addr-xtext), so that the part needs no SMTPUTF8.
fn utf8_xtext(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in clean(text).chars() {
        match character.is_ascii() {
            true => encoded.push(character),
            false => encoded.push_str(&format!("\\x{{{:X}}}", u32::from(character))),
        }
    }
    encoded
}

/// Header fields, folded.
struct Fields(String);

impl Fields {
    fn add(&mut self, name: &str, value: &str) {
        let mut column = name.len() + 1;
        let _ = write!(self.0, "{name}:");
        for word in value.split_whitespace() {
            if column + 1 + word.len() > FOLD && column > name.len() + 1 {
                self.0.push_str("\r\n");
                column = 0;
            }
            self.0.push(' ');
            self.0.push_str(word);
            column += 1 + word.len();
        }
        self.0.push_str("\r\n");
    }

    fn end_block(&mut self) {
        self.0.push_str("\r\n");
    }
}
