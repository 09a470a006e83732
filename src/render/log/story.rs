//! One message, from the connection it came on to its end.

use crate::deliver::tracking::{
    AttemptTrace, ConnectionTrace, Fate, MessageTrace, MissedTls, OutcomeTrace, TlsTrace, protocol,
};
use crate::model::moment::{from_rfc3339, plural};
use crate::render::page::{Page, Style};

use super::{local, recipients, style};

/// The verdict first, then what happened in the order of time.
pub(super) fn page(page: &mut Page, message: &MessageTrace) {
    let head = page.paint(Style::Strong, &format!("MID {}", message.mid));
    let sender = message.sender.as_ref().map_or_else(String::new, |sender| format!(" from <{sender}>"));
    let octets = message.octets.map_or_else(String::new, |octets| format!(", {octets} octets"));
    page.painted_line(&format!("{head}{}", Page::plain(&format!("{sender}{}{octets}", recipients(message)))));
    if let Some(message_id) = &message.message_id {
        page.line(&format!("  Message-ID {message_id}"));
    }
    let verdict = page.paint(style(message.state), &message.verdict);
    page.painted_line(&format!("  {verdict}"));
    page.line("");
    arrival(page, message);
    if message.attempts_left_out > 0 {
        page.line(&format!("{} before these", plural(message.attempts_left_out, "attempt")));
    }
    for attempt in &message.attempts {
        departure(page, message, attempt);
    }
    for report in &message.reports {
        page.line(&format!("MID {} tells the sender: {}", report.mid, report.action));
    }
    if let Some(finished) = message.finished {
        page.line(&format!("{}  done", local(finished)));
    }
}

/// Columns: time, direction, what.
fn row(page: &mut Page, time: &str, direction: &str, what: &str, style: Option<Style>) {
    let what = style.map_or_else(|| Page::plain(what), |style| page.paint(style, what));
    page.painted_line(format!("{time:19}  {direction:3}  {what}").trim_end());
}

fn arrival(page: &mut Page, message: &MessageTrace) {
    match (&message.incoming, &message.about) {
        (Some(incoming), _) => {
            let icid = incoming.icid.map_or_else(String::new, |icid| format!("ICID {icid} "));
            let (first, rest) = lines(incoming);
            row(page, &local(incoming.began), "in", &format!("{icid}{first}"), None);
            rest.iter().for_each(|(what, style)| row(page, "", "", what, Some(*style)));
        }
        (None, Some(about)) => {
            let what = format!("written here to report on MID {}: {}", about.mid, about.action);
            row(page, &local(message.began), "in", &what, None);
        }
        (None, None) => {}
    }
    for rejected in &message.rejected {
        row(page, "", "", &format!("refused <{}>: {}", rejected.address, rejected.reply), Some(Style::Warning));
    }
    if let Some(aborted) = &message.aborted {
        row(page, "", "", &format!("not taken: {aborted}"), Some(Style::Error));
    }
    if let Some(queued) = message.queued {
        row(page, &local(queued), "", "queued", None);
    }
}

fn departure(page: &mut Page, message: &MessageTrace, attempt: &AttemptTrace) {
    let mut time = local(attempt.time);
    if let Some(connection) = &attempt.connection {
        let dcid = connection.dcid.map_or_else(String::new, |dcid| format!("DCID {dcid} "));
        let (first, rest) = lines(connection);
        let again = if attempt.reused { ", used again" } else { "" };
        row(page, &time, "out", &format!("{dcid}{first}{again}"), None);
        rest.iter().for_each(|(what, style)| row(page, "", "", what, Some(*style)));
        time.clear();
    }
    for outcome in &attempt.outcomes {
        let direction = if time.is_empty() { "" } else { "out" };
        let (what, style) = ended(message, outcome);
        row(page, &time, direction, &what, Some(style));
        time.clear();
    }
}

fn ended(message: &MessageTrace, outcome: &OutcomeTrace) -> (String, Style) {
    let whom = whom(message, outcome);
    let status = outcome.status.as_ref().map_or_else(String::new, |status| format!("{status} "));
    match outcome.fate {
        Fate::Delivered => (format!("delivered{whom}: {}", outcome.words), Style::Good),
        Fate::Bounced => (format!("given up{whom}: {status}{}", outcome.words), Style::Error),
        Fate::Held | Fate::Dropped => (format!("{}{whom}", outcome.words), Style::Warning),
        Fate::Delayed if outcome.status.is_none() => (format!("{}{whom}", outcome.words), Style::Faint),
        Fate::Delayed => {
            let next =
                outcome.next.as_deref().and_then(from_rfc3339).map(|next| next.to_offset(message.began.offset()));
            let next = next.map_or_else(String::new, |next| format!(", again at {}", local(next)));
            (format!("put off{whom}{next}: {status}{}", outcome.words), Style::Warning)
        }
    }
}

