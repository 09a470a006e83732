//! `queue show`: one message with its recipients, what happened to them so far, and what it says.

use std::io::{Read, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::deliver::envelope::BodyType;
use crate::deliver::numbers::Mid;
use crate::deliver::queue::{Listed, QueueError, Queued, Stored};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::operate::Home;

use super::context::Context;
use super::queue_list::{Going, underway};
use super::queue_select::{open, unreadable};
use super::views::queued::QueuedMessage;
use crate::sys::library_error;

/// Octets of a header that are shown.
const HEADER_LIMIT: usize = 256 << 10;
/// Octets of a body that are shown; `--raw` has no limit.
const BODY_LIMIT: usize = 4 << 20;

/// What shall be shown.
#[derive(Debug, Clone)]
pub struct QueueShowOrder {
    pub mid: Mid,
    pub body: bool,
}

/// A message in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueueShown {
    #[serde(flatten)]
    pub message: QueuedMessage,
    /// Where the running revision sends mail for each of its domains.
    pub destinations: Vec<ShownDestination>,
    /// It declared 8-bit content (RFC 6152).
    pub eight_bit: bool,
    /// It declared UTF-8 in addresses or header fields (RFC 6531).
    pub smtputf8: bool,
    /// The sender's name for it (RFC 3461).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub envelope_id: Option<String>,
    /// Lines of the header, those that are folded in their parts. Octets that are no UTF-8 are U+FFFD.
    pub headers: Vec<String>,
    /// With `--body`: what stands behind the header, its line ends as LF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The message cannot be read, or not all of what was asked for is shown; why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
}

/// Where mail for a domain goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShownDestination {
    pub domain: String,
    /// The hosts of a route, or `MX`.
    pub goes_to: String,
    pub tls: &'static str,
}

/// Shows one message.
pub fn show(context: &Context, order: &QueueShowOrder) -> Result<Reply<QueueShown>, Diagnostics> {
    let (home, listed, stored) = find(context, order.mid)?;
    let configuration = home.running()?.configuration()?;
    let mut domains: Vec<_> = listed.recipients.iter().map(|row| row.domain.clone()).collect();
    domains.sort();
    domains.dedup();
    let destination = |domain| {
        let Going { to, tls } = Going::of(domain, &configuration);
        ShownDestination { domain: domain.to_string(), goes_to: to, tls }
    };
    let jobs = underway(&home).map(|(_, jobs)| jobs).unwrap_or_default();
    let message = &listed.message;
    let mut shown = QueueShown {
        destinations: domains.iter().map(destination).collect(),
        eight_bit: message.body == BodyType::EightBitMime,
        smtputf8: message.smtputf8,
        envelope_id: message.envid.as_ref().map(ToString::to_string),
        headers: Vec::new(),
        body: None,
        incomplete: None,
        message: QueuedMessage::of(&listed, context.now, |row| jobs.contains(&(message.mid, row.domain.clone()))),
    };
    match stored.and_then(|stored| beginning(stored, if order.body { BODY_LIMIT } else { HEADER_LIMIT })) {
        Ok(bytes) => shown.read(&bytes, message, order.body),
        Err(error) => shown.incomplete = Some(error.to_string()),
    }
    Ok(shown.into())
}

/// Writes a message as it will be sent, octet by octet.
pub fn raw(context: &Context, mid: Mid, out: &mut dyn Write) -> Result<std::io::Result<u64>, Diagnostics> {
    let (home, _, stored) = find(context, mid)?;
    match stored.map_err(|error| unreadable(&home, &error))? {
        Stored::Memory(bytes) => Ok(out.write_all(&bytes).map(|()| bytes.len() as u64)),
        Stored::File { mut file, .. } => Ok(std::io::copy(&mut file, out)),
    }
}

type Found = (Home, Listed, Result<Stored, QueueError>);

/// The message, and its content if that can be read.
fn find(context: &Context, mid: Mid) -> Result<Found, Diagnostics> {
    let (home, view) = open(context)?;
    let Some(view) = view else { return Err(unknown(mid).into()) };
    let message = || view.message(mid).map_err(|error| Diagnostics::from(unreadable(&home, &error)));
    let Some(listed) = message()? else { return Err(unknown(mid).into()) };
    let stored = view.read(&listed.message);
    // It may have been delivered between the two looks.
    if stored.is_err() && message()?.is_none() {
        return Err(unknown(mid).into());
    }
    Ok((home, listed, stored))
}

fn unknown(mid: Mid) -> Diagnostic {
    Diagnostic::error("queue/unknown", format!("no message {mid} is in the queue"))
        .fact("it was delivered, bounced or dropped, or was never accepted")
        .help(format!("sealpost log --mid {mid} tells what became of it"))
}

fn beginning(stored: Stored, limit: usize) -> Result<Vec<u8>, QueueError> {
    match stored {
        Stored::Memory(bytes) => Ok(bytes.get(..limit).unwrap_or(&bytes).to_vec()),
        Stored::File { file, .. } => {
            let mut bytes = Vec::new();
            let read = file.take(limit as u64).read_to_end(&mut bytes);
            let damage = |error: std::io::Error| crate::deliver::queue::Damage::Record(library_error::io(&error));
            read.map_err(damage)?;
            Ok(bytes)
        }
    }
}

impl QueueShown {
    fn read(&mut self, bytes: &[u8], message: &Queued, with_body: bool) {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let (header, body) = match end {
            Some(end) => (bytes.get(..end), bytes.get(end + 4..)),
            None => (Some(bytes), None),
        };
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).replace("\r\n", "\n");
        self.headers = text(header).lines().map(str::to_owned).collect();
        self.body = with_body.then(|| text(body));
        let shown_all = bytes.len() as u64 == message.size;
        if !shown_all && (with_body || end.is_none()) {
            let what = format!("of {} octets the first {} are shown; --raw gives all", message.size, bytes.len());
            self.incomplete = Some(what);
        }
    }
}
