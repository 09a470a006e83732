//! `sink`: a line for everything it gets, and what it was in all.

use crate::app::sink::{SinkLine, Sunk};
use crate::model::moment::plural;

use super::answer::Answer;
use super::escape;
use super::page::Page;

impl Answer for Sunk {
    const SCHEMA: &'static str = "sealpost.sink/1";

    fn page(&self, page: &mut Page) {
        let over_tls = if self.over_tls == self.messages { "all".to_owned() } else { self.over_tls.to_string() };
        page.say(&format!(
            "{} over {}, {over_tls} of them with TLS; {} failed",
            plural(self.messages, "message"),
            plural(self.connections, "connection"),
            plural(self.failed_handshakes, "handshake"),
        ));
    }
}

/// One line with its end, as text or as JSON.
pub fn line(line: &SinkLine, json: bool) -> String {
    if json {
        return serde_json::to_string(line).unwrap_or_default() + "\n";
    }
    let text = match line {
        SinkLine::Listening { address, hostname, certificate: None, .. } => {
            format!("listening on {address} as {hostname}, without TLS")
        }
        SinkLine::Listening { address, hostname, certificate: Some(certificate), .. } => {
            format!("listening on {address} as {hostname}, certificate: {certificate}")
        }
        SinkLine::HandshakeFailed { connection, reason } => {
            format!("connection {connection}: handshake failed: {reason}")
        }
        SinkLine::Message(message) => {
            let tls =
                message.tls.as_ref().map_or("no TLS".to_owned(), |tls| format!("{} {}", tls.protocol, tls.cipher));
            let reply = message.reply.map_or("no reply".to_owned(), |code| code.to_string());
            format!(
                "connection {}: from <{}> to {}: {} octets, {tls}, sha256 {}, {reply}",
                message.connection,
                message.sender,
                message.recipients.iter().map(|to| format!("<{to}>")).collect::<Vec<_>>().join(" "),
                message.size,
                message.sha256.get(..16).unwrap_or_default(),
            )
        }
    };
    escape::terminal(&text).into_owned() + "\n"
}
