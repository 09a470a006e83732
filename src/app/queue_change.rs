//! `queue flush`, `hold`, `release` and `drop`: asked of the running engine, or done under the queue's own lock where none runs.
//!
//! Either way it is done portion by portion, so that a hundred thousand messages hold up nobody; whatever ends it half way has done
//! the portions before.

use crate::sys::library_error;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::deliver::control::{Answer, Ask};
use crate::deliver::mail_log::MailLog;
use crate::deliver::queue::{Administered, Deed, Queue, Selection, Span, Stats, View};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::operate::Home;
use crate::sys::clock::SystemClock;
use crate::sys::runtime;

use super::context::Context;
use super::engine;
use super::queue_select::{QueueWords, open, path, unreadable};
use super::serve::LOG;
use super::sink::no_runtime;

/// MIDs that are asked about at once.
const MIDS: usize = 2_000;

/// What shall be done to what.
#[derive(Debug, Clone)]
pub struct QueueChangeOrder {
    pub deed: Deed,
    pub which: QueueWords,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueueChanged {
    /// `held`, `released`, `flushed` or `dropped`.
    pub done: &'static str,
    /// Recipients that were selected.
    pub selected: u64,
    /// Of them, those that are different now.
    pub recipients: u64,
    /// Their messages.
    pub messages: u64,
    /// Of the selected ones, those that were held before.
    pub held_before: u64,
    /// Of those that are different, those that were just being tried: that attempt goes on to its end.
    pub delivering: u64,
    /// Those that are different, by domain; the most first.
    pub domains: Vec<ChangedDomain>,
    /// Senders were told: never, by any of these.
    pub senders_told: bool,
    /// The process of the engine that did it; absent when none ran, and the queue itself was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<u32>,
    /// Something narrower than the whole queue was meant.
    #[serde(skip)]
    pub is_narrowed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedDomain {
    pub domain: String,
    pub recipients: u64,
}

/// How much an order is about, before somebody is asked.
pub fn count(context: &Context, which: &QueueWords) -> Result<Stats, Diagnostics> {
    let selection = which.selection()?;
    let (home, view) = open(context)?;
    let counted = view.map_or(Ok(Stats::default()), |view| view.total(&selection));
    Ok(counted.map_err(|error| unreadable(&home, &error))?)
}

/// Does it.
pub fn change(context: &Context, order: &QueueChangeOrder) -> Result<Reply<QueueChanged>, Diagnostics> {
    let selection = order.which.selection()?;
    let is_narrowed = selection != Selection::all();
    let (home, view) = open(context)?;
    let (done, engine) = match engine::ask(home.path(), &Ask::Status)? {
        Some(Answer::Running(status)) => (asked(&home, order.deed, &selection)?, Some(status.process)),
        _ => (alone(&home, view.as_ref(), order.deed, selection)?, None),
    };
    let mut domains: Vec<_> =
        done.domains.into_iter().map(|(domain, recipients)| ChangedDomain { domain, recipients }).collect();
    domains.sort_by(|one, other| other.recipients.cmp(&one.recipients).then_with(|| one.domain.cmp(&other.domain)));
    let changed = QueueChanged {
        done: order.deed.past(),
        selected: done.selected,
        recipients: done.changed,
        messages: done.messages,
        held_before: done.held,
        delivering: done.underway,
        domains,
        senders_told: false,
        engine,
        is_narrowed,
    };
    Ok(Reply::new(changed.clone(), remarks(order.deed, &changed)))
}

/// What the numbers alone do not say.
fn remarks(deed: Deed, changed: &QueueChanged) -> Vec<Diagnostic> {
    let mut remarks = Vec::new();
    if deed == Deed::Flush && changed.held_before > 0 {
        let held = format!("{} of the selected recipients are held, and stay so", changed.held_before);
        remarks.push(Diagnostic::note("queue/held", held).help("sealpost queue release"));
    }
    if matches!(deed, Deed::Hold | Deed::Drop) && changed.delivering > 0 {
        let going = format!(
            "{} of them were just being tried: that attempt goes on, and may deliver them or tell their senders",
            changed.delivering
        );
        remarks.push(Diagnostic::note("queue/delivering", going));
    }
    if matches!(deed, Deed::Flush | Deed::Release) && changed.recipients > 0 && changed.engine.is_none() {
        remarks.push(super::queue_list::no_engine());
    }
    remarks
}

/// Through the running engine.
fn asked(home: &Home, deed: Deed, selection: &Selection) -> Result<Administered, Diagnostics> {
    let mut whole = Administered::default();
    for which in pieces(selection) {
        let mut span: Option<Span> = None;
        loop {
            let ask = Ask::Administer { deed, which: which.clone(), span };
            match engine::ask(home.path(), &ask).map_err(|error| half_way(error, deed, &whole))? {
                Some(Answer::Administered(done)) => whole.add(done),
                Some(Answer::Refused { reasons }) => {
                    let refused = Diagnostic::error("queue/refused", "the running engine cannot do this");
                    let refused = reasons.into_iter().fold(refused, Diagnostic::fact);
                    return Err(half_way(
                        refused.help("sealpost serve writes the mail log: log/mail.log"),
                        deed,
                        &whole,
                    )
                    .into());
                }
                _ => {
                    let gone = Diagnostic::error("queue/engine-gone", "the engine ended in the meantime");
                    return Err(half_way(gone.help("ask again"), deed, &whole).into());
                }
            }
            match whole.rest {
                Some(rest) => span = Some(rest),
                None => break,
            }
        }
    }
    Ok(whole)
}

/// The selection with so many MIDs at a time.
fn pieces(selection: &Selection) -> Vec<Selection> {
    match &selection.messages {
        Some(mids) if mids.len() > MIDS => {
            let piece = |mids: &[_]| Selection { messages: Some(mids.to_vec()), ..selection.clone() };
            mids.chunks(MIDS).map(piece).collect()
        }
        _ => vec![selection.clone()],
    }
}

/// No engine runs: opens the queue, which nobody else can have open then.
fn alone(home: &Home, view: Option<&View>, deed: Deed, selection: Selection) -> Result<Administered, Diagnostics> {
    if view.is_none() {
        return Ok(Administered::default());
    }
    let settings = home.running()?.configuration()?.log.clone();
    let (log, log_thread) = MailLog::open(&home.path().join(LOG), settings).map_err(|error| {
        Diagnostic::error("engine/log", "the mail log of this home cannot be written").fact(library_error::io(&error))
    })?;
    let runtime = runtime::threads().map_err(|error| no_runtime(&error))?;
    let (queue, _) = Queue::open(&path(home), Arc::new(SystemClock::new()), log.clone())
        .map_err(|error| unreadable(home, &error))?;
    let done = runtime.block_on(async {
        let mut whole = Administered::default();
        let mut ended = Ok(());
        for which in pieces(&selection) {
            match queue.administer_all(deed, which).await {
                Ok(done) => whole.add(done),
                Err(error) => {
                    let failed =
                        Diagnostic::error("queue/failed", "the queue cannot be changed").fact(error.to_string());
                    ended = Err(half_way(failed.help("check the disk: df, and the mail log"), deed, &whole));
                    break;
                }
            }
        }
        queue.close().await;
        ended.map(|()| whole)
    });
    drop((queue, log));
    drop(runtime);
    log_thread.join();
    Ok(done?)
}

/// What was done before it ended.
fn half_way(error: Diagnostic, deed: Deed, done: &Administered) -> Diagnostic {
    match done.changed {
        0 => error.fact("nothing was changed"),
        changed => {
            error.fact(format!("{changed} recipients of {} messages were {} before", done.messages, deed.past()))
        }
    }
}
