//! Which messages a command of the queue is about, from words to a selection, and the queue itself.

use std::path::PathBuf;

use crate::deliver::numbers::Mid;
use crate::deliver::queue::{QueueError, Selection, Standing, View};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::place::Place;
use crate::operate::Home;
use crate::sys::files::LockError;
use crate::sys::input;

use super::context::Context;
use super::home;

/// Its name in the home.
pub const QUEUE: &str = "queue";
/// Octets of a list of MIDs.
const LIST_LIMIT: u64 = 64 << 20;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct QueueWords {
    /// MIDs, or `-` for a list on standard input; empty for any.
    pub mids: Vec<String>,
    pub domain: Option<String>,
    pub sender: Option<String>,
    pub held: bool,
    pub deferred: bool,
    pub all: bool,
}

impl QueueWords {
    /// Nothing was said.
    pub fn is_empty(&self) -> bool {
        let QueueWords { mids, domain, sender, held, deferred, all } = self;
        mids.is_empty() && domain.is_none() && sender.is_none() && !held && !deferred && !all
    }

    /// What they mean. All mistakes at once.
    pub fn selection(&self) -> Result<Selection, Diagnostics> {
        let mut wrong = Vec::new();
        let mut told = |result: Result<(), Diagnostic>| wrong.extend(result.err());
        let mut selection = Selection::all();
        if !self.mids.is_empty() {
            told(mids(&self.mids).map(|mids| selection.messages = Some(mids)));
        }
        if let Some(text) = &self.domain {
            told(text.parse().map(|domain| selection.domain = Some(domain)).map_err(|error| {
                let what = format!("`{text}` is no domain");
                Diagnostic::error("queue/domain", what).fact(format!("{error}")).help("--domain example.com")
            }));
        }
        if let Some(text) = &self.sender {
            told(text.parse().map(|sender| selection.sender = Some(sender)).map_err(|error| {
                Diagnostic::error("queue/sender", format!("`{text}` is no sender"))
                    .fact(format!("{error}"))
                    .help("--sender user@example.com, --sender @example.com for a domain, --sender '<>' for reports")
            }));
        }
        selection.standing = match (self.held, self.deferred) {
            (true, _) => Some(Standing::Held),
            (_, true) => Some(Standing::Deferred),
            _ => None,
        };
        match Diagnostics::if_errors(wrong) {
            None => Ok(selection),
            Some(wrong) => Err(wrong.with_fact("nothing was changed")),
        }
    }
}

/// MIDs from the command line, and from standard input where a `-` stands: in order, each once.
fn mids(words: &[String]) -> Result<Vec<Mid>, Diagnostic> {
    let mut mids = Vec::new();
    for word in words {
        match word.as_str() {
            "-" => {
                let read = input::read("-", LIST_LIMIT).map_err(|error| {
                    Diagnostic::error("input/unreadable", "the list of MIDs cannot be read")
                        .at_what(Place::file("-"), error.to_string())
                })?;
                let text = String::from_utf8_lossy(&read.bytes);
                for word in text.split_whitespace() {
                    mids.push(mid(word)?);
                }
            }
            word => mids.push(mid(word)?),
        }
    }
    mids.sort_unstable();
    mids.dedup();
    Ok(mids)
}

fn mid(word: &str) -> Result<Mid, Diagnostic> {
    word.parse().map_err(|_| {
        let shown: String = word.chars().take(64).collect();
        Diagnostic::error("queue/mid", format!("`{shown}` is no MID"))
            .fact("a MID is a number, as `queue list` and the mail log show it")
            .help("sealpost queue list")
    })
}

/// The home, and its queue to look at; `None` when no engine has ever made one. From here on this is the home's owner, so that
/// nothing that looking leaves behind belongs to root.
pub fn open(context: &Context) -> Result<(Home, Option<View>), Diagnostics> {
    let home = home::open(context)?;
    home.become_owner()?;
    let path = path(&home);
    let view = View::exists(&path).map_err(|error| unreadable(&home, &error))?.then(|| View::of(&path));
    Ok((home, view))
}

pub fn path(home: &Home) -> PathBuf {
    home.path().join(QUEUE)
}

/// Why the queue cannot be looked at or opened.
pub fn unreadable(home: &Home, error: &QueueError) -> Diagnostic {
    match error {
        QueueError::Lock(LockError::Held { holder, .. }) => in_use(holder),
        error => Diagnostic::error("queue/unusable", "the queue of this home cannot be used")
            .at_what(Place::file(path(home).display().to_string()), error.to_string())
            .help("check the disk, and who owns the files of the home"),
    }
}

/// Somebody else has the queue, and does not answer for it.
pub fn in_use(holder: &str) -> Diagnostic {
    Diagnostic::error("queue/in-use", "another process has the queue of this home")
        .fact(format!("it is held by {holder}"))
        .fact("nothing was changed")
        .help("an engine that begins or ends lets go in a moment: try again; if that process hangs, end it")
}
