//! A message for some recipients, in the words of MAIL and RCPT, as far as a server understands them.

use std::fmt::Write;

use super::capabilities::Capabilities;
use super::content::Survey;
use crate::deliver::envelope::{Address, EnvelopeId, Recipient, Ret, ReversePath};

/// What is sent in one transaction, beside the content.
#[derive(Debug, Clone)]
pub struct Shipment<'m> {
    pub sender: &'m ReversePath,
    /// At most 100, which every server takes (RFC 5321 section 4.5.3.1.8).
    pub recipients: Vec<&'m Recipient>,
    pub ret: Option<Ret>,
    pub envid: Option<&'m EnvelopeId>,
    /// Octets.
    pub size: u64,
    pub survey: Survey,
    /// The sender declared BODY=8BITMIME.
    pub declared_eight_bit: bool,
}

/// Why a message cannot go to a server; a fact about both, so another server may take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsuitable {
    /// Octets of the message, and the limit of the server (RFC 1870).
    TooLarge { size: u64, limit: u64 },
    /// It has 8-bit content and the server lacks 8BITMIME. We do not rewrite messages: that breaks their signatures.
    EightBit,
    /// An address needs SMTPUTF8 (RFC 6531).
    Utf8Address,
    /// The header needs SMTPUTF8.
    Utf8Header,
}

impl Shipment<'_> {
    /// What keeps the message from going to a server with these capabilities.
    pub(super) fn unsuitable(&self, server: &Capabilities) -> Option<Unsuitable> {
        if let Some(limit) = server.size.flatten().filter(|limit| self.size > *limit) {
            return Some(Unsuitable::TooLarge { size: self.size, limit });
        }
        match (server.smtputf8, server.eight_bit_mime) {
            (false, _) if self.has_utf8_address() => Some(Unsuitable::Utf8Address),
            (false, _) if self.survey.header_is_eight_bit => Some(Unsuitable::Utf8Header),
            (_, false) if self.is_eight_bit() => Some(Unsuitable::EightBit),
            _ => None,
        }
    }

    /// `MAIL FROM:<…>` with the parameters that the server knows.
    pub(super) fn mail(&self, server: &Capabilities) -> String {
        let mut line = format!("MAIL FROM:<{}>", self.sender);
        let mut add = |part: std::fmt::Arguments<'_>| {
            // Writing to a string cannot fail.
            let _ = line.write_fmt(part);
        };
        if server.size.is_some() {
            add(format_args!(" SIZE={}", self.size));
        }
        if server.eight_bit_mime && (self.is_eight_bit() || self.declared_eight_bit) {
            add(format_args!(" BODY=8BITMIME"));
        }
        if server.smtputf8 && (self.has_utf8_address() || self.survey.header_is_eight_bit) {
            add(format_args!(" SMTPUTF8"));
        }
        if server.dsn {
            if let Some(ret) = self.ret {
                add(format_args!(" RET={}", ret.word()));
            }
            if let Some(envid) = self.envid {
                add(format_args!(" ENVID={envid}"));
            }
        }
        line
    }

    /// `RCPT TO:<…>` with the parameters that the server knows.
    pub(super) fn rcpt(recipient: &Recipient, server: &Capabilities) -> String {
        let mut line = format!("RCPT TO:<{}>", recipient.address);
        if !server.dsn {
            return line;
        }
        let notify = recipient.notify.to_string();
        if !notify.is_empty() {
            line.push_str(" NOTIFY=");
            line.push_str(&notify);
        }
        // A UTF-8 address may stand here only where the server knows SMTPUTF8 (RFC 6533 section 3).
        let orcpt = recipient.orcpt.as_ref().map(ToString::to_string);
        if let Some(orcpt) = orcpt.filter(|orcpt| server.smtputf8 || orcpt.is_ascii()) {
            line.push_str(" ORCPT=");
            line.push_str(&orcpt);
        }
        line
    }

    fn is_eight_bit(&self) -> bool {
        self.survey.header_is_eight_bit || self.survey.body_is_eight_bit
    }

    fn has_utf8_address(&self) -> bool {
        let sender_is_ascii = self.sender.address().is_none_or(Address::is_ascii);
        !sender_is_ascii || self.recipients.iter().any(|recipient| !recipient.address.is_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::envelope::Notify;

    fn recipient(address: &str) -> Recipient {
        let notify = Notify::Upon { success: true, failure: true, delay: false };
        Recipient {
            notify,
            orcpt: Some("rfc822;a+2Bb@example.com".parse().unwrap()),
            ..Recipient::plain(address.parse().unwrap())
        }
    }

    fn shipment<'m>(sender: &'m ReversePath, recipient: &'m Recipient, envid: &'m EnvelopeId) -> Shipment<'m> {
        Shipment {
            sender,
            recipients: vec![recipient],
            ret: Some(Ret::Headers),
            envid: Some(envid),
            size: 1234,
            survey: Survey::default(),
            declared_eight_bit: true,
        }
    }

    const ALL: Capabilities = Capabilities {
        starttls: true,
        starttls_on_greeting_line: false,
        pipelining: true,
        size: Some(None),
        eight_bit_mime: true,
        smtputf8: true,
        dsn: true,
        enhanced_status_codes: true,
    };

    #[test]
    fn parameters_are_said_to_servers_that_know_them() {
        let (sender, envid) = ("me@example.org".parse().unwrap(), "QQ314".parse().unwrap());
        let recipient = recipient("you@example.com");
        let shipment = shipment(&sender, &recipient, &envid);
        assert_eq!(shipment.mail(&ALL), "MAIL FROM:<me@example.org> SIZE=1234 BODY=8BITMIME RET=HDRS ENVID=QQ314");
        assert_eq!(
            Shipment::rcpt(&recipient, &ALL),
            "RCPT TO:<you@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@example.com"
        );
        let none = Capabilities::default();
        assert_eq!(shipment.mail(&none), "MAIL FROM:<me@example.org>");
        assert_eq!(Shipment::rcpt(&recipient, &none), "RCPT TO:<you@example.com>");
        assert_eq!(Shipment { sender: &ReversePath::Null, ..shipment }.mail(&none), "MAIL FROM:<>");
    }

    #[test]
    fn a_message_goes_only_where_all_of_it_is_understood() {
        let (sender, envid) = ("me@example.org".parse().unwrap(), "a".parse().unwrap());
        let (plain, utf8) = (recipient("you@example.com"), recipient("jürgen@example.com"));
        let none = Capabilities::default();
        let mut message = shipment(&sender, &plain, &envid);
        assert_eq!(message.unsuitable(&none), None, "declared as 8BITMIME, but every octet is ASCII");
        message.survey.body_is_eight_bit = true;
        assert_eq!(message.unsuitable(&none), Some(Unsuitable::EightBit));
        assert_eq!(message.unsuitable(&ALL), None);
        message.survey.header_is_eight_bit = true;
        let no_utf8 = Capabilities { smtputf8: false, ..ALL };
        assert_eq!(message.unsuitable(&no_utf8), Some(Unsuitable::Utf8Header));
        assert!(message.mail(&ALL).contains(" SMTPUTF8"));
        let message = shipment(&sender, &utf8, &envid);
        assert_eq!(message.unsuitable(&no_utf8), Some(Unsuitable::Utf8Address));
        assert!(message.mail(&ALL).contains(" SMTPUTF8"));
        let small = Capabilities { size: Some(Some(1233)), ..ALL };
        assert_eq!(message.unsuitable(&small), Some(Unsuitable::TooLarge { size: 1234, limit: 1233 }));
    }
}
