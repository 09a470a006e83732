//! Delivery status notifications: what a sender is told about a message that failed, waits, or was handed over.
//!
//! A report is a message of our own: `multipart/report` (RFC 6522, before RFC 3462) with a text for people from
//! `templates/`, the status fields of RFC 3464, and what is returned of the message. It has the null path as sender, so
//! that it never causes another, and a message with the null path is never reported.

mod original;
mod status;
mod text;

use std::fmt::Write;
use std::time::Duration;

use crate::model::host_name::HostName;
use crate::model::moment::Moment;

use super::envelope::{Address, BodyType, Envelope, MailDomain, Received, Recipient, Ret, ReversePath};
use super::numbers::Mid;
use super::queue::{Queued, Trouble, Waiting};

pub use original::{RETURN_LIMIT, Returned};

/// What is reported (RFC 3464 section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Failed,
    Delayed,
    /// Handed over to a peer that does not report itself.
    Relayed,
}

impl Action {
    pub fn word(self) -> &'static str {
        match self {
            Action::Failed => "failed",
            Action::Delayed => "delayed",
            Action::Relayed => "relayed",
        }
    }

    /// Whether the sender wants to know of it.
    pub fn is_wanted(self, recipient: &Recipient) -> bool {
        match self {
            Action::Failed => recipient.notify.failure(),
            Action::Delayed => recipient.notify.delay(),
            Action::Relayed => recipient.notify.success(),
        }
    }
}

/// Everything that one report says. All recipients share the action.
#[derive(Debug)]
pub struct Report<'a> {
    pub action: Action,
    pub message: &'a Queued,
    /// Each with why; for `Relayed`, with the reply that accepted it. At least one.
    pub recipients: Vec<(&'a Waiting, Trouble)>,
    pub returned: Returned,
    pub reporting_mta: &'a HostName,
    pub now: Moment,
    /// How long the message has been in the queue.
    pub age: Duration,
    /// When it is given up; for `Delayed`.
    pub until: Option<Moment>,
}

impl Report<'_> {
    /// The envelope and the bytes of the report, with the MID that it gets; `None` when nobody is to be told.
    pub fn write(&self, mid: Mid) -> Option<(Envelope, Vec<u8>)> {
        let ReversePath::Address(sender) = &self.message.sender else { return None };
        let parts = [self.text(), self.status(), self.returned.part()];
        let boundary = boundary(mid, &parts);
        let eight_bit = !sender.is_ascii() || !parts.iter().all(|part| part.is_ascii());
        let mut bytes = self.header(mid, sender, &boundary, eight_bit).into_bytes();
        for part in parts {
            bytes.extend_from_slice(format!("\r\n--{boundary}\r\n").as_bytes());
            bytes.extend_from_slice(&part);
        }
        bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let envelope = Envelope {
            sender: ReversePath::Null,
            recipients: vec![Recipient::plain(sender.clone())],
            body: if eight_bit { BodyType::EightBitMime } else { BodyType::SevenBit },
            // The address stands in the header too.
            smtputf8: !sender.is_ascii(),
            ret: Some(Ret::Headers),
            envid: None,
            received: Received::own(self.now),
        };
        Some((envelope, bytes))
    }

    fn header(&self, mid: Mid, sender: &Address, boundary: &str, eight_bit: bool) -> String {
        let host = self.reporting_mta.as_str();
        let mut header = String::new();
        let mut field = |name: &str, value: &str| {
            let written = write!(header, "{name}: {value}\r\n");
            debug_assert!(written.is_ok(), "a String takes everything");
        };
        field("Date", &text::date(self.now));
        field("From", &format!("Mail Delivery System <MAILER-DAEMON@{host}>"));
        field("To", &format!("<{sender}>"));
        field("Subject", &format!("{} {}", self.subject(), self.domain()));
        field("Message-ID", &format!("<{mid}.{}@{host}>", self.now.unix_timestamp()));
        if let Some(id) = self.returned.message_id() {
            field("In-Reply-To", id);
            field("References", id);
        }
        // RFC 3834 section 5: nobody's robot answers this.
        field("Auto-Submitted", "auto-replied");
        field("MIME-Version", "1.0");
        field("Content-Type", &format!("multipart/report; report-type=delivery-status;\r\n boundary=\"{boundary}\""));
        if eight_bit {
            field("Content-Transfer-Encoding", "8bit");
        }
        header
    }

    fn subject(&self) -> &'static str {
        match self.action {
            Action::Failed => "Undelivered mail to",
            Action::Delayed => "Delayed mail to",
            Action::Relayed => "Handed over: mail to",
        }
    }

    fn domain(&self) -> String {
        let domain = self.recipients.first().map(|(waiting, _)| waiting.recipient.address.domain());
        domain.map(MailDomain::to_string).unwrap_or_default()
    }
}

/// A line that no part holds.
fn boundary(mid: Mid, parts: &[Vec<u8>]) -> String {
    let mut attempt = 0_u64;
    loop {
        let boundary = format!("=_sealpost_{mid}_{attempt}");
        let occurs = |part: &Vec<u8>| part.windows(boundary.len()).any(|window| window == boundary.as_bytes());
        if !parts.iter().any(occurs) {
            return boundary;
        }
        attempt += 1;
    }
}

#[cfg(test)]
mod tests;
