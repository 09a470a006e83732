//! `queue list`: what waits, message by message, or how much waits for each domain.

use std::collections::HashSet;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;

use crate::deliver::control::{Answer, Ask};
use crate::deliver::envelope::MailDomain;
use crate::deliver::numbers::Mid;
use crate::deliver::queue::{ListedDomain, ListedRecipient, Selection, Trouble, View};
use crate::model::configuration::{Configuration, DomainKey, Route, Word};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::{Moment, rfc3339};
use crate::operate::Home;

use super::context::Context;
use super::engine;
use super::queue_select::{QueueWords, open, unreadable};
use super::views::queued::{QueuedMessage, QueuedState, seconds};

/// Messages that are looked up at once.
const PAGE: usize = 500;

/// What shall be listed.
#[derive(Debug, Clone)]
pub struct QueueListOrder {
    pub which: QueueWords,
    /// Domains in place of messages.
    pub by_domain: bool,
    /// Messages at most.
    pub limit: Option<usize>,
}

/// The answer. Messages are told one by one and not kept, so that a hundred thousand need no more memory than one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(transform = with_messages)]
pub struct QueueListed {
    /// In the order of their MIDs; empty with `--by-domain`. Written before everything else.
    #[serde(skip_serializing_if = "is_told_already")]
    #[schemars(with = "Vec<QueuedMessage>")]
    messages: PhantomData<QueuedMessage>,
    /// With `--by-domain`: those with the most recipients first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<QueuedDomain>>,
    pub total: QueueTotal,
    /// There was more than `--limit` allows; the MID after which it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_after: Option<Mid>,
    /// The process of the engine that delivers it; absent when none runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<u32>,
    /// Something narrower than the whole queue was asked for.
    #[serde(skip)]
    pub is_narrowed: bool,
}

/// How much was listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct QueueTotal {
    pub messages: u64,
    pub recipients: u64,
    /// Octets of the messages.
    pub bytes: u64,
    /// Recipients that were tried in vain, and are not held.
    pub deferred: u64,
    pub held: u64,
    /// Recipients that are being tried right now.
    pub delivering: u64,
}

/// What waits for one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueuedDomain {
    pub domain: String,
    pub messages: u64,
    pub recipients: u64,
    pub deferred: u64,
    pub held: u64,
    /// Octets of the messages.
    pub bytes: u64,
    /// When the oldest message came; RFC 3339, UTC.
    pub oldest: String,
    pub oldest_seconds: u64,
    /// RFC 3339, UTC; absent when all are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt: Option<String>,
    /// Until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_attempt: Option<String>,
    /// Where the running revision sends it: the hosts of a route, or `MX`.
    pub goes_to: String,
    /// The TLS setting of the running revision.
    pub tls: &'static str,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Trouble>,
}

/// Lists; messages are told while they are read. The list ends when `tell` says so.
pub fn list(
    context: &Context,
    order: &QueueListOrder,
    tell: &mut dyn FnMut(&QueuedMessage) -> bool,
) -> Result<Reply<QueueListed>, Diagnostics> {
    let which = order.which.selection()?;
    let (home, view) = open(context)?;
    let underway = underway(&home);
    let mut listed = QueueListed {
        messages: PhantomData,
        domains: None,
        total: QueueTotal::default(),
        more_after: None,
        engine: underway.as_ref().map(|(process, _)| *process),
        is_narrowed: which != Selection::all(),
    };
    let jobs = underway.map(|(_, jobs)| jobs).unwrap_or_default();
    if let Some(view) = view {
        let looked = match order.by_domain {
            true => by_domain(&home, &view, &which, context.now, &mut listed),
            false => {
                let mut listing = Listing { view: &view, jobs, now: context.now, limit: order.limit, tell };
                listing.run(&which, &mut listed).map_err(|error| unreadable(&home, &error).into())
            }
        };
        looked?;
    }
    let idle = listed.engine.is_none() && listed.total.messages > 0;
    Ok(Reply::new(listed, idle.then(no_engine).into_iter().collect()))
}

/// What is said where nobody delivers.
pub fn no_engine() -> Diagnostic {
    Diagnostic::note("queue/no-engine", "no engine runs for this home: nothing is delivered before one does")
        .help("sealpost serve")
}

/// The engine's process and the jobs that it has under way; `None` when no engine runs, or it does not answer: looking at the queue
/// needs none.
pub fn underway(home: &Home) -> Option<(u32, HashSet<(Mid, MailDomain)>)> {
    match engine::ask(home.path(), &Ask::UnderWay) {
        Ok(Some(Answer::UnderWay { process, jobs })) => Some((process, jobs.into_iter().collect())),
        _ => None,
    }
}

