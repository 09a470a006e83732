//! What the writing thread is asked to do.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::deliver::envelope::Envelope;
use crate::deliver::numbers::{Mid, Rid};

use super::administer::{Administered, Deed, Span};
use super::body::Body;
use super::error::AcceptError;
use super::job::Queued;
use super::select::Selection;
use super::store::State;

/// Something to be written, and who waits for it.
pub(super) enum Order {
    Accept {
        message: Box<(Envelope, Body)>,
        answer: oneshot::Sender<Result<Mid, AcceptError>>,
    },
    Settle {
        settling: Box<Settling>,
        answer: oneshot::Sender<bool>,
    },
    Administer {
        deed: Deed,
        which: Selection,
        span: Span,
        answer: oneshot::Sender<Result<Administered, AcceptError>>,
    },
    /// Look into the database for what is due.
    Look(oneshot::Sender<()>),
    /// A disk failed elsewhere: open the database anew and check it.
    Suspect,
    Close(oneshot::Sender<()>),
}

/// What became of a job.
pub(super) struct Settling {
    pub number: u64,
    pub message: Arc<Queued>,
    pub changes: Vec<(Rid, Change)>,
    /// Reports about it, queued in the same step.
    pub reports: Vec<(Envelope, Body)>,
}

pub(super) enum Change {
    Done,
    Wait(Duration, State),
}

/// Whoever waits for the thread holds a permit, so that orders cannot pile up.
pub(super) struct Ticketed {
    pub order: Order,
    pub permit: Option<OwnedSemaphorePermit>,
}
