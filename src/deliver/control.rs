//! What a running engine is asked over its control socket, and what it answers: one line of JSON each way.

use std::net::SocketAddr;

use super::envelope::MailDomain;
use super::live::Served;
use super::numbers::Mid;
use super::queue::{Administered, Deed, Selection, Span};

/// To add a question: a variant here, its answer below, and its line where `app/serve` answers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// What runs.
    Status,
    /// Open these sockets now, where they are not open yet: a revision that needs them is about to run.
    Prepare { listening: Vec<Listening> },
    /// Run what `running` in the home names.
    Reload,
    /// Which messages are being tried now.
    UnderWay,
    /// Do a portion of something to recipients in the queue; without a span, the first.
    Administer { deed: Deed, which: Selection, span: Option<Span> },
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    Running(Status),
    /// What was asked for is done.
    Done,
    /// Message and domain of each job, and the process.
    UnderWay {
        process: u32,
        jobs: Vec<(Mid, MailDomain)>,
    },
    /// What became of a portion, and where it goes on.
    Administered(Administered),
    /// It could not be done, and everything runs as before.
    Refused {
        reasons: Vec<String>,
    },
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Status {
    pub revision: u32,
    pub process: u32,
    pub listening: Vec<Listening>,
    /// What each role presents.
    pub served: Vec<Served>,
}

/// A listener and where it waits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Listening {
    pub listener: String,
    pub address: SocketAddr,
}
