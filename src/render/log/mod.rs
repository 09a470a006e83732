//! `log`: the story of one message, a list of messages, a connection, or what went wrong.

mod failures;
mod story;

use crate::app::log::Logged;
use crate::deliver::tracking::{ConnectionTrace, MessageTrace, State};
use crate::model::moment::{Moment, plural};

use super::answer::{Answer, Exit};
use super::page::{Page, Style};

impl Answer for Logged {
    const SCHEMA: &'static str = "sealpost.log/1";

    fn page(&self, page: &mut Page) {
        if self.is_about_failures {
            return failures::page(page, self);
        }
        if let Some(connection) = &self.connection {
            alone(page, connection);
        }
        match self.messages.as_slice() {
            [message] if self.is_about_one => story::page(page, message),
            messages => messages.iter().for_each(|message| in_a_list(page, message)),
        }
        match (self.found, self.left_out) {
            (false, _) => page.say(&format!("nothing was found in {}", plural(self.lines, "line"))),
            (true, 0) => {}
            (true, left_out) => {
                page.say(&format!("{} before these: --limit shows more", plural(left_out, "message")));
            }
        }
        if let ([first, ..], false) = (self.messages.as_slice(), self.is_about_one) {
            page.next(&format!("sealpost log --mid {}", first.mid));
        }
    }

    fn exit(&self) -> Exit {
        // Whoever asks what failed hopes for nothing.
        if self.found == self.is_about_failures { Exit::No } else { Exit::Done }
    }
}

/// Two lines for a message.
fn in_a_list(page: &mut Page, message: &MessageTrace) {
    let sender = message.sender.as_ref().map_or_else(String::new, |sender| format!(" from <{sender}>"));
    let head = page.paint(Style::Strong, &format!("MID {}", message.mid));
    let rest = format!("  {}{sender}{}", local(message.began), recipients(message));
    page.painted_line(&format!("{head}{}", Page::plain(&rest)));
    let verdict = page.paint(style(message.state), &message.verdict);
    page.painted_line(&format!("  {verdict}"));
}

/// ` to <a@example.com>, <b@example.com> and 3 more`.
fn recipients(message: &MessageTrace) -> String {
    const NAMED: usize = 3;
    let known: Vec<String> = message
        .recipients
        .iter()
        .filter_map(|recipient| recipient.address.as_ref())
        .map(|address| format!("<{address}>"))
        .collect();
    match (known.len(), known.get(..NAMED)) {
        (0, _) => String::new(),
        (count, Some(first)) if count > NAMED => format!(" to {} and {} more", first.join(", "), count - NAMED),
        _ => format!(" to {}", known.join(", ")),
    }
}

fn style(state: State) -> Style {
    match state {
        State::Delivered => Style::Good,
        State::Queued | State::Arriving => Style::Warning,
        State::NotTaken | State::Bounced | State::Dropped | State::PartlyDelivered => Style::Error,
    }
}

fn alone(page: &mut Page, connection: &ConnectionTrace) {
    let head = match (connection.icid, connection.dcid) {
        (Some(icid), _) => format!("ICID {icid}"),
        (_, Some(dcid)) => format!("DCID {dcid}"),
        (None, None) => String::new(),
    };
    let head = page.paint(Style::Strong, &head);
    page.painted_line(&format!("{head}  {}", Page::plain(&local(connection.began))));
    for (what, style) in story::about(connection) {
        let what = page.paint(style, &what);
        page.painted_line(&format!("  {what}"));
    }
    let end = match (connection.closed, connection.lost) {
        (Some(closed), true) => format!("the peer went away; closed {}", local(closed)),
        (Some(closed), false) => format!("closed {}", local(closed)),
        (None, true) => "the peer went away".to_owned(),
        (None, false) => "no line tells its end".to_owned(),
    };
    page.line(&format!("  {end}"));
}

/// `2026-03-06 09:05:03`, as clocks showed it where the log was written.
fn local(moment: Moment) -> String {
    let (date, time) = (moment.date(), moment.time());
    format!("{date} {:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}
