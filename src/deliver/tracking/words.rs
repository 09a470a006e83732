//! The verdict on a message, in one sentence: how it came in, and what became of it for each destination.

use std::collections::HashSet;
use std::fmt::Write;

use super::message::{Fate, MessageTrace, OutcomeTrace, RecipientTrace, State, Travel};

/// Destinations that a verdict names.
const NAMED: usize = 5;

/// `in over TLS 1.3; out to example.com over TLS 1.3, verified (hosted, mx1.example.net)`.
pub(super) fn verdict(message: &MessageTrace) -> String {
    let mut text = came(message);
    if message.state == State::NotTaken {
        let _ = write!(text, "; not taken: {}", message.aborted.as_deref().unwrap_or("no reason is known"));
        return text;
    }
    if message.state == State::Arriving {
        text.push_str("; the logs do not tell what became of it");
        return text;
    }
    let mut seen = HashSet::new();
    let ends = message.recipients.iter().map(|recipient| end(message, recipient));
    let ends: Vec<String> = ends.filter(|end| seen.insert(end.clone())).collect();
    let more = ends.len().saturating_sub(NAMED);
    for end in ends.iter().take(NAMED) {
        let _ = write!(text, "; {end}");
    }
    if more > 0 {
        let _ = write!(text, "; and {more} more");
    }
    text
}

fn came(message: &MessageTrace) -> String {
    match (&message.incoming, &message.about) {
        (_, Some(about)) => format!("written here to report on MID {}", about.mid),
        (Some(incoming), None) => match &incoming.tls {
            Some(tls) => format!("in over {}", protocol(&tls.protocol)),
            None => "in as clear text".to_owned(),
        },
        (None, None) => "how it came in is not in these logs".to_owned(),
    }
}

fn end(message: &MessageTrace, recipient: &RecipientTrace) -> String {
    let domain = recipient
        .address
        .as_deref()
        .and_then(|address| address.rsplit_once('@').map(|(_, domain)| domain))
        .or_else(|| recipient.last.as_ref().and_then(|last| last.domain.as_deref()))
        .unwrap_or("its destination");
    match &recipient.last {
        None => match message.finished {
            Some(_) => format!("gone from the queue without a word about {domain}"),
            None => format!("queued for {domain}, not tried yet"),
        },
        Some(last) => match last.fate {
            Fate::Delivered => format!("out to {domain} {}", travel(last.travelled.as_ref())),
            Fate::Bounced => format!("bounced for {domain}: {}", last.words),
            Fate::Delayed => waiting(domain, last),
            Fate::Held => format!("queued for {domain}: {}", last.words),
            Fate::Dropped => format!("not sent to {domain}: {}", last.words),
        },
    }
}

fn waiting(domain: &str, last: &OutcomeTrace) -> String {
    match &last.next {
        Some(next) => format!("queued for {domain} until {next}: {}", last.words),
        None => format!("queued for {domain}: {}", last.words),
    }
}

/// How it travelled.
fn travel(travel: Option<&Travel>) -> String {
    let Some(travel) = travel else { return "in a way that the logs do not tell".to_owned() };
    let Some(tls) = &travel.protocol else {
        return match travel.reason.as_ref().or(travel.code.as_ref()) {
            Some(reason) => format!("as clear text: {reason}"),
            None => "as clear text".to_owned(),
        };
    };
    let tls = protocol(tls);
    let matched = travel.matched.as_deref().unwrap_or("?");
    match travel.verify.as_deref() {
        Some("hosted-ok") => format!("over {tls}, verified (hosted, {matched})"),
        Some("ok") => format!("over {tls}, verified ({matched})"),
        Some(_) => {
            let reason = travel.reason.as_deref().or(travel.code.as_deref()).unwrap_or("no reason is known");
            format!("over {tls}, not verified: {reason}")
        }
        None => format!("over {tls}, the peer's certificate not checked"),
    }
}

/// `TLSv1.3` as people write it.
pub fn protocol(word: &str) -> String {
    word.replace("TLSv", "TLS ")
}
