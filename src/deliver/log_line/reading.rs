//! A line of the log as the event it was written for.

use std::net::IpAddr;
use std::str::FromStr;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::escaping::unescaped;
use super::heads::head;
use super::{Connection, Details, Event, Level, LogLine, Word};
use crate::deliver::numbers::{Dcid, Icid, Mid, Rid};
use crate::model::configuration::{Action, Word as _};
use crate::model::moment::{self, Moment};
use crate::sys::time_zone::TimeZone;

/// No line that this program writes: cut, or another program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no line of the mail log")]
pub struct NotOurs;

/// Understands the times of lines, which are local. Lines come in order, which tells the two halves of the hour that comes twice apart.
#[derive(Debug, Clone)]
pub struct LineClock {
    zone: TimeZone,
    last: Option<(String, Moment)>,
}

/// Lines are written in the order of their times, but for this much.
const DISORDER: time::Duration = time::Duration::minutes(1);

impl LineClock {
    pub fn new(zone: TimeZone) -> LineClock {
        LineClock { zone, last: None }
    }

    /// `Fri Mar  6 09:05:03 2026`, with the local offset of that moment.
    fn read(&mut self, text: &str) -> Option<Moment> {
        if let Some((known, moment)) = &self.last
            && known == text
        {
            return Some(*moment);
        }
        let moments = self.zone.moments(wall(text)?);
        let last = self.last.as_ref().map(|(_, moment)| *moment - DISORDER);
        let in_order = moments.iter().flatten().find(|moment| last.is_none_or(|last| **moment >= last));
        let moment = *in_order.or(moments.first()?.as_ref())?;
        self.last = Some((text.to_owned(), moment));
        Some(moment)
    }
}

fn wall(text: &str) -> Option<PrimitiveDateTime> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |from: usize, to: usize| text.get(from..to)?.trim_start().parse::<u16>().ok();
    let small = |from: usize, to: usize| u8::try_from(number(from, to)?).ok();
    let month = MONTHS.iter().position(|month| Some(*month) == text.get(4..7))?;
    let month = Month::try_from(u8::try_from(month + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(number(20, 24)?.into(), month, small(8, 10)?).ok()?;
    let time = Time::from_hms(small(11, 13)?, small(14, 16)?, small(17, 19)?).ok()?;
    Some(PrimitiveDateTime::new(date, time))
}

impl LogLine {
    /// Reads a line of the text log, without its line end.
    pub fn parse(line: &[u8], clock: &mut LineClock) -> Result<LogLine, NotOurs> {
        let head = head(line).ok_or(NotOurs)?;
        let line = std::str::from_utf8(line).map_err(|_| NotOurs)?;
        let (time, text) = (line.get(..24).ok_or(NotOurs)?, line.get(head.text..).ok_or(NotOurs)?);
        let event = event(head.level, text).ok_or(NotOurs)?;
        Ok(LogLine { time: clock.read(time).ok_or(NotOurs)?, event })
    }

    /// Reads a line of the JSON log.
    pub fn parse_json(line: &[u8]) -> Result<LogLine, NotOurs> {
        #[derive(serde::Deserialize)]
        struct Line {
            time: String,
            level: Level,
            #[serde(flatten)]
            event: Event,
        }
        let Line { time, level, mut event } = serde_json::from_slice(line).map_err(|_| NotOurs)?;
        if let Event::Engine { level: own, .. } = &mut event {
            *own = level;
        }
        let time: OffsetDateTime = moment::from_rfc3339(&time).ok_or(NotOurs)?;
        Ok(LogLine { time, event })
    }
}

fn event(level: Level, text: &str) -> Option<Event> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match first {
        "New" => opened(rest),
        "ICID" => of_incoming(rest),
        "DCID" => of_outgoing(rest),
        "MID" => of_message(rest),
        "Start" => {
            let (mid, icid) = rest.strip_prefix("MID ")?.split_once(" ICID ")?;
            Some(Event::Start { mid: read(mid)?, icid: read(icid)? })
        }
        "Delivery" => {
            let (dcid, rest) = number(rest.strip_prefix("start DCID ")?)?;
            let (mid, rids) = rest.strip_prefix("MID ")?.split_once(" to RID ")?;
            Some(Event::DeliveryStart { dcid, mid: read(mid)?, rids: list(rids)? })
        }
        "Message" => message(rest),
        "Delayed:" | "Bounced:" => undelivered(first, rest),
        "Connection" => connection_error(rest),
        _ => {
            let (text, details) = Details::split(text)?;
            Some(Event::Engine { level, text: plain(text)?, details })
        }
    }
}

