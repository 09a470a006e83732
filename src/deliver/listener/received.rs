//! The `Received` field that this hop adds (RFC 5321 section 4.4, RFC 3848, RFC 6531 section 4.3, RFC 8314 section 7.4).

use std::fmt::Write;
use std::net::IpAddr;

use super::tls::Tls;
use crate::deliver::envelope::Address;
use crate::deliver::numbers::Mid;
use crate::model::host_name::HostName;
use crate::model::moment::Moment;

/// What the field says.
#[derive(Debug)]
pub struct Hop<'a> {
    /// What the client said with HELO or EHLO.
    pub helo: &'a str,
    /// EHLO was said.
    pub extended: bool,
    pub address: IpAddr,
    /// Its name, if that resolves back to it.
    pub name: Option<&'a HostName>,
    pub hostname: &'a HostName,
    pub smtputf8: bool,
    pub tls: Option<&'a Tls>,
    pub mid: Mid,
    /// The only recipient; with several, who else got it is nobody's business.
    pub recipient: Option<&'a Address>,
    /// With the local offset.
    pub time: Moment,
}

impl Hop<'_> {
    /// The field with its line end.
    pub fn field(&self) -> String {
        let mut field =
            format!("Received: from {} ({}", harmless(self.helo), self.name.map_or("unknown", HostName::as_str));
        let literal = match self.address.to_canonical() {
            IpAddr::V4(v4) => format!("[{v4}]"),
            IpAddr::V6(v6) => format!("[IPv6:{v6}]"),
        };
        // Writing to a String cannot fail.
        let _ = write!(field, " {literal})\r\n by {} with {} id {}", self.hostname, self.protocol(), self.mid);
        if let Some(recipient) = self.recipient {
            let _ = write!(field, "\r\n for <{recipient}>");
        }
        if let Some(tls) = self.tls {
            let _ = write!(field, "\r\n tls {} ({})", tls.registered_cipher, tls.protocol);
        }
        let _ = write!(field, "; {}\r\n", date(self.time));
        field
    }

    /// The registered name of how the message was received (RFC 3848 section 1, RFC 6531 section 4.3).
    fn protocol(&self) -> &'static str {
        match (self.extended, self.smtputf8, self.tls.is_some()) {
            (false, _, _) => "SMTP",
            (true, false, false) => "ESMTP",
            (true, false, true) => "ESMTPS",
            (true, true, false) => "UTF8SMTP",
            (true, true, true) => "UTF8SMTPS",
        }
    }
}

/// What a client calls itself, without anything that means something in a header field.
fn harmless(helo: &str) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    match helo.is_empty() || helo.len() > 255 || !helo.chars().all(is_harmless) {
        true => "unknown".to_owned(),
        false => helo.to_owned(),
    }
}

/// RFC 5322 section 3.3.
pub fn date(time: Moment) -> String {
    let (weekday, month) = (time.weekday().to_string(), time.month().to_string());
    let (hours, minutes, _) = time.offset().as_hms();
    format!(
        "{:.3}, {} {:.3} {} {:02}:{:02}:{:02} {}{:02}{:02}",
        weekday,
        time.day(),
        month,
        time.year(),
        time.hour(),
        time.minute(),
        time.second(),
        if time.offset().is_negative() { '-' } else { '+' },
        hours.abs(),
        minutes.abs(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::listener::tls::Client;
    use time::macros::datetime;

    #[test]
    fn the_field_says_how_the_message_came() {
        let hostname = "mx1.example.com".parse().unwrap();
        let name = "client.example".parse().unwrap();
        let recipient = "user@example.com".parse().unwrap();
        let tls = Tls {
            protocol: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            registered_cipher: "TLS_AES_256_GCM_SHA384".into(),
            resumed: false,
            sni: None,
            client: Client::NotAsked,
        };
        let hop = Hop {
            helo: "client.example",
            extended: true,
            address: "192.0.2.1".parse().unwrap(),
            name: Some(&name),
            hostname: &hostname,
            smtputf8: false,
            tls: Some(&tls),
            mid: Mid(7),
            recipient: Some(&recipient),
            time: datetime!(2026-03-06 09:05:03 -03:30),
        };
        assert_eq!(
            hop.field(),
            "Received: from client.example (client.example [192.0.2.1])\r\n by mx1.example.com with ESMTPS id 7\r\n \
             for <user@example.com>\r\n tls TLS_AES_256_GCM_SHA384 (TLSv1.3); Fri, 6 Mar 2026 09:05:03 -0330\r\n"
        );
        let plain = Hop {
            helo: "a) by evil;",
            address: "2001:db8::1".parse().unwrap(),
            name: None,
            tls: None,
            recipient: None,
            ..hop
        };
        assert_eq!(
            plain.field(),
            "Received: from unknown (unknown [IPv6:2001:db8::1])\r\n by mx1.example.com with ESMTP id 7; Fri, 6 Mar 2026 \
             09:05:03 -0330\r\n"
        );
        assert_eq!(Hop { smtputf8: true, ..plain }.protocol(), "UTF8SMTP");
    }
}
