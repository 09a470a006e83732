//! The envelope of a message (RFC 5321 section 2.3.1): who it is from, who it is for, and what was asked about its delivery.

mod address;
mod dsn;
mod path;

pub use address::{Address, AddressError, MailDomain};
pub use dsn::{EnvelopeId, Notify, NotifyError, OriginalRecipient, Ret, XtextError};
pub use path::{ForwardPath, ReversePath};

use std::net::IpAddr;

use crate::model::moment::Moment;

use super::numbers::Icid;

/// What came with MAIL and RCPT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub sender: ReversePath,
    /// In the order of RCPT; the place of each is its RID. At least one.
    pub recipients: Vec<Recipient>,
    pub body: BodyType,
    /// The sender declared SMTPUTF8 (RFC 6531): addresses or header fields may hold UTF-8.
    pub smtputf8: bool,
    /// How much of the message a report returns; `None` leaves it to us.
    pub ret: Option<Ret>,
    pub envid: Option<EnvelopeId>,
    pub received: Received,
}

/// BODY of RFC 6152. BINARYMIME is not offered, so it cannot come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyType {
    SevenBit,
    EightBitMime,
}

/// One RCPT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub address: Address,
    pub notify: Notify,
    pub orcpt: Option<OriginalRecipient>,
}

/// Where a message came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub at: Moment,
    /// `None` for a message that this engine wrote itself.
    pub icid: Option<Icid>,
    /// What the peer said with EHLO or HELO; empty when it wrote it itself.
    pub helo: String,
    pub address: Option<IpAddr>,
    pub over_tls: bool,
}

impl Recipient {
    /// Without any wish for reports.
    pub fn plain(address: Address) -> Recipient {
        Recipient { address, notify: Notify::default(), orcpt: None }
    }
}

impl Received {
    /// A message of the engine itself.
    pub fn own(at: Moment) -> Received {
        Received { at, icid: None, helo: String::new(), address: None, over_tls: false }
    }
}

impl Envelope {
    /// An address needs SMTPUTF8 at the next hop. Header fields may need it too; `smtputf8` says what the sender declared.
    pub fn has_utf8_address(&self) -> bool {
        let sender = self.sender.address().is_some_and(|address| !address.is_ascii());
        sender || self.recipients.iter().any(|recipient| !recipient.address.is_ascii())
    }
}