fn opened(text: &str) -> Option<Event> {
    let (text, mut details) = Details::split(text.strip_prefix("SMTP ")?)?;
    if let Some(rest) = text.strip_prefix("DCID ") {
        let (dcid, rest) = number(rest)?;
        let (interface, rest) = rest.strip_prefix("interface ")?.split_once(" address ")?;
        let (address, port) = rest.split_once(" port ")?;
        let (interface, address, port) = (read(interface)?, read(address)?, read(port)?);
        let mid = read(&details.take("mid")?)?;
        return Some(Event::NewOutgoing { dcid, mid, interface, address, port, details });
    }
    let (icid, rest) = number(text.strip_prefix("ICID ")?)?;
    let (rest, verified) = rest.strip_prefix("interface ")?.rsplit_once(" verified ")?;
    let (rest, host) = rest.rsplit_once(" reverse dns host ")?;
    let (rest, address) = rest.rsplit_once(") address ")?;
    let (interface, local) = rest.rsplit_once(" (")?;
    let verified = matches!(verified, "yes").then_some(true).or(matches!(verified, "no").then_some(false))?;
    let reverse = (host != "unknown").then(|| plain(host));
    Some(Event::NewIncoming {
        icid,
        interface: plain(interface)?,
        local: read(local)?,
        address: read(address)?,
        reverse: reverse.map_or(Some(None), |host| host.map(Some))?,
        verified,
        details,
    })
}

fn of_incoming(text: &str) -> Option<Event> {
    let (icid, rest) = number::<Icid>(text)?;
    if let Some(rest) = rest.strip_prefix("Receiving Failed: ") {
        let (reason, mut details) = Details::split(rest)?;
        let reply = details.take("reply").unwrap_or_default();
        return Some(Event::ReceivingFailed { icid, reason: plain(reason)?, reply });
    }
    let action = rest.split(' ').next().filter(|word| Action::from_word(word).is_some());
    if let Some(action) = action {
        let rest = rest.strip_prefix(action)?.strip_prefix(" SG ")?.strip_suffix(" SBRS none")?;
        let (group, matched) = rest.rsplit_once(" match ")?;
        let action = Word::Owned(action.to_owned());
        return Some(Event::Policy { icid, action, group: plain(group)?, matched: plain(matched)? });
    }
    of_connection(icid.into(), rest)
}

fn of_outgoing(text: &str) -> Option<Event> {
    let (dcid, rest) = number::<Dcid>(text)?;
    if let Some(rest) = rest.strip_prefix("STARTTLS command not supported.") {
        let ("", details) = Details::split(rest)? else { return None };
        return Some(Event::TlsUnsupported { dcid, details });
    }
    if let Some(rest) = rest.strip_prefix("TLS required and not reached: ") {
        let (reason, mut details) = Details::split(rest)?;
        let mut named = |key| details.take(key);
        let (domain, required, code) = (named("domain")?, named("required")?, named("code")?);
        let result = named("result");
        return Some(Event::TlsRequired { dcid, domain, required, code, result, reason: plain(reason)? });
    }
    if let Some(rest) = rest.strip_prefix("legacy peer: ") {
        let (reason, mut details) = Details::split(rest)?;
        let mut named = |key| details.take(key);
        let (domain, host, code) = (named("domain")?, named("host")?, named("code")?);
        let address = read(&named("address")?)?;
        return Some(Event::LegacyPeer { dcid, domain, host, address, code, reason: plain(reason)? });
    }
    if rest.starts_with("TLS downgrade: ") {
        let (_, mut details) = Details::split(rest)?;
        let mut named = |key| details.take(key);
        let (domain, host) = (named("domain")?, named("host")?);
        let (address, last_seen) = (read(&named("address")?)?, named("last_seen")?);
        return Some(Event::Downgrade { dcid, domain, host, address, last_seen });
    }
    of_connection(dcid.into(), rest)
}

fn of_connection(connection: Connection, text: &str) -> Option<Event> {
    match text {
        "lost" => return Some(Event::Lost { connection }),
        "close" => return Some(Event::Close { connection }),
        _ => {}
    }
    if let Some(rest) = text.strip_prefix("TLS failed: ") {
        let (reason, details) = Details::split(rest)?;
        return Some(Event::TlsFailed { connection, reason: plain(reason)?, details });
    }
    let (agreed, details) = Details::split(text.strip_prefix("TLS success protocol ")?)?;
    let (protocol, cipher) = agreed.split_once(" cipher ")?;
    let word = |word: &str| (!word.is_empty() && !word.contains(' ')).then(|| Word::Owned(word.to_owned()));
    Some(Event::TlsSuccess { connection, protocol: word(protocol)?, cipher: word(cipher)?, details })
}