/// A listing of messages on its way.
struct Listing<'a> {
    view: &'a View,
    jobs: HashSet<(Mid, MailDomain)>,
    now: Moment,
    limit: Option<usize>,
    tell: &'a mut dyn FnMut(&QueuedMessage) -> bool,
}

impl Listing<'_> {
    fn run(&mut self, which: &Selection, listed: &mut QueueListed) -> Result<(), crate::deliver::queue::QueueError> {
        let mut after = Mid(0);
        let mut left = self.limit.unwrap_or(usize::MAX);
        loop {
            let page = self.view.list(which, after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            let (last, is_last) = (last.message.mid, page.len() < PAGE);
            for message in &page {
                if left == 0 {
                    listed.more_after = Some(after);
                    return Ok(());
                }
                left -= 1;
                after = message.message.mid;
                let is_underway = |row: &ListedRecipient| self.jobs.contains(&(after, row.domain.clone()));
                let message = QueuedMessage::of(message, self.now, is_underway);
                listed.total.add(&message);
                if !(self.tell)(&message) {
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
            after = last;
        }
    }
}

impl QueueTotal {
    fn add(&mut self, message: &QueuedMessage) {
        self.messages += 1;
        self.bytes += message.size;
        for recipient in &message.recipients {
            self.recipients += 1;
            match recipient.state {
                QueuedState::Queued => {}
                QueuedState::Deferred => self.deferred += 1,
                QueuedState::Held => self.held += 1,
                QueuedState::Delivering => self.delivering += 1,
            }
        }
    }
}

fn by_domain(
    home: &Home,
    view: &View,
    which: &Selection,
    now: Moment,
    listed: &mut QueueListed,
) -> Result<(), Diagnostics> {
    let configuration = home.running()?.configuration()?;
    let found = view.domains(which).map_err(|error| unreadable(home, &error))?;
    let total = view.total(which).map_err(|error| unreadable(home, &error))?;
    listed.total = QueueTotal { messages: total.messages, bytes: total.bytes, ..QueueTotal::default() };
    for domain in &found {
        listed.total.recipients += domain.recipients;
        listed.total.deferred += domain.deferred;
        listed.total.held += domain.held;
    }
    listed.domains = Some(found.into_iter().map(|domain| queued_domain(domain, &configuration, now)).collect());
    Ok(())
}

fn queued_domain(listed: ListedDomain, configuration: &Configuration, now: Moment) -> QueuedDomain {
    let going = Going::of(&listed.domain, configuration);
    QueuedDomain {
        domain: listed.domain.to_string(),
        messages: listed.messages,
        recipients: listed.recipients,
        deferred: listed.deferred,
        held: listed.held,
        bytes: listed.bytes,
        oldest: rfc3339(listed.oldest),
        oldest_seconds: seconds(listed.oldest, now),
        next_attempt: listed.due.map(|due| rfc3339(due.max(now))),
        next_seconds: listed.due.map(|due| seconds(now, due)),
        last_attempt: listed.tried.map(rfc3339),
        goes_to: going.to,
        tls: going.tls,
        reason: listed.trouble,
    }
}

/// Where the running revision sends mail for a domain, and how.
pub struct Going {
    /// The hosts of a route, or `MX`.
    pub to: String,
    pub tls: &'static str,
}

impl Going {
    pub fn of(domain: &MailDomain, configuration: &Configuration) -> Going {
        let route = |key: Option<&str>| {
            let is = |route: &&Route| route.domain.as_ref().map(DomainKey::to_string).as_deref() == key;
            configuration.routes.iter().find(is)
        };
        let own = domain.name().and_then(|name| DomainKey::covering(name).find_map(|key| route(Some(&key))));
        // An address literal says itself where it goes.
        let found = own.or_else(|| domain.name().and_then(|_| route(None)));
        let to = match (found, domain) {
            (Some(route), _) if route.targets.is_empty() => "bounced by its route".to_owned(),
            (Some(route), _) => route.targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            (None, MailDomain::Name(_)) => "MX".to_owned(),
            (None, MailDomain::Literal(address)) => address.to_string(),
        };
        Going { to, tls: configuration.destinations.controls(domain.name()).tls.word() }
    }
}

/// They are always there, though they are not written with the rest.
fn with_messages(schema: &mut schemars::Schema) {
    if let Some(serde_json::Value::Array(required)) = schema.get_mut("required") {
        required.push("messages".into());
    }
}

fn is_told_already(_: &PhantomData<QueuedMessage>) -> bool {
    true
}
