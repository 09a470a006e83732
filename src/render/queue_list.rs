//! `queue list`: messages one by one, then how much there is; or a table of domains.

use serde::Serialize;

use crate::app::queue_list::{QueueListed, QueueTotal, QueuedDomain};
use crate::app::views::queued::{QueuedMessage, QueuedRecipient};
use crate::model::diagnostic::Diagnostic;
use crate::model::moment::{plural, span};

use super::answer::Answer;
use super::json::indented;
use super::page::{Page, Style};
use super::table;
use super::views::queued::{next, reason, sender, size, standing};

/// Recipients of one domain that are named, when all of them wait for the same reason.
const NAMED: usize = 5;

impl Answer for QueueListed {
    const SCHEMA: &'static str = "sealpost.queue-list/1";

    /// What is said after the last message.
    fn page(&self, page: &mut Page) {
        if let Some(domains) = &self.domains {
            by_domain(page, domains);
        }
        page.line(&self.total());
        if let Some(mid) = self.more_after {
            page.say(&format!("there is more after MID {mid}"));
        }
    }
}

/// How messages are written, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueForm {
    Text,
    /// MIDs alone, one on a line.
    Mids,
    Json,
}

/// Writes messages while they are read, and what holds of all at the end.
#[derive(Debug)]
pub struct QueueTeller {
    form: QueueForm,
    told: usize,
}

/// What follows the messages.
#[derive(Serialize)]
struct Rest<'a> {
    #[serde(flatten)]
    listed: &'a QueueListed,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    remarks: &'a [Diagnostic],
}

impl QueueTeller {
    pub fn new(form: QueueForm) -> QueueTeller {
        QueueTeller { form, told: 0 }
    }

    pub fn message(&mut self, page: &mut Page, message: &QueuedMessage) {
        match self.form {
            QueueForm::Text => lines(page, message),
            QueueForm::Mids => page.line(&message.mid.to_string()),
            QueueForm::Json => {
                self.begin(page);
                page.raw(if self.told == 0 { b"\n" } else { b",\n" });
                page.raw(indented(message, 4).as_bytes());
            }
        }
        self.told += 1;
    }

    pub fn end(&mut self, page: &mut Page, listed: &QueueListed, remarks: &[Diagnostic]) {
        match self.form {
            QueueForm::Text => {
                remarks.iter().for_each(|remark| page.diagnostic(remark));
                listed.page(page);
            }
            QueueForm::Mids => {}
            QueueForm::Json => {
                self.begin(page);
                page.raw(if self.told == 0 { b"],\n" } else { b"\n  ],\n" });
                let rest = serde_json::to_string_pretty(&Rest { listed, remarks }).unwrap_or_default();
                page.raw(rest.strip_prefix("{\n").unwrap_or(&rest).as_bytes());
                page.raw(b"\n");
            }
        }
    }

    fn begin(&self, page: &mut Page) {
        if self.told == 0 {
            page.raw(format!("{{\n  \"schema\": \"{}\",\n  \"messages\": [", QueueListed::SCHEMA).as_bytes());
        }
    }
}

fn lines(page: &mut Page, message: &QueuedMessage) {
    let mid = page.paint(Style::Strong, &format!("MID {}", message.mid));
    let rest =
        format!("  from {}, {}, {} ago", Page::plain(sender(message)), size(message.size), span(message.age_seconds));
    page.painted_line(&(mid + &rest));
    for group in groups(&message.recipients) {
        let Some(first) = group.first() else { continue };
        let named: Vec<&str> = group.iter().take(NAMED).map(|recipient| recipient.address.as_str()).collect();
        let more = group.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more at {}", first.domain) } else { String::new() };
        page.line(&format!("  to {}{more}: {}", named.join(", "), standing(first)));
        if let Some(trouble) = &first.reason {
            page.line(&format!("     {}", reason(trouble)));
        }
    }
}

/// Recipients about whom the same is said, in the order of the first of each.
fn groups(recipients: &[QueuedRecipient]) -> Vec<Vec<&QueuedRecipient>> {
    let mut groups: Vec<Vec<&QueuedRecipient>> = Vec::new();
    for recipient in recipients {
        let same = |group: &&mut Vec<&QueuedRecipient>| {
            group.first().is_some_and(|first| {
                first.domain == recipient.domain
                    && first.reason == recipient.reason
                    && standing(first) == standing(recipient)
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(recipient),
            None => groups.push(vec![recipient]),
        }
    }
    groups
}

fn by_domain(page: &mut Page, domains: &[QueuedDomain]) {
    if domains.is_empty() {
        return;
    }
    let heading = [
        "Domain",
        "Messages",
        "Recipients",
        "Deferred",
        "Held",
        "Size",
        "Oldest",
        "Next Try",
        "Goes To",
        "TLS",
        "Last Reason",
    ];
    let row = |domain: &QueuedDomain| {
        vec![
            domain.domain.clone(),
            domain.messages.to_string(),
            domain.recipients.to_string(),
            domain.deferred.to_string(),
            domain.held.to_string(),
            size(domain.bytes),
            span(domain.oldest_seconds),
            domain.next_seconds.map_or_else(|| "-".to_owned(), next),
            domain.goes_to.clone(),
            domain.tls.to_owned(),
            domain.reason.as_ref().map_or_else(|| "-".to_owned(), reason),
        ]
    };
    table::print(page, &heading, domains.iter().map(row));
}

impl QueueListed {
    /// `2 messages, 3 recipients, 8.1 KB: 2 deferred, 1 held`.
    fn total(&self) -> String {
        let QueueTotal { messages, recipients, bytes, deferred, held, delivering } = &self.total;
        match (messages, self.is_narrowed) {
            (0, true) => return "nothing in the queue is meant by that".to_owned(),
            (0, false) => return "the queue is empty".to_owned(),
            _ => {}
        }
        let parts = [(delivering, "being delivered"), (deferred, "deferred"), (held, "held")];
        let some = parts.iter().filter(|(count, _)| **count > 0).map(|(count, what)| format!("{count} {what}"));
        let parts = some.collect::<Vec<_>>().join(", ");
        let colon = if parts.is_empty() { "" } else { ": " };
        let (messages, recipients) = (plural(*messages, "message"), plural(*recipients, "recipient"));
        format!("{messages}, {recipients}, {}{colon}{parts}", size(*bytes))
    }
}