/// Nothing when it is about all of them.
fn whom(message: &MessageTrace, outcome: &OutcomeTrace) -> String {
    if outcome.rids.len() >= message.recipients.len() && message.recipients.iter().all(|to| to.address.is_some()) {
        return String::new();
    }
    let named: Vec<String> = outcome
        .rids
        .iter()
        .take(3)
        .map(|rid| {
            let known = message.recipients.iter().find(|to| to.rid == *rid).and_then(|to| to.address.as_ref());
            known.map_or_else(|| format!("RID {rid}"), |address| format!("<{address}>"))
        })
        .collect();
    match outcome.rids.len() - named.len() {
        0 => format!(" for {}", named.join(", ")),
        more => format!(" for {} and {more} more", named.join(", ")),
    }
}

/// Everything about a connection, a line each.
pub(super) fn about(connection: &ConnectionTrace) -> Vec<(String, Style)> {
    let (first, rest) = lines(connection);
    std::iter::once((first, Style::Faint)).chain(rest).collect()
}

/// Who it is, and what came of it.
fn lines(connection: &ConnectionTrace) -> (String, Vec<(String, Style)>) {
    let mut rest = Vec::new();
    if let Some(tls) = &connection.tls {
        rest.push(agreed(tls));
        if let Some(ptr) = &tls.ptr_match {
            rest.push((appliance(ptr), Style::Note));
        }
    }
    if let Some(missed) = &connection.tls_missed {
        rest.push(not_reached(missed));
        if let Some(ptr) = &missed.ptr_match {
            rest.push((appliance(ptr), Style::Note));
        }
    }
    // Where TLS is the trouble, it has been told.
    if let (Some(error), None) = (&connection.error, &connection.tls_missed) {
        rest.push((format!("no mail went over it: {error}"), Style::Error));
    }
    if connection.icid.is_some() && connection.tls.is_none() && connection.tls_missed.is_none() {
        rest.push(("no TLS: clear text".to_owned(), Style::Warning));
    }
    rest.extend(connection.remarks.iter().map(|remark| (remark.clone(), Style::Warning)));
    let first = if connection.icid.is_some() { from(connection) } else { to(connection) };
    (first, rest)
}

fn from(connection: &ConnectionTrace) -> String {
    let address = connection.address.map_or_else(|| "?".to_owned(), |address| address.to_string());
    let name = match (&connection.host, connection.host_verified) {
        (Some(host), Some(true)) => format!(" ({host})"),
        (Some(host), _) => format!(" ({host}, not verified)"),
        (None, _) => String::new(),
    };
    let mut text = format!("from {address}{name}");
    if let Some(listener) = &connection.listener {
        text += &format!(" to listener {listener}");
    }
    if let (Some(action), Some(group)) = (&connection.action, &connection.group) {
        text += &format!(", {action} by group {group}");
    }
    text
}

fn to(connection: &ConnectionTrace) -> String {
    let address = connection.address.map_or_else(|| "?".to_owned(), |address| address.to_string());
    let port = connection.port.map_or_else(String::new, |port| format!(" port {port}"));
    match &connection.host {
        Some(host) if host.trim_matches(['[', ']']) != address => format!("to {host} ({address}{port})"),
        _ => format!("to {address}{port}"),
    }
}

fn agreed(tls: &TlsTrace) -> (String, Style) {
    let text = format!("{}, {}", protocol(&tls.protocol), tls.cipher);
    let client = match tls.client.as_deref() {
        None => String::new(),
        Some("none") => ", no client certificate".to_owned(),
        Some(sha256) => format!(", client certificate {}", sha256.get(..16).unwrap_or(sha256)),
    };
    let source = tls.source.as_ref().map_or_else(String::new, |source| format!(" (from {source})"));
    match (tls.verify.as_deref(), &tls.matched) {
        (Some("ok" | "hosted-ok"), Some(name)) => (format!("{text}{client}, verified as {name}{source}"), Style::Good),
        (Some("ok"), None) => (format!("{text}{client}, verified"), Style::Good),
        (Some(verify), _) => {
            let reason = tls.reason.as_deref().or(tls.code.as_deref()).unwrap_or(verify);
            (format!("{text}{client}, not verified: {reason}"), Style::Warning)
        }
        (None, _) => (format!("{text}{client}"), Style::Good),
    }
}

fn not_reached(missed: &MissedTls) -> (String, Style) {
    let code = missed.code.as_ref().map_or_else(String::new, |code| format!(" [{code}]"));
    match &missed.required {
        Some(required) => {
            (format!("TLS not reached, nothing was sent ({required}): {}{code}", missed.reason), Style::Error)
        }
        None => (format!("TLS not reached: {}{code}", missed.reason), Style::Warning),
    }
}

fn appliance(ptr: &str) -> String {
    format!("the appliance would have accepted it by {ptr}, the name that the peer's address resolves to (PTR)")
}
