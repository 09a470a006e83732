//! `queue show`: one message with everything that is known of it.

use crate::app::queue_show::QueueShown;
use crate::model::moment::span;

use super::answer::Answer;
use super::page::{Page, Style};
use super::views::field;
use super::views::queued::{reason, sender, size, standing};

impl Answer for QueueShown {
    const SCHEMA: &'static str = "sealpost.queue-show/1";

    fn page(&self, page: &mut Page) {
        let message = &self.message;
        headline(page, &format!("MID {}", message.mid));
        field(page, "from", sender(message));
        field(page, "size", &format!("{} ({} octets)", size(message.size), message.size));
        field(page, "arrived", &format!("{} ({} ago)", message.arrived, span(message.age_seconds)));
        field(page, "brought by", &brought_by(self));
        let declared = [(self.eight_bit, "8BITMIME"), (self.smtputf8, "SMTPUTF8")];
        let declared: Vec<&str> = declared.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        if !declared.is_empty() {
            field(page, "declared", &declared.join(", "));
        }
        if let Some(id) = &self.envelope_id {
            field(page, "ENVID", id);
        }
        for destination in &self.destinations {
            page.line("");
            headline(page, &destination.domain);
            field(page, "goes to", &format!("{}, TLS {}", destination.goes_to, destination.tls));
            let here = |domain: &str| domain == destination.domain;
            for recipient in message.recipients.iter().filter(|recipient| here(&recipient.domain)) {
                page.line("");
                field(page, &format!("RID {}", recipient.rid), &recipient.address);
                field(page, "", &standing(recipient));
                if let Some(last) = &recipient.last_attempt {
                    field(page, "last try", last);
                }
                if let Some(trouble) = &recipient.reason {
                    field(page, "reason", &reason(trouble));
                    if let Some(reply) = &trouble.reply {
                        field(page, "reply", reply);
                    }
                }
                if recipient.sender_warned {
                    field(page, "sender", "was told of the delay");
                }
            }
        }
        self.content(page);
        page.next(&format!("sealpost log --mid {}", message.mid));
    }
}

impl QueueShown {
    fn content(&self, page: &mut Page) {
        page.line("");
        headline(page, "header");
        self.headers.iter().for_each(|line| page.line(&shown(line)));
        if let Some(body) = &self.body {
            page.line("");
            headline(page, "body");
            body.lines().for_each(|line| page.line(&shown(line)));
        }
        if let Some(incomplete) = &self.incomplete {
            page.say(incomplete);
        }
    }
}

/// Tabs are spaces: the page escapes them like every other control character.
fn shown(line: &str) -> String {
    line.replace('\t', "    ")
}

fn headline(page: &mut Page, what: &str) {
    let what = page.paint(Style::Strong, what);
    page.painted_line(&what);
}

/// `ICID 12, 192.0.2.7 (client.example.org), over TLS`.
fn brought_by(shown: &QueueShown) -> String {
    let message = &shown.message;
    let Some(icid) = message.icid else { return "this gateway itself".to_owned() };
    let address = message.from_address.as_deref().unwrap_or("an unknown address");
    let helo = if message.helo.is_empty() { String::new() } else { format!(" ({})", message.helo) };
    let how = if message.arrived_over_tls { "over TLS" } else { "in clear text" };
    format!("ICID {icid}, {address}{helo}, {how}")
}
