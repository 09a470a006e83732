//! What every connection of the engine shares, in and out: the revision in use, the queue, the log.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::live::Live;
use super::mail_log::MailLog;
use super::queue::Queue;
use crate::sys::dns::Resolver;

/// Lives as long as the engine.
pub struct Shared {
    in_use: ArcSwap<InUse>,
    pub queue: Queue,
    pub log: MailLog,
    stopping: watch::Receiver<bool>,
}

/// A revision with what was made for it. Whoever begins something takes it once and keeps it to the end.
pub struct InUse {
    pub live: Live,
    pub resolver: Resolver,
}

impl InUse {
    pub fn new(live: Live) -> InUse {
        let resolver = Resolver::new(&live.configuration().dns.servers);
        InUse { live, resolver }
    }
}

impl Shared {
    /// The sender tells everybody to come to an end.
    pub fn new(in_use: InUse, queue: Queue, log: MailLog) -> (Arc<Shared>, watch::Sender<bool>) {
        let (stop, stopping) = watch::channel(false);
        (Arc::new(Shared { in_use: ArcSwap::from_pointee(in_use), queue, log, stopping }), stop)
    }

    /// What new connections run on.
    pub fn in_use(&self) -> Arc<InUse> {
        self.in_use.load_full()
    }

    /// From now on new connections run on another revision; those under way keep theirs.
    pub fn swap(&self, in_use: InUse) {
        self.log.set(in_use.live.configuration().log.clone());
        self.in_use.store(Arc::new(in_use));
    }

    /// Returns when the engine is to end, at once when it already is.
    pub async fn stopped(&self) {
        // An engine whose sender is gone has ended.
        let _ = self.stopping.clone().wait_for(|stop| *stop).await;
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}