fn of_message(text: &str) -> Option<Event> {
    let (mid, rest) = number::<Mid>(text)?;
    if let Some(rest) = rest.strip_prefix("ICID ") {
        let (icid, rest) = number(rest)?;
        return of_transaction(mid, icid, rest);
    }
    if let Some(rest) = rest.strip_prefix("RID ") {
        let (rids, said) = rest.split_at_checked(rest.find(']')? + 1)?;
        if let Some(deed) = said.strip_suffix(" by an operator").and_then(|said| said.strip_prefix(' ')) {
            return Some(Event::Administered { mid, rids: list(rids)?, deed: Word::Owned(deed.to_owned()) });
        }
        let reply = said.strip_prefix(" Response '")?;
        return Some(Event::Response { mid, rids: list(rids)?, reply: plain(reply.strip_suffix('\'')?)? });
    }
    if let Some(rest) = rest.strip_prefix("Message-ID '") {
        return Some(Event::MessageId { mid, message_id: plain(rest.strip_suffix('\'')?)? });
    }
    if let Some(rest) = rest.strip_prefix("ready ") {
        let (octets, sender) = rest.split_once(" bytes from <")?;
        return Some(Event::Ready { mid, octets: read(octets)?, sender: plain(sender.strip_suffix('>')?)? });
    }
    if let Some(rest) = rest.strip_prefix("was generated for MID ") {
        let (of, action) = rest.split_once(" to report: ")?;
        return Some(Event::Generated { mid, of: read(of)?, action: Word::Owned(action.to_owned()) });
    }
    (rest == "queued for delivery").then_some(Event::Queued { mid })
}

fn of_transaction(mid: Mid, icid: Icid, text: &str) -> Option<Event> {
    if let Some(rest) = text.strip_prefix("From: <") {
        let (sender, details) = Details::split(rest)?;
        return Some(Event::From { mid, icid, sender: plain(sender.strip_suffix('>')?)?, details });
    }
    if let Some(rest) = text.strip_prefix("RID ") {
        let (rid, recipient) = rest.split_once(" To: <")?;
        return Some(Event::To { mid, icid, rid: read(rid)?, recipient: plain(recipient.strip_suffix('>')?)? });
    }
    let (recipient, mut details) = Details::split(text.strip_prefix("To: <")?)?;
    let reply = details.take("reply")?;
    Some(Event::Rejected { mid, icid, recipient: plain(recipient.strip_suffix("> Rejected")?)?, reply })
}

fn message(text: &str) -> Option<Event> {
    if let Some(rest) = text.strip_prefix("done DCID ") {
        let (dcid, rest) = number(rest)?;
        let (rest, details) = Details::split(rest)?;
        let (mid, rids) = rest.strip_prefix("MID ")?.split_once(" to RID ")?;
        return Some(Event::DeliveryDone { dcid, mid: read(mid)?, rids: list(rids)?, details });
    }
    if let Some(rest) = text.strip_prefix("aborted MID ") {
        let (mid, reason) = rest.split_once(' ')?;
        return Some(Event::Aborted { mid: read(mid)?, reason: plain(reason)? });
    }
    let mid = text.strip_prefix("finished MID ")?.strip_suffix(" done")?;
    Some(Event::Finished { mid: read(mid)? })
}

fn undelivered(first: &str, text: &str) -> Option<Event> {
    let (dcid, rest) = match text.strip_prefix("DCID ") {
        Some(rest) => number(rest).map(|(dcid, rest)| (Some(dcid), rest))?,
        None => (None, text),
    };
    let (rest, details) = Details::split(rest)?;
    let (mid, rest) = number(rest.strip_prefix("MID ")?)?;
    let mut parts = rest.strip_prefix("to RID ")?.splitn(3, " - ");
    let (rids, code, reason) = (list(parts.next()?)?, parts.next()?.to_owned(), plain(parts.next()?)?);
    Some(match first {
        "Delayed:" => Event::Delayed { dcid, mid, rids, code, reason, details },
        _ => Event::Bounced { dcid, mid, rids, code, reason, details },
    })
}

fn connection_error(text: &str) -> Option<Event> {
    let (dcid, rest) = number(text.strip_prefix("Error: DCID ")?)?;
    let (rest, mut details) = Details::split(rest)?;
    let (domain, rest) = rest.strip_prefix("domain: ")?.split_once(" IP:")?;
    let (address, rest) = rest.split_once(" port: ")?;
    let (port, rest) = rest.split_once(" details: ")?;
    // What the peer said may look like what follows it.
    let (rest, reason) = rest.rsplit_once(" reason: ")?;
    let (detail, interface) = rest.rsplit_once(" interface: ")?;
    let known = |text: &str| if text == "None" { Some(None) } else { read::<IpAddr>(text).map(Some) };
    Some(Event::ConnectionError {
        dcid,
        mid: read(&details.take("mid")?)?,
        domain: plain(domain)?,
        address: known(address)?,
        port: read(port)?,
        detail: plain(detail)?,
        interface: known(interface)?,
        reason: plain(reason)?,
        details,
    })
}

fn plain(text: &str) -> Option<String> {
    unescaped(text).map(std::borrow::Cow::into_owned)
}

fn read<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// A number at the front, the space behind it, and the rest.
fn number<T: FromStr>(text: &str) -> Option<(T, &str)> {
    let (number, rest) = text.split_once(' ').unwrap_or((text, ""));
    Some((read(number)?, rest))
}

/// `[0, 1]`
fn list(text: &str) -> Option<Vec<Rid>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    if inner.is_empty() { Some(Vec::new()) } else { inner.split(", ").map(read).collect() }
}
